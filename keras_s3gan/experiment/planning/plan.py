"""What a recipe would take on TPUs: its training step, compiled for them, not run.

The program of a plan has each update of the discriminator once, so that the compiler
counts all of them. That of training has them in a loop, and may need other memory for
its temporaries.
"""

import dataclasses
import math

import keras
import numpy as np

from keras_s3gan.backend import jax_plan
from keras_s3gan.experiment.planning.durations import DAY, duration
from keras_s3gan.experiment.planning.flops import layer_flops
from keras_s3gan.experiment.planning.tpu_hardware import Slice, find_slice
from keras_s3gan.experiment.runs.build import build_gan
from keras_s3gan.layers import data_formats

HEADINGS = ("plan", "value")
SWEEP_HEADINGS = (
    *("slice", "devices", "batch", "memory", "of", "compute", "memory traffic"),
    *("interconnect", "step", "run", "compiled in"),
)


@dataclasses.dataclass(frozen=True)
class Plan:
    """What one slice makes of a recipe's training step.

    Args:
        recipe: string.
        slice: `Slice`.
        batch_size: int. Images an update.
        images: int. Images a step.
        steps: int. Steps of the whole run.
        dtype_policy: string.
        parts: dictionary. Bytes of each part of what a device is given.
        layer_flops: int. FLOPs of a step of all devices, as `layer_flops` counts.
        compiled: `CompiledStep`.
    """

    recipe: str
    slice: Slice
    batch_size: int
    images: int
    steps: int
    dtype_policy: str
    parts: dict[str, int]
    layer_flops: int
    compiled: jax_plan.CompiledStep

    @property
    def memory(self):
        """Bytes that a device has for the step."""
        if self.compiled.available_bytes is not None:
            return self.compiled.available_bytes
        return self.slice.chip.memory // self.slice.chip.devices

    @property
    def layer_share(self):
        """Of the compiler's FLOPs: those that the layers' products come to."""
        return self.layer_flops / (self.compiled.flops * self.compiled.devices)

    @property
    def compute_seconds(self):
        """At the peak of the chip's matrix units."""
        return self.compiled.flops * self.slice.chip.devices / self.slice.chip.flops

    @property
    def memory_seconds(self):
        """At the bandwidth of the chip's memory."""
        chip = self.slice.chip
        return self.compiled.bytes_accessed * chip.devices / chip.memory_bandwidth

    @property
    def interconnect_seconds(self):
        """At the bandwidth of the chip's links."""
        sent = sum(
            sent_bytes(kind, collective.bytes, self.slice)
            for kind, collective in self.compiled.collectives.items()
        )
        return sent / self.slice.chip.interconnect

    @property
    def step_seconds(self):
        """The roofline's: nothing is faster than the slower of compute and memory.

        The devices are taken to do nothing else while they talk to each other.
        """
        return (
            max(self.compute_seconds, self.memory_seconds) + self.interconnect_seconds
        )

    @property
    def days(self):
        """Of the whole run, steps alone."""
        return self.step_seconds * self.steps / DAY


def sent_bytes(kind, size, slice_):
    """What a chip sends for collectives whose results have `size` bytes a device.

    Args:
        kind: string, one of `keras_s3gan.backend.collectives.KINDS`.
        size: int.
        slice_: `Slice`. The devices of a chip share its links, and add up what they
            have before they use them.
    """
    others = (slice_.chips - 1) / slice_.chips
    return (
        size
        * {
            # Every part goes around twice: to be added up, and to be handed out.
            "all-reduce": 2 * others,
            "all-gather": others,
            "reduce-scatter": slice_.chips - 1,
            "all-to-all": others * slice_.chip.devices,
            "collective-permute": min(1, slice_.chips - 1) * slice_.chip.devices,
        }[kind]
    )


