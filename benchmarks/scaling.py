"""How time, compiling and memory of the training step depend on its sizes.

    python -m benchmarks.scaling [parts...] [--backends jax tensorflow torch]

`batch`, `channels`, `resolution`, `updates`: seconds per step of S3GAN on BigGAN's
networks against images per update, base channels, pixels and updates of the
discriminator, on each backend; every value has a process of its own and they take
turns. `compiling s` is the first step less a steady one.

`cache`: JAX's first step in two processes that share a compile cache.

`memory`: what JAX's compiler reserves for a step, with activations stored and with the
residual blocks rematerialised.

Prints tables, writes `benchmarks/results/scaling.json` and draws a chart beside it,
after each part; one that was not asked for stays as it is there.
"""

import argparse
import json
import os

from benchmarks import machine
from benchmarks.growth import cache, memory, series

BACKENDS = ("jax", "tensorflow", "torch")
PARTS = {
    "batch": series.BATCH,
    "channels": series.CHANNELS,
    "resolution": series.RESOLUTION,
    "updates": series.UPDATES,
    "cache": cache,
    "memory": memory,
}
# The recipe `s3gan_co_mnist5k_biggan`, with two updates of the discriminator.
DEFAULTS = {
    "image_size": 32,
    "image_channels": 1,
    "base_channels": 16,
    "batch": 64,
    "discriminator_steps": 2,
    "latent_dim": 64,
    "starts": 1,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5, help="timed turns of a value")
    parser.add_argument("--steps", type=int, default=5, help="steps per turn")
    parser.add_argument("--starts", type=int, help="how often compiling is timed")
    group = parser.add_argument_group("what is varied")
    for name, values in (
        ("batches", [32, 64, 128, 256]),
        ("channels", [8, 16, 32]),
        ("sizes", [32, 64, 128]),
        ("updates", [1, 2, 5]),
    ):
        group.add_argument(f"--{name}", type=int, nargs="+", default=values)
    group = parser.add_argument_group("what is not, each part with its own defaults")
    for name in DEFAULTS.keys() - {"starts"}:
        group.add_argument(f"--{name.replace('_', '-')}", type=int)
    options = parser.parse_args()
    if unknown := [name for name in options.parts if name not in PARTS]:
        parser.error(f"parts are {', '.join(PARTS)}. Received: {', '.join(unknown)}")
    machine.choose_backend(options.backends)
    for name in options.parts or PARTS:
        load = machine.load()
        content = PARTS[name].measure(chosen(options, PARTS[name]))
        loads = {"load_before": load, "load_after": machine.load()}
        report({name: {"options": vars(options), **loads, **content}})


def chosen(options, part):
    """The options, with a part's own defaults."""
    given = {name: value for name, value in vars(options).items() if value is not None}
    return argparse.Namespace(**{**DEFAULTS, **part.defaults, **given})


def report(measured):
    """Writes JSON, beside what another run has measured, and draws the chart."""
    path = machine.RESULTS / "scaling.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    parts = {name: before[name] for name in PARTS if name in before} | measured
    path = machine.write("scaling", {**parts, **machine.describe()})
    draw(parts, path.with_suffix(".png"))
    print(f"\nWrote {path} and {path.with_suffix('.png').name}")


def draw(parts, path):
    """One picture per part."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    count = len(parts)
    figure, axes = plt.subplots(
        1, count, figsize=(4 * count, 3.4), squeeze=False, layout="constrained"
    )
    for axis, (name, content) in zip(axes[0], parts.items(), strict=True):
        PARTS[name].draw(axis, content)
        axis.set_title(name)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
