"""Plans as rows of text."""

import math
from collections.abc import Iterable

from keras_s3gan.backend.jax.plan import CompiledStep
from keras_s3gan.experiment.planning.plan import Plan, of_fitting
from keras_s3gan.experiment.planning.tpu_hardware import Slice

DAY = 24 * 60 * 60
HEADINGS = ("plan", "value")
SWEEP_HEADINGS = (
    *("slice", "devices", "batch", "memory", "of", "compute", "memory traffic"),
    *("interconnect", "step", "run", "compiled in"),
)


def plan_rows(plan: Plan) -> list[tuple[str, str]]:
    """One plan as rows of two texts."""
    slice_, step, chip = plan.slice, plan.compiled, plan.slice.chip
    unit, devices = slice_.unit, chip.devices
    rows = [
        ("recipe", f"{plan.recipe}, {plan.dtype_policy}"),
        ("slice", f"{slice_.topology}: {_count(slice_)}"),
        ("batch", f"{plan.batch_size:,}; {plan.images:,} real images per step"),
        (
            "fits",
            f"{'yes' if step.fits else 'no'}: {_size(step.total_bytes)} of "
            f"{_size(plan.memory)} per {unit}",
        ),
    ]
    rows += [(f"  {part}", _size(size)) for part, size in plan.parts.items()]
    if not step.fits:
        rows += [("change", line) for line in advice(plan)]
        return [*rows, _compiled_row(step)]
    unrolled = ", with the updates unrolled" if plan.images > plan.batch_size else ""
    rows += [
        ("  temporaries", _size(of_fitting(step.temporary_bytes)) + unrolled),
        ("  output", _size(of_fitting(step.output_bytes))),
        ("  program", _size(of_fitting(step.program_bytes))),
        ("FLOPs per step", _both(plan.flops, step.devices, unit, "FLOP")),
        (
            "  by layer",
            f"{_scaled(plan.layer_flops)}FLOP in all, {plan.layer_share:.1%} of that",
        ),
        (
            "bytes accessed",
            _both(plan.bytes_accessed, step.devices, unit, "B"),
        ),
    ]
    rows += [
        (kind, f"{found.instructions}, results of {_size(found.bytes)} per {unit}")
        for kind, found in step.collectives.items()
    ]
    rows += [
        (
            "compute",
            f"{_milliseconds(plan.compute_seconds)} at "
            f"{_scaled(chip.flops / devices)}FLOP/s in bfloat16 per {unit}",
        ),
        (
            "memory",
            f"{_milliseconds(plan.memory_seconds)} at "
            f"{_scaled(chip.memory_bandwidth / devices)}B/s per {unit}",
        ),
        (
            "interconnect",
            f"{_milliseconds(plan.interconnect_seconds)} at "
            f"{_scaled(chip.interconnect)}B/s per chip",
        ),
        (
            "step",
            f"{_milliseconds(plan.step_seconds)}: the slower of compute and memory, "
            "and the interconnect",
        ),
        (
            f"{plan.steps:,} steps",
            f"{duration(plan.seconds)} by this roofline, without "
            "input, scores and checkpoints",
        ),
        _compiled_row(step),
    ]
    if not chip.verified:
        rows.append(
            ("note", "the interconnect's bandwidth has no source from the manufacturer")
        )
    return rows


def sweep_rows(plans: Iterable[Plan]) -> list[tuple[str, ...]]:
    """Several plans, one row of texts per plan, in columns `SWEEP_HEADINGS`."""
    rows = []
    for plan in plans:
        step = plan.compiled
        row = [plan.slice.topology, str(step.devices), f"{plan.batch_size:,}"]
        row += [_size(step.total_bytes), _size(plan.memory)]
        times = ["does not fit"] + 4 * [""]
        if step.fits:
            seconds = (
                *(plan.compute_seconds, plan.memory_seconds),
                *(plan.interconnect_seconds, plan.step_seconds),
            )
            times = [*map(_milliseconds, seconds), duration(plan.seconds)]
        compiled_in = step.lowering_seconds + step.compiling_seconds
        rows.append((*row, *times, f"{compiled_in:.0f} s"))
    return rows


def advice(plan: Plan) -> list[str]:
    """Suggests changes that make a plan fit, one line per change.

    The memory of the state is constant. All other memory is assumed to be proportional
    to the number of images per device.

    Args:
        plan: a `Plan` that does not fit.

    Returns:
        A list of strings.
    """
    state = sum(size for part, size in plan.parts.items() if part != "data")
    share = (plan.memory - state) / max(plan.compiled.total_bytes - state, 1)
    lines = []
    if share > 0:
        halvings = math.ceil(math.log2(1 / share))
        factor = 2**halvings
        lines.append(
            f"a slice of about {factor} times as many chips, or a batch of about "
            f"{plan.batch_size // factor}"
        )
    else:
        lines.append("a generation with more memory: the state alone is too large")
    if plan.dtype_policy == "float32":
        lines.append("--set train.dtype_policy=mixed_bfloat16")
    return lines


def _count(slice_: Slice) -> str:
    chips = f"{slice_.chips} chip{'s' if slice_.chips > 1 else ''}"
    return chips if slice_.unit == "chip" else f"{chips}, {slice_.devices} cores"


def _compiled_row(step: CompiledStep) -> tuple[str, str]:
    return (
        "compiled in",
        f"{step.compiling_seconds:.0f} s, after {step.lowering_seconds:.0f} s of "
        "tracing",
    )


def _both(value: float, devices: int, unit: str, of: str) -> str:
    return f"{_scaled(value)}{of} per {unit}, {_scaled(value * devices)}{of} in all"


def _scaled(value: float) -> str:
    for factor, prefix in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")):
        if value >= factor:
            return f"{value / factor:.4g} {prefix}"
    return f"{value:.4g} "


def _size(size: int) -> str:
    for factor, unit in ((2**30, "GiB"), (2**20, "MiB")):
        if size >= factor:
            return f"{size / factor:.2f} {unit}"
    return f"{size / 2**10:.2f} KiB"


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.4g} ms"


def duration(seconds: float) -> str:
    """A duration as text, in days, minutes or seconds."""
    if seconds >= DAY / 10:
        return f"{seconds / DAY:.2f} days"
    if seconds >= 100:
        return f"{seconds / 60:.1f} min"
    return f"{seconds:.3g} s"
