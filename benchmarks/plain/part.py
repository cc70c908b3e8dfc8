"""The part `plain` of `python -m benchmarks.step`: ours beside the plain step."""

import importlib.util
import statistics

from benchmarks.processes import Worker
from benchmarks.tables import print_table

DEFAULTS = {"rounds": 7, "base_channels": 16, "discriminator_steps": [2]}
# The losses of a few steps; of the averaged generator's change, see `agreement.py`.
TOLERANCE, AVERAGE_TOLERANCE = 1e-4, 0.1


def measure(options):
    """Times every backend in a process of its own; a dictionary for the results."""
    runs = []
    for steps in options.discriminator_steps:
        setting = _setting(options, steps)
        flops = None
        if importlib.util.find_spec("jax"):
            print(f"plain, {steps} updates: operations …", flush=True)
            # XLA counts before LLVM works on the program, so that this may be quick.
            quick = {"XLA_FLAGS": "--xla_backend_optimization_level=0"}
            flops = _run(options, "jax", "count_flops", setting, **quick)
        for backend in options.backends:
            print(f"plain, {steps} updates: {backend} …", flush=True)
            counts = options.rounds, options.steps
            found = _run(options, backend, "measure", setting, *counts)
            runs.append({"setting": setting, "flops": flops, **found})
    fastest = max(runs, key=lambda run: run["matrix_flops_a_second"])
    rows = [_row(run, fastest["matrix_flops_a_second"]) for run in runs]
    _print(rows, fastest)
    return {"table": rows, "runs": runs}


def check(options):
    """Prints how far the two steps differ; 1 if that is too far."""
    failed = False
    for steps in options.discriminator_steps:
        setting = _setting(options, steps)
        for backend in options.backends:
            found = _run(options, backend, "compare", setting)
            average = found.pop("average")
            worst = max(found, key=found.get)
            agree = found[worst] < TOLERANCE and average < AVERAGE_TOLERANCE
            failed = failed or not agree
            print(
                f"{backend}, {steps} updates: {'' if agree else 'NOT '}equal; "
                f"losses within {found[worst]:.1e} ({worst}), the change of the "
                f"averaged generator within {average:.1e}",
                flush=True,
            )
    return int(failed)


def bars(rows):
    """For the chart: title, groups, values of each series, and their labels."""
    series = {
        name: [row[f"{key}_seconds"] for row in rows]
        for name, key in (("this package", "ours"), ("without Keras", "plain"))
    }
    return (
        "S3GAN, s per step",
        [f"{row['backend']}, {row['discriminator_steps']} updates" for row in rows],
        series,
        {name: [f"{value:.3f}" for value in values] for name, values in series.items()},
    )


def _setting(options, steps):
    """The arguments of `Setting`; this process imports no Keras."""
    return {
        "channels": options.image_channels,
        "base_channels": options.base_channels,
        "batch_size": options.batch,
        "discriminator_steps": steps,
        "rotated": options.batch // 8,
    }


def _run(options, backend, *arguments, **environment):
    """What a function of this folder gives, in a process of its own."""
    worker = Worker(
        _work, *arguments, backend=backend, threads=options.threads, **environment
    )
    try:
        return worker.receive()
    finally:
        worker.stop()


def _work(connection, task, setting, *arguments):
    from benchmarks.plain import agreement, timing
    from benchmarks.plain.setting import Setting

    functions = (timing.measure, timing.count_flops, agreement.compare)
    function = {function.__name__: function for function in functions}[task]
    connection.send(function(Setting(**setting), *arguments))


def _row(run, rate):
    """A row of the table; shares are of `rate`, the best product of matrices."""
    ours, plain, flops = run["ours_seconds"], run["plain_seconds"], run["flops"]
    ratios = [one / other for one, other in zip(ours, plain, strict=True)]
    row = {
        "backend": run["backend"],
        "discriminator_steps": run["setting"]["discriminator_steps"],
        "flops": flops,
        "matrix_flops_a_second": run["matrix_flops_a_second"],
        "ratio": statistics.median(ratios),
        "lowest_ratio": min(ratios),
        "highest_ratio": max(ratios),
    }
    for name, seconds in (("ours", ours), ("plain", plain)):
        middle = row[f"{name}_seconds"] = statistics.median(seconds)
        if flops:
            row[f"{name}_share"] = flops / middle / rate
    return row


def _print(rows, fastest):
    def share(row, name):
        return f"{row[name]:.0%}" if name in row else "needs JAX"

    print_table(
        ["backend", "updates", "ours s", "plain s", "ours / plain (min–max)"]
        + ["matrix product GFLOP/s", "share of the best: ours", "plain"],
        [
            [
                row["backend"],
                row["discriminator_steps"],
                f"{row['ours_seconds']:.4f}",
                f"{row['plain_seconds']:.4f}",
                f"{row['ratio']:.2f} ({row['lowest_ratio']:.2f}–"
                f"{row['highest_ratio']:.2f})",
                f"{row['matrix_flops_a_second'] / 1e9:.0f}",
                share(row, "ours_share"),
                share(row, "plain_share"),
            ]
            for row in rows
        ],
    )
    counts = {row["discriminator_steps"]: row["flops"] for row in rows}
    for steps, flops in counts.items():
        if flops:
            print(f"A step of {steps} updates: {flops / 1e9:.1f} GFLOP")
    rate = fastest["matrix_flops_a_second"] / 1e9
    print(f"The best product of matrices: {rate:.0f} GFLOP/s, {fastest['backend']}'s")
