"""Scores of a folder of generated images against a folder of real ones.

    python examples/score_folders.py REAL GENERATED
    python examples/score_folders.py REAL GENERATED --extractor inception

By default the features are those of a small classifier that is trained on the real
images first, whose sub-folders are their classes; scores of such features compare
folders with each other only. `inception` is what published FIDs are computed on, and
needs its weights; `FILE.keras` is any model of yours. KERAS_BACKEND chooses the
backend.
"""

import argparse

import keras
import numpy as np

from keras_s3gan import data, metrics


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("real")
    parser.add_argument("generated")
    parser.add_argument("--image-size", type=int, default=32)
    parser.add_argument("--extractor", default="classifier")
    options = parser.parse_args(arguments)

    keras.utils.set_random_seed(0)
    source = data.FolderSource(options.real)
    real, generated = (
        data.load_images(folder, options.image_size, channels=3, fit="resize")
        for folder in (source, data.FolderSource(options.generated))
    )
    if options.extractor == "classifier":
        extractor = metrics.reference_classifier(
            real, source.labels(), source.num_classes
        )
    elif options.extractor == "inception":
        extractor = metrics.InceptionExtractor()
    else:
        extractor = metrics.load_model_extractor(options.extractor)

    real, generated = (
        np.concatenate(list(metrics.stream_features(extractor, images)))
        for images in (real, generated)
    )
    print(f"{len(real):,} real and {len(generated):,} generated images")
    print(f"FID {metrics.frechet_distance(real, generated):.4f}")
    subset_size = min(1000, len(real), len(generated))
    kid = metrics.kernel_distance(real, generated, subset_size=subset_size)
    print(f"KID {kid.mean:.6f}")
    for name, value in metrics.manifold_scores(real, generated)._asdict().items():
        print(f"{name} {value:.3f}")


if __name__ == "__main__":
    main()
