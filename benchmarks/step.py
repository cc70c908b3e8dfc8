"""The training step compared with other implementations, in alternation.

    python -m benchmarks.step [plain] [mimicry] [--threads 2] [--rounds N] [--check]

`plain`: S3GAN on BigGAN's networks of 32 pixels beside the same step written without
Keras (`benchmarks/plain/`), on each backend: blocks of steps in turn, ours inside of
one `fit`, and the share that each reaches of the rate of a product of matrices, the
best of all backends.
`--check` compares their losses instead.

`mimicry`: iterations of torch-mimicry beside ours on each backend, in processes that
take turns (`benchmarks/mimicry/`). Without that package the part is left out. It asks
for torchvision, TensorFlow and much else that is not used here, so install it with

    pip install --no-deps torch-mimicry==0.1.16

Prints tables, writes `benchmarks/results/step.json` and draws a chart beside it, after
each part; one that was not asked for stays as it is there.
"""

import argparse
import json
import os
import sys

from benchmarks import machine
from benchmarks.mimicry import part as mimicry
from benchmarks.plain import part as plain

BACKENDS = ("tensorflow", "torch", "jax")
PARTS = {"plain": plain, "mimicry": mimicry}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help="plain, mimicry")
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, help="timed turns of each contender")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--base-channels", type=int)
    parser.add_argument("--discriminator-steps", type=int, nargs="+")
    group = parser.add_argument_group("plain")
    group.add_argument("--steps", type=int, default=10, help="steps per turn")
    group.add_argument("--image-channels", type=int, default=1, choices=(1, 3))
    group.add_argument("--check", action="store_true", help="compare losses, time none")
    group = parser.add_argument_group("mimicry")
    group.add_argument(
        "--models", nargs="+", default=mimicry.MODELS, choices=mimicry.MODELS
    )
    options = parser.parse_args()
    names = options.parts or (["plain"] if options.check else list(PARTS))
    if unknown := [name for name in names if name not in PARTS]:
        parser.error(f"parts are {', '.join(PARTS)}. Received: {', '.join(unknown)}")
    if options.check:
        sys.exit(plain.check(chosen(options, plain)))
    for name in names:
        load = machine.load()
        if content := PARTS[name].measure(chosen(options, PARTS[name])):
            loads = {"load_before": load, "load_after": machine.load()}
            report({name: {"options": vars(options), **loads, **content}})


def chosen(options, part):
    """The options, with a part's own defaults."""
    given = {name: value for name, value in vars(options).items() if value is not None}
    return argparse.Namespace(**{**part.DEFAULTS, **given})


def report(measured):
    """Writes JSON, beside what another run has measured, and draws the chart."""
    path = machine.RESULTS / "step.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    parts = {name: before[name] for name in PARTS if name in before} | measured
    path = machine.write("step", parts)
    draw(parts, path.with_suffix(".png"))
    print(f"\nWrote {path} and {path.with_suffix('.png').name}")


def draw(parts, path):
    """Bars: seconds per step of ours and the plain one, and mimicry's relative time."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    count = len(parts)
    figure, axes = plt.subplots(
        1, count, figsize=(5 * count, 3.4), squeeze=False, layout="constrained"
    )
    for axis, (name, content) in zip(axes[0], parts.items(), strict=True):
        title, groups, series, labels = PARTS[name].bars(content["table"])
        height = 0.8 / len(series)
        for number, (label, values) in enumerate(series.items()):
            places = [place + number * height for place in range(len(groups))]
            bars = axis.barh(places, values, height, label=label)
            axis.bar_label(bars, labels[label], padding=3, fontsize=8)
        middle = 0.4 - height / 2
        axis.set_yticks([place + middle for place in range(len(groups))], groups)
        axis.set_title(title)
        axis.invert_yaxis()
        axis.margins(x=0.25)
        axis.legend(fontsize=8)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
