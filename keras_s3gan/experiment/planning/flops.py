"""FLOPs of a training step, counted by layer, to check the compiler's count."""

import contextlib
import functools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from keras_s3gan.backend.jax import plan as jax_plan
from keras_s3gan.layers import SelfAttention2D, data_formats
from keras_s3gan.models import GAN
from keras_s3gan.models.objective import Batch

_CONVOLUTIONS = keras.layers.Conv2D, keras.layers.Conv2DTranspose
_COUNTED = *_CONVOLUTIONS, keras.layers.Dense, SelfAttention2D


class Products(NamedTuple):
    """The multiplications and additions of one call of a layer.

    Attributes:
        flops: int. Of the forward pass.
        learned: bool. Whether one factor is a kernel, whose gradient is not always
            computed.
    """

    flops: int
    learned: bool = True


def layer_flops(gan: GAN, batch_size: int) -> int:
    """FLOPs of a training step: of convolutions, dense layers and self-attention.

    Everything else adds a few per cent. A gradient penalty is counted like a loss:
    second derivatives are not counted.

    Args:
        gan: compiled model; its variables need no values.
        batch_size: int. Images per update.
    """
    pieces = gan.accumulated_batches
    parts = gan.discriminator_steps * pieces
    real, fake = _batches(gan, batch_size // pieces)
    inputs = gan.generator.generator_inputs(fake.latents, fake.labels_one_hot)
    generated = _calls(gan, gan.generator, inputs, training=True)
    update = _calls(gan, gan.discriminator_loss, real, fake)
    answer = _calls(gan, gan.generator_loss, fake, real)
    # The images of the last update are generated for the gradient; with gradient
    # accumulation they are generated once more.
    kept = _forward(generated) if pieces == 1 else 0
    return parts * (_forward(generated) + _trained(update)) + pieces * (
        _trained(generated) - kept + _to_inputs(answer)
    )


def _forward(calls: Iterable[Products]) -> int:
    return sum(call.flops for call in calls)


def _trained(calls: Sequence[Products]) -> int:
    """FLOPs with gradients of the kernels, but not of the first layer's inputs."""
    return 3 * _forward(calls) - calls[0].flops


def _to_inputs(calls: Iterable[Products]) -> int:
    """FLOPs with gradients of the inputs only."""
    return sum((2 if call.learned else 3) * call.flops for call in calls)


def _batches(gan: GAN, size: int) -> tuple[Batch, Batch]:
    """A real and a generated `Batch` of shapes and dtypes."""
    image_size, _, channels = gan.image_shape
    shape = data_formats.image_shape(image_size, image_size, channels, gan.data_format)
    images = keras.KerasTensor((size, *shape), "float32")
    latents = keras.KerasTensor((size, gan.generator.latent_dim), "float32")
    rows = None
    if gan.num_classes is not None:
        rows = keras.KerasTensor((size, gan.num_classes), "float32")
    return Batch(images, rows), Batch(images, rows, latents)


def _calls(
    gan: GAN, function: Callable[..., Any], *arguments: Any, **options: Any
) -> list[Products]:
    """`Products` of each layer that a function of a model calls, in call order."""
    found: list[Products] = []
    variables = [*gan.variables, *gan.optimizer.variables, *gan.metrics_variables]

    def trace() -> None:
        mapping = [(v, ops.zeros(v.shape, v.dtype)) for v in variables]
        inputs = keras.tree.map_structure(
            lambda x: None if x is None else ops.zeros(x.shape, x.dtype), arguments
        )
        with keras.StatelessScope(mapping), _watched(gan, found):
            function(*inputs, **options)

    jax_plan.without_values(trace)
    return found


@contextlib.contextmanager
def _watched(gan: GAN, found: list[Products]) -> Iterator[None]:
    layers = [layer for layer in gan._flatten_layers() if isinstance(layer, _COUNTED)]
    for layer in layers:
        layer.call = functools.partial(  # type: ignore[method-assign]
            _noted, found, layer, layer.call
        )
    try:
        yield
    finally:
        for layer in layers:
            del layer.call


def _noted(
    found: list[Products],
    layer: keras.Layer,
    call: Callable[..., Any],
    inputs: Any,
    **options: Any,
) -> Any:
    outputs = call(inputs, **options)
    if isinstance(layer, SelfAttention2D):
        found.append(Products(_attended(layer, inputs), learned=False))
    elif isinstance(layer, keras.layers.Dense):
        rows = math.prod(inputs.shape[:-1])
        found.append(Products(2 * rows * math.prod(layer.kernel.shape)))
    else:
        found.append(Products(_convolved(layer, inputs, outputs)))
    return outputs


def _attended(layer: SelfAttention2D, images: Any) -> int:
    """FLOPs of the two matrix products of self-attention, without its convolutions."""
    axes = data_formats.spatial_axes(layer.data_format)
    positions = math.prod(images.shape[axis] for axis in axes)
    channels = data_formats.channels(images.shape, layer.data_format)
    pairs = images.shape[0] * positions * positions // 4
    return 2 * pairs * (channels // 8 + channels // 2)


def _convolved(layer: keras.Layer, inputs: Any, outputs: Any) -> int:
    # A transposed convolution is the gradient of one from its outputs to its inputs.
    large, small = inputs.shape, outputs.shape
    resampling = getattr(layer, "resampling", None)
    if isinstance(layer, keras.layers.Conv2DTranspose) or resampling == "up":
        large, small = small, large
    height, width, *channels = layer.kernel.shape
    strides = layer.strides
    if resampling:
        height, width, strides = height + 1, width + 1, (2, 2)
    places = inputs.shape[0]
    for axis, kernel, stride in zip(
        data_formats.spatial_axes(layer.data_format),
        (height, width),
        strides,
        strict=True,
    ):
        places *= _reached(large[axis], kernel, small[axis], stride)
    return 2 * places * math.prod(channels)


def _reached(size: int, kernel: int, count: int, stride: int) -> int:
    """Number of products of a kernel along an axis, without those with the padding."""
    before = max((count - 1) * stride + kernel - size, 0) // 2
    return sum(
        0 <= place * stride + offset - before < size
        for place in range(count)
        for offset in range(kernel)
    )
