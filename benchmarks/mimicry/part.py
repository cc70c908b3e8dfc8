"""The part `mimicry` of `python -m benchmarks.step`: ours beside torch-mimicry."""

import statistics

from benchmarks import operations
from benchmarks.mimicry import iterations, package
from benchmarks.processes import Worker
from benchmarks.tables import print_table

# Its generator has 256 channels and its discriminator 128: four and two times these.
DEFAULTS = {"rounds": 3, "base_channels": 64, "discriminator_steps": [1, 5]}
MODELS = ("sngan", "ssgan", "cgan_pd")
# Once unchanged, and once with our memory settings.
THEIRS = ("mimicry", "mimicry, large blocks kept")
DIFFERENCES = (
    "Ours lets glibc keep large blocks (`keras_s3gan/host_memory.py`). torch-mimicry "
    "runs both as it is, which is the ratio, and with the same setting.",
    "Ours convolves the smaller of two sizes where one doubles or halves beside a 3x3 "
    "convolution: the values are the same, four ninths of the products.",
    "Each update of its discriminator draws images anew and records them for gradients "
    "that nobody takes, and its generator's update draws more: k + 1 batches for k "
    "updates. Ours draws k batches at once, and the generator's update is on the last.",
    "It shows real, generated and turned images to its discriminator one after the "
    "other, each with its own power iteration. Ours shows them in one call.",
    "It enlarges images bilinearly and convolves the shortcut after that. Ours repeats "
    "pixels, and convolves before.",
    "In its discriminator's second block the shortcut convolves before it halves. Ours "
    "halves before: the values are the same, a quarter of the work.",
    "Its generator's update computes gradients of the discriminator's weights too.",
    "SSGAN, of a batch of 64: its discriminator's update shows 192 images: 64 real, 64 "
    "generated, and the 64 real ones again, 16 in each direction; its generator's "
    "shows 128: 64 generated, and these again, turned likewise. Ours turns 16 of 64 in "
    "the three other directions: 176 (64 real, 48 turned real, 64 generated) and 112 "
    "(64 generated, 48 turned).",
    "Ours also keeps an averaged generator.",
)


def measure(options):
    """Times every model; a dictionary for the results, `None` without the package."""
    if package.folder() is None:
        print(f"mimicry: left out, since it is not installed: {package.INSTALL}")
        return None
    rows = []
    for model in options.models:
        for steps in options.discriminator_steps:
            rows += _rows(options, model, steps)
    _add_shares(rows)
    _print(rows)
    return {"differences": DIFFERENCES, "table": rows}


def bars(rows):
    """For the chart: title, groups, values of each series, and their labels."""
    groups = dict.fromkeys((row["model"], row["discriminator_steps"]) for row in rows)
    backends = dict.fromkeys(row["backend"] for row in rows)
    ratios = {
        (row["model"], row["discriminator_steps"], row["backend"]): row["ratio"]
        for row in rows
    }
    series = {
        backend: [ratios.get((*group, backend), 0.0) for group in groups]
        for backend in backends
    }
    return (
        "torch-mimicry's time over ours",
        [f"{model}, {steps} update{'s'[: steps > 1]}" for model, steps in groups],
        series,
        {name: [f"{value:.2f}" for value in values] for name, values in series.items()},
    )


def _rows(options, model, steps):
    """A row for each backend. All processes live at once, and one at a time works."""
    arguments = model, 2 * options.base_channels, steps, options.batch
    names = *THEIRS, *options.backends
    print(f"{model}, {steps} updates: operations …", flush=True)
    flops = operations.count(_build, options.batch, *arguments, threads=options.threads)
    workers, described, seconds = {}, {}, {name: [] for name in names}
    try:
        for name in names:
            print(f"{model}, {steps} updates: {name} starts …", flush=True)
            function, backend = iterations.ours, name
            if name in THEIRS:
                function, backend = iterations.theirs, "torch"
            workers[name] = Worker(
                function,
                *arguments,
                backend=backend,
                threads=options.threads,
                keeps_blocks=name != THEIRS[0],
            )
            described[name] = workers[name].receive()
        for _ in range(options.rounds):
            for name, worker in workers.items():
                seconds[name].append(worker.ask())
                print(f"  {name}: {seconds[name][-1]:.2f} s", flush=True)
    finally:
        for worker in workers.values():
            worker.stop()
    runs = {name: {**described[name], "seconds": seconds[name]} for name in names}
    return [
        _row(model, steps, backend, runs[backend], *(runs[name] for name in THEIRS))
        | {"flops": flops}
        for backend in options.backends
    ]


def _build(*arguments):
    """Our GAN, in a worker."""
    from benchmarks.mimicry import networks

    return networks.build(*arguments)


def _row(model, steps, backend, ours, theirs, kept):
    pairs = zip(ours["seconds"], theirs["seconds"], strict=True)
    ratios = [other / one for one, other in pairs]
    return {
        "model": model,
        "discriminator_steps": steps,
        "backend": backend,
        "ours_seconds": statistics.median(ours["seconds"]),
        "mimicry_seconds": statistics.median(theirs["seconds"]),
        "mimicry_kept_seconds": statistics.median(kept["seconds"]),
        "ratio": statistics.median(ratios),
        "lowest_ratio": min(ratios),
        "highest_ratio": max(ratios),
        "kept_ratio": statistics.median(
            other / one
            for one, other in zip(ours["seconds"], kept["seconds"], strict=True)
        ),
        "ours": ours,
        "mimicry": theirs,
        "mimicry_kept": kept,
    }


def _add_shares(rows):
    """Ours, of the fastest product of matrices; torch-mimicry's work is another."""
    rate = max(row["ours"]["matrix_flops_a_second"] for row in rows)
    for row in rows:
        flops = row["flops"]
        row["best_matrix_flops_a_second"] = rate
        row["ours_share"] = flops and flops / row["ours_seconds"] / rate


def _print(rows):
    def parameters(row, network):
        counts = (row[side][f"{network}_parameters"] for side in ("ours", "mimicry"))
        return " / ".join(f"{count:,}" for count in counts)

    print_table(
        ["model", "updates", "ours on", "ours s", "mimicry s"]
        + [
            "mimicry / ours (min–max)",
            "with blocks kept",
            "share of the best matrix product: ours",
        ]
        + ["parameters of G: ours / mimicry", "of D"],
        [
            [
                row["model"],
                row["discriminator_steps"],
                row["backend"],
                f"{row['ours_seconds']:.2f}",
                f"{row['mimicry_seconds']:.2f}",
                f"{row['ratio']:.2f} ({row['lowest_ratio']:.2f}–"
                f"{row['highest_ratio']:.2f})",
                f"{row['kept_ratio']:.2f}",
                f"{row['ours_share']:.0%}" if row["flops"] else "needs JAX",
                parameters(row, "generator"),
                parameters(row, "discriminator"),
            ]
            for row in rows
        ],
    )
    rate = rows[0]["best_matrix_flops_a_second"] / 1e9
    print(f"The best product of matrices, of all backends: {rate:.0f} GFLOP/s")
    print("What differs in the work:")
    for difference in DIFFERENCES:
        print(f"- {difference}")
