"""Makes plans: the training step, compiled for devices of other machines.

In the program of a plan the updates of the discriminator are unrolled, so that the
compiler counts all of them. The program of training has a loop instead, so that the
memory of its temporaries may differ.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import numpy as np

from keras_s3gan.backend.jax import plan as jax_plan
from keras_s3gan.experiment.planning.flops import layer_flops
from keras_s3gan.experiment.planning.plan import Plan
from keras_s3gan.experiment.planning.tpu_hardware import Slice, find_slice
from keras_s3gan.experiment.recipe.resolve import ResolvedRecipe
from keras_s3gan.experiment.runs.build import build_gan
from keras_s3gan.layers import data_formats
from keras_s3gan.models import GAN


def plan_recipe(
    resolved: ResolvedRecipe,
    topologies: Iterable[str],
    batch_sizes: Sequence[int] = (),
    report: Callable[[str], None] = print,
) -> list[Plan]:
    """Compiles the training step of a recipe for slices and batch sizes.

    Args:
        resolved: the `ResolvedRecipe` that was resolved last.
        topologies: list of names of slices, see `find_slice`.
        batch_sizes: list of integers. Defaults to the recipe's own.
        report: callable that takes a line of text for the user.

    Returns:
        A list of `Plan`: each batch size on each slice.

    Raises:
        ValueError: if there is no such slice, or the batch size is not a multiple of
            the number of its devices.
    """
    settings = resolved.settings
    slices = [find_slice(topology) for topology in topologies]
    sizes = list(batch_sizes) or [settings.batch_size]
    gan = jax_plan.without_values(lambda: build_gan(settings))
    cases = [(slice_, size) for slice_ in slices for size in sizes]
    for slice_, size in cases:
        check_batch(gan, size, slice_)
    plans = []
    for slice_, size in cases:
        report(f"Compiling for {slice_.topology}, batch {size:,} ...")
        devices = jax_plan.tpu_devices(slice_.topology, **slice_.options)
        plans.append(plan_step(resolved, gan, size, slice_, devices))
    return plans


def plan_step(
    resolved: ResolvedRecipe,
    gan: GAN,
    batch_size: int,
    slice_: Slice,
    devices: Sequence[Any],
) -> Plan:
    """Compiles the step of a model for the devices of a slice.

    Args:
        resolved: the `ResolvedRecipe`.
        gan: the model; its variables need no values.
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


def batch_shapes(gan: GAN, batch_size: int) -> tuple[tuple[tuple[int, ...], str], ...]:
    """Shapes and dtypes of the inputs of a step: images and, with classes, labels.

    Args:
        gan: the model.
        batch_size: integer. Images per update.
    """
    count = gan.discriminator_steps * batch_size
    image_size, _, channels = gan.image_shape
    image = data_formats.image_shape(image_size, image_size, channels, gan.data_format)
    batch: list[tuple[tuple[int, ...], str]] = [((count, *image), "float32")]
    if gan.num_classes is not None:
        batch.append(((count,), "int32"))
    return tuple(batch)


def state_bytes(gan: GAN) -> dict[str, int]:
    """Bytes of the variables of a step, by purpose.

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


def check_batch(gan: GAN, batch_size: int, slice_: Slice) -> None:
    """Raises a `ValueError` unless all devices of a slice get equally many images."""
    images = gan.discriminator_steps * batch_size
    if batch_size < 1 or images % slice_.devices:
        unit = slice_.devices // math.gcd(slice_.devices, gan.discriminator_steps)
        raise ValueError(
            f"On the {slice_.devices} {slice_.unit}s of {slice_.topology} a batch "
            f"must be a multiple of {unit}, so that each gets as many images. "
            f"Received: batch={batch_size}"
        )


def _bytes(shape: Iterable[int], dtype: str) -> int:
    return math.prod(shape) * np.dtype(keras.backend.standardize_dtype(dtype)).itemsize
