"""JAX's first step without and with a compile cache."""

import statistics
import tempfile

from benchmarks.growth import steps
from benchmarks.growth.series import setting_of
from benchmarks.tables import print_table
from keras_s3gan.environment import compile_cache_settings

defaults = {"starts": 3}


def measure(options):
    """Pairs of processes, each pair with an empty folder at first."""
    setting, runs = setting_of(options), []
    for number in range(options.starts):
        with tempfile.TemporaryDirectory() as folder:
            pair = {}
            for kind in ("cold", "warm"):
                print(f"cache: {kind} start {number + 1} …", flush=True)
                pair[kind] = steps.first_step(
                    setting,
                    "jax",
                    options.threads,
                    **compile_cache_settings(folder),
                )
            runs.append(pair)
    table = [_row(runs, name) for name in ("build_seconds", "first_step_seconds")]
    print_table(
        ["JAX, seconds of", "cold", "warm", "cold / warm (min–max)"],
        [
            [
                {"build_seconds": "building"}.get(row["what"], "the first step"),
                f"{row['cold']:.2f}",
                f"{row['warm']:.2f}",
                f"{row['ratio']:.2f} ({row['lowest_ratio']:.2f}–"
                f"{row['highest_ratio']:.2f})",
            ]
            for row in table
        ],
    )
    return {"table": table, "setting": setting, "runs": runs}


def draw(axis, content):
    """Bars: the first step, cold and warm."""
    row = content["table"][-1]
    bars = axis.bar(["empty cache", "filled"], [row["cold"], row["warm"]])
    axis.bar_label(bars, fmt="%.1f", padding=3)
    axis.set_ylabel("s to the first step, JAX")
    axis.margins(y=0.15)


def _row(runs, what):
    pairs = [(run["cold"][what], run["warm"][what]) for run in runs]
    ratios = [cold / warm for cold, warm in pairs]
    return {
        "what": what,
        "cold": statistics.median(cold for cold, _ in pairs),
        "warm": statistics.median(warm for _, warm in pairs),
        "ratio": statistics.median(ratios),
        "lowest_ratio": min(ratios),
        "highest_ratio": max(ratios),
    }
