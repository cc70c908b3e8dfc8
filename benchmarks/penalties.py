"""What R1 + R2 cost: by second derivatives, and by finite differences.

    python -m benchmarks.penalties [--rounds 5] [--steps 5] [--threads 2]

An unconditional step of `GAN` with the paired relativistic loss, on the small networks
of 32 pixels, without a penalty and with each. They take turns in one process of
each backend; a ratio is the median over the rounds, of two blocks that were next to
each other. Writes `benchmarks/results/penalties.json`.
"""

import argparse
import os
import statistics
import time

from benchmarks import machine
from benchmarks.processes import Worker

BACKENDS = ("tensorflow", "torch", "jax")
COLUMNS = ("backend", "penalty", "seconds", "ratio")
QUARTER = {"scheme": "finite_differences", "batch_fraction": 0.25}
# By what a row says.
PENALTIES = {
    "none": None,
    "r1_r2": "r1_r2",
    "finite_differences": "finite_differences",
    "finite_differences of a quarter": QUARTER,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=5, help="steps a block")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--channels", type=int, default=32, help="base channels")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    machine.choose_backend(options.backends)
    rows = []
    print("| backend | penalty | step s (min–max) | over R1 + R2 |")
    print("| --- " * 4 + "|")
    for backend in options.backends:
        worker = Worker(measure, options, backend=backend, threads=options.threads)
        try:
            blocks = worker.receive()
        finally:
            worker.stop()
        for name, seconds in blocks.items():
            ratio = statistics.median(
                one / other for one, other in zip(seconds, blocks["r1_r2"], strict=True)
            )
            rows.append(
                {
                    "backend": backend,
                    "penalty": name,
                    "seconds": seconds,
                    "ratio": ratio,
                }
            )
            print(
                f"| {backend} | {name} | {statistics.median(seconds):.3f} "
                f"({min(seconds):.3f}–{max(seconds):.3f}) | {ratio:.2f} |",
                flush=True,
            )
    print(
        machine.write(
            "penalties",
            {
                "rows": [dict(zip(COLUMNS, row, strict=True)) for row in rows],
                **machine.describe(),
            },
        )
    )


def measure(connection, options):
    """In a worker: seconds per step of each block, by penalty."""
    import keras
    import numpy as np

    from keras_s3gan.models import GAN
    from keras_s3gan.networks import SmallDiscriminator, SmallGenerator

    shared = {"image_size": 32, "channels": 3, "base_channels": options.channels}
    random = np.random.default_rng(0)
    count = options.batch * options.steps
    images = random.uniform(-1, 1, (count, 32, 32, 3)).astype("float32")
    gans = {}
    for name, penalty in PENALTIES.items():
        keras.utils.set_random_seed(0)
        gan = GAN(
            SmallGenerator(latent_dim=64, **shared),
            SmallDiscriminator(kernel_normalization=None, **shared),
            penalty=penalty,
            seed=0,
        )
        rates = (keras.optimizers.Adam(2e-4, 0.0, 0.99) for _ in range(2))
        gan.compile(*rates, loss="relativistic_paired")
        gans[name] = gan
    blocks = {name: [] for name in gans}
    for turn in range(1 + options.rounds):
        for name, gan in gans.items():
            start = time.perf_counter()
            gan.fit(images, batch_size=options.batch, verbose=0)
            if turn:
                seconds = (time.perf_counter() - start) / options.steps
                blocks[name].append(seconds)
    connection.send(blocks)


if __name__ == "__main__":
    main()
