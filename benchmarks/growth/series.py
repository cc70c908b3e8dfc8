"""Seconds per step against one size of the setting, all others as they are."""

import statistics
from typing import NamedTuple

from benchmarks.growth import steps
from benchmarks.processes import Worker
from benchmarks.tables import print_table


class Series(NamedTuple):
    """A part of the benchmark.

    Attributes:
        field: of `Setting`, what is varied.
        values: name of the option that lists its values.
        title: what the table and the chart call it.
        defaults: of the options.
    """

    field: str
    values: str
    title: str
    defaults: dict

    def measure(self, options):
        """Rows of the table and what they are made of, for every backend."""
        rows, runs = [], []
        for backend in options.backends:
            found = self._run(options, backend)
            runs += found
            rows += [self._row(backend, run) for run in found]
        growth = self._growth(rows)
        self._print(rows, growth)
        return {"table": rows, "growth": growth, "runs": runs}

    def draw(self, axis, content):
        """Lines of seconds per step, one per backend; proportional ones meet zero."""
        for backend in dict.fromkeys(row["backend"] for row in content["table"]):
            rows = [row for row in content["table"] if row["backend"] == backend]
            values = [row["value"] for row in rows]
            axis.plot(values, [row["seconds"] for row in rows], "o-", label=backend)
        axis.set(xlabel=self.title, ylabel="s per step")
        axis.set_xticks(values)
        axis.set_xlim(left=0)
        axis.set_ylim(bottom=0)
        axis.legend(fontsize=8)

    def _run(self, options, backend):
        """Every value in a process of its own; they live at once and take turns."""
        values = getattr(options, self.values)
        settings = [setting_of(options, **{self.field: value}) for value in values]
        firsts = [[] for _ in values]
        # What compiling takes has no turns: it is repeated by other processes.
        for number in range(options.starts - 1):
            for seconds, setting in zip(firsts, settings, strict=True):
                print(f"{self.title}: {backend}, start {number + 1} …", flush=True)
                found = steps.first_step(setting, backend, options.threads)
                seconds.append(found["first_step_seconds"])
        workers, runs = [], []
        try:
            for value, setting, seconds in zip(values, settings, firsts, strict=True):
                print(f"{self.title}: {backend}, {value} starts …", flush=True)
                arguments = steps.train, setting, options.steps
                workers.append(
                    Worker(*arguments, backend=backend, threads=options.threads)
                )
                run = workers[-1].receive()
                seconds.append(run["first_step_seconds"])
                run |= {"value": value, "setting": setting, "seconds": []}
                runs.append(run | {"first_step_seconds": seconds})
            # The first turns do not count: caches and clocks settle in them.
            for number in range(options.rounds + 1):
                for worker, run in zip(workers, runs, strict=True):
                    seconds = worker.ask()
                    if number:
                        run["seconds"].append(seconds)
        finally:
            for worker in workers:
                worker.stop()
        return runs

    def _row(self, backend, run):
        seconds = statistics.median(run["seconds"])
        compiling = [first - seconds for first in run["first_step_seconds"]]
        return {
            "backend": backend,
            "value": run["value"],
            "seconds": seconds,
            "fastest": min(run["seconds"]),
            "slowest": max(run["seconds"]),
            "seconds_an_image": seconds / run["images_a_step"],
            "compile_seconds": statistics.median(compiling),
        }

    def _growth(self, rows):
        """What the rows of each backend say together."""
        growth = {}
        for backend in dict.fromkeys(row["backend"] for row in rows):
            own = [row for row in rows if row["backend"] == backend]
            growth[backend] = {
                "values": [own[0]["value"], own[-1]["value"]],
                "deviation_from_proportional": deviation(
                    [row["seconds_an_image"] for row in own]
                ),
                "deviation_from_line": residual(
                    [row["value"] for row in own], [row["seconds"] for row in own]
                ),
                "step_ratio": own[-1]["seconds"] / own[0]["seconds"],
                "compile_ratio": own[-1]["compile_seconds"] / own[0]["compile_seconds"],
            }
        return growth

    def _print(self, rows, growth):
        print_table(
            ["backend", self.title, "s per step (min–max)", "ms an image"]
            + ["compiling s"],
            [
                [
                    row["backend"],
                    row["value"],
                    f"{row['seconds']:.4f} ({row['fastest']:.4f}–{row['slowest']:.4f})",
                    f"{1000 * row['seconds_an_image']:.3f}",
                    f"{row['compile_seconds']:.1f}",
                ]
                for row in rows
            ],
        )
        print()
        for backend, found in growth.items():
            first, last = found["values"]
            line = f"{backend}, {last} over {first}: step {found['step_ratio']:.2f}"
            # PyTorch compiles nothing.
            if backend != "torch":
                line += f", compiling {found['compile_ratio']:.2f}"
            if self.field == "batch_size":
                spread = found["deviation_from_proportional"]
                line += f"; time an image within {spread:.1%} of its mean, "
                line += f"time within {found['deviation_from_line']:.1%} of a line"
            print(line)


def setting_of(options, **changes):
    """The arguments of `Setting`; this process imports no Keras."""
    setting = {
        "image_size": options.image_size,
        "channels": options.image_channels,
        "base_channels": options.base_channels,
        "batch_size": options.batch,
        "discriminator_steps": options.discriminator_steps,
        "latent_dim": options.latent_dim,
    } | changes
    return setting | {"rotated": setting["batch_size"] // 8}


def deviation(seconds_an_image):
    """The largest distance from the mean, relative to it: 0 for proportional time."""
    mean = statistics.mean(seconds_an_image)
    return max(abs(seconds / mean - 1) for seconds in seconds_an_image)


def residual(values, seconds):
    """The largest distance from the best straight line, relative to it.

    It may start anywhere: what a step takes whatever its size is no deviation.
    """
    if len(values) < 2:
        return 0.0
    slope, start = statistics.linear_regression(values, seconds)
    line = [start + slope * value for value in values]
    return max(abs(one / on - 1) for one, on in zip(seconds, line, strict=True))


# A latent for the blocks of every size, and steps that a CPU makes at the largest.
SMALL = {"latent_dim": 120, "base_channels": 4, "batch": 16, "image_channels": 3}
BATCH = Series("batch_size", "batches", "images per update", {})
CHANNELS = Series("base_channels", "channels", "base channels", {})
RESOLUTION = Series("image_size", "sizes", "pixels a side", SMALL)
UPDATES = Series("discriminator_steps", "updates", "updates per step", {"starts": 3})