def plan(resolved, topologies, batch_sizes=(), report=print):
    """Compiles the training step of a recipe for slices and batch sizes.

    Args:
        resolved: the `ResolvedRecipe` that was resolved last.
        topologies: list of names of slices, see `find_slice`.
        batch_sizes: list of integers. Defaults to the recipe's own.
        report: callable that takes a line of text for the user.

    Returns:
        A list of `Plan`: each batch size on each slice.

    Raises:
        ValueError: if there is no such slice, or a batch does not split into equal
            parts for its devices.
    """
    settings = resolved.settings
    slices = [find_slice(topology) for topology in topologies]
    batch_sizes = list(batch_sizes) or [settings.batch_size]
    gan = jax_plan.without_values(lambda: build_gan(settings))
    cases = [(slice_, size) for slice_ in slices for size in batch_sizes]
    for slice_, size in cases:
        check_batch(gan, size, slice_)
    plans = []
    for slice_, size in cases:
        report(f"Compiling for {slice_.topology}, batch {size:,} ...")
        devices = jax_plan.tpu_devices(slice_.topology, **slice_.options)
        plans.append(plan_step(resolved, gan, size, slice_, devices))
    return plans


def plan_step(resolved, gan, batch_size, slice_, devices):
    """Compiles the step of a model for the devices of a slice.

    Args:
        resolved: the `ResolvedRecipe`.
        gan: the model, which needs no values.
        batch_size: integer.
        slice_: `Slice`.
        devices: list of JAX devices.

    Returns:
        A `Plan`.
    """
    batch = batch_shapes(gan, batch_size)
    compiled = jax_plan.compile_step(gan, batch, devices)
    data = sum(map(_bytes, *zip(*batch, strict=True)))
    parts = {**state_bytes(gan), "data": data // len(devices)}
    if compiled.fits:
        parts["padding"] = compiled.argument_bytes - sum(parts.values())
    return Plan(
        recipe=resolved.name,
        slice=slice_,
        batch_size=batch_size,
        images=batch[0][0][0],
        steps=resolved.settings.steps,
        dtype_policy=resolved.settings.dtype_policy,
        parts=parts,
        layer_flops=layer_flops(gan, batch_size),
        compiled=compiled,
    )


def batch_shapes(gan, batch_size):
    """Pairs of shape and dtype of what a step takes: images, and labels with classes.

    Args:
        gan: the model.
        batch_size: integer. Images an update.
    """
    count = gan.discriminator_steps * batch_size
    image = data_formats.image_shape(*gan.image_shape, gan.data_format)
    batch = [((count, *image), "float32")]
    if gan.num_classes is not None:
        batch.append(((count,), "int32"))
    return tuple(batch)


def state_bytes(gan):
    """Bytes of every variable that a step is given, by what it is for.

    Returns:
        Dictionary of `weights` (with the vectors and moments of normalizations),
        `average`, `optimizer` and `counters`.
    """
    average = {id(variable) for variable in gan.ema_generator.variables}
    networks = [gan.generator, gan.discriminator, *gan.heads]
    weights = {id(v) for network in networks for v in network.variables}
    parts = dict.fromkeys(("weights", "average", "optimizer", "counters"), 0)
    for variable in [*gan.trainable_variables, *gan.non_trainable_variables]:
        part = "weights" if id(variable) in weights else "counters"
        part = "average" if id(variable) in average else part
        parts[part] += _bytes(variable.shape, variable.dtype)
    for part, variables in (
        ("optimizer", gan.optimizer.variables),
        ("counters", gan.metrics_variables),
    ):
        parts[part] += sum(_bytes(v.shape, v.dtype) for v in variables)
    return parts


def advice(plan):
    """What could make room where there is none, a line each.

    State stays as it is; everything else is taken to shrink with the images a device
    has.

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
        lines.append("--set 'train.dtype_policy=\"mixed_bfloat16\"'")
    return lines


def plan_rows(plan):
    """One plan as rows of two strings."""
    slice_, step, chip = plan.slice, plan.compiled, plan.slice.chip
    unit, devices = slice_.unit, chip.devices
    rows = [
        ("recipe", f"{plan.recipe}, {plan.dtype_policy}"),
        ("slice", f"{slice_.topology}: {_count(slice_)}"),
        ("batch", f"{plan.batch_size:,}; {plan.images:,} real images a step"),
        (
            "fits",
            f"{'yes' if step.fits else 'no'}: {_size(step.total_bytes)} of "
            f"{_size(plan.memory)} a {unit}",
        ),
    ]
    rows += [(f"  {part}", _size(size)) for part, size in plan.parts.items()]
    if not step.fits:
        rows += [("change", line) for line in advice(plan)]
        return [*rows, _compiled_row(step)]
    unrolled = ", with the updates unrolled" if plan.images > plan.batch_size else ""
    rows += [
        ("  temporaries", _size(step.temporary_bytes) + unrolled),
        ("  output", _size(step.output_bytes)),
        ("  program", _size(step.program_bytes)),
        ("FLOPs a step", _both(step.flops, step.devices, unit, "FLOP")),
        (
            "  by layer",
            f"{_scaled(plan.layer_flops)}FLOP in all, {plan.layer_share:.1%} of that",
        ),
        ("bytes accessed", _both(step.bytes_accessed, step.devices, unit, "B")),
    ]
    rows += [
        (kind, f"{found.count}, results of {_size(found.bytes)} a {unit}")
        for kind, found in step.collectives.items()
    ]
    rows += [
        (
            "compute",
            f"{_milliseconds(plan.compute_seconds)} at "
            f"{_scaled(chip.flops / devices)}FLOP/s in bfloat16 a {unit}",
        ),
        (
            "memory",
            f"{_milliseconds(plan.memory_seconds)} at "
            f"{_scaled(chip.memory_bandwidth / devices)}B/s a {unit}",
        ),
        (
            "interconnect",
            f"{_milliseconds(plan.interconnect_seconds)} at "
            f"{_scaled(chip.interconnect)}B/s a chip",
        ),
        (
            "step",
            f"{_milliseconds(plan.step_seconds)}: the slower of compute and memory, "
            "and the interconnect",
        ),
        (
            f"{plan.steps:,} steps",
            f"{duration(plan.days * DAY)} by this roofline, without "
            "input, scores and checkpoints",
        ),
        _compiled_row(step),
    ]
    if not chip.verified:
        rows.append(("note", "the interconnect's figure has no source of its maker"))
    return rows


def sweep_rows(plans):
    """Several plans, a row of strings each, under `SWEEP_HEADINGS`."""
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
            times = [*map(_milliseconds, seconds), duration(plan.days * DAY)]
        seconds = step.lowering_seconds + step.compiling_seconds
        rows.append((*row, *times, f"{seconds:.0f} s"))
    return rows


def check_batch(gan, batch_size, slice_):
    """Raises a `ValueError` unless every device of a slice gets as many images."""
    images = gan.discriminator_steps * batch_size
    if batch_size < 1 or images % slice_.devices:
        unit = slice_.devices // math.gcd(slice_.devices, gan.discriminator_steps)
        raise ValueError(
            f"On the {slice_.devices} {slice_.unit}s of {slice_.topology} a batch "
            f"must be a multiple of {unit}, so that each gets as many images. "
            f"Received: batch={batch_size}"
        )


def _bytes(shape, dtype):
    return math.prod(shape) * np.dtype(keras.backend.standardize_dtype(dtype)).itemsize


def _count(slice_):
    chips = f"{slice_.chips} chip{'s' if slice_.chips > 1 else ''}"
    return chips if slice_.unit == "chip" else f"{chips}, {slice_.devices} cores"


def _compiled_row(step):
    return (
        "compiled in",
        f"{step.compiling_seconds:.0f} s, after {step.lowering_seconds:.0f} s of "
        "tracing",
    )


def _both(value, devices, unit, of):
    return f"{_scaled(value)}{of} a {unit}, {_scaled(value * devices)}{of} in all"


def _scaled(value):
    for factor, prefix in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")):
        if value >= factor:
            return f"{value / factor:.4g} {prefix}"
    return f"{value:.4g} "


def _size(size):
    for factor, unit in ((2**30, "GiB"), (2**20, "MiB")):
        if size >= factor:
            return f"{size / factor:.2f} {unit}"
    return f"{size / 2**10:.2f} KiB"


def _milliseconds(seconds):
    return f"{1000 * seconds:.4g} ms"
