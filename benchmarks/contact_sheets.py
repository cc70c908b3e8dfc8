"""Pictures of real images, one row per class, as in `docs/images/`.

    python -m benchmarks.contact_sheets [earth32 icons64] [--columns 16]

Needs the packages of the sources, see `docs/data.md`. The images are drawn from each
class with a fixed seed.
"""

import argparse
from pathlib import Path

import numpy as np

from keras_s3gan.callbacks.pictures import image_grid
from keras_s3gan.data import resolve_source

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="*", default=["earth32", "icons64"])
    parser.add_argument("--columns", type=int, default=16)
    options = parser.parse_args()
    for name in options.sources:
        source = resolve_source(name)
        path = IMAGES / f"{name}.png"
        rows = [
            load(source, some_of(source, label, options.columns))
            for label in range(source.num_classes)
        ]
        image_grid(np.stack(rows), path, scale=1, row_labels=source.class_names)
        counts = np.bincount(source.labels()).tolist()
        print(path, dict(zip(source.class_names, counts, strict=True)))


def some_of(source, label, count):
    indices = np.flatnonzero(source.labels() == label)
    return np.random.default_rng(0).choice(indices, count, replace=False)


def load(source, indices):
    return np.stack([source[index]["image"] for index in indices])


if __name__ == "__main__":
    main()
