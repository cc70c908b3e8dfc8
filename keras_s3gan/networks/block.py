"""What the residual blocks have in common."""

import keras

from keras_s3gan import backend
from keras_s3gan.backend import ops
from keras_s3gan.layers import data_formats
from keras_s3gan.layers.convolution import Convolution
from keras_s3gan.layers.kernel_normalization import with_kernel_normalization
from keras_s3gan.layers.resampling import average_pool, upsample
from keras_s3gan.networks.normalization import is_conditional, make_normalization

RESAMPLINGS = ("up", "down", None)


class Block(keras.layers.Layer):
    """Base of the residual blocks: their normalizations and their resampling.

    Args:
        filters: int. Channels of the output.
        resampling: `"up"` doubles height and width, `"down"` halves them, `None` keeps
            them.
        normalization: before each convolution, see `normalization.scheme_of`.
        upsampling: `"nearest"` or another, see `upsample`.
        kernel_initializer: initializer of every kernel in the block.
        kernel_normalization: of every kernel in the block, see
            `with_kernel_normalization`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`).
        condition: `[N, D]` where the normalization takes one.
        training: bool.

    Returns:
        `[N, H', W', filters]` (or `[N, filters, H', W']`).

    Raises:
        ValueError: if an argument has no allowed value, or the condition is missing.
    """

    def __init__(
        self,
        filters,
        resampling=None,
        normalization=None,
        upsampling="nearest",
        kernel_initializer="orthogonal",
        kernel_normalization=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if resampling not in RESAMPLINGS:
            raise ValueError(
                f"`resampling` must be one of {RESAMPLINGS}. "
                f"Received: resampling={resampling}"
            )
        self.filters = filters
        self.resampling = resampling
        self.normalization = normalization
        self.conditional = is_conditional(normalization)
        self.upsampling = upsampling
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_normalization = kernel_normalization
        self.data_format = data_formats.standardize(data_format)

    def _convolution(self, name, filters, input_shape, kernel_size=3, resampling=None):
        """A built convolution, and the shape of its outputs."""
        layer = with_kernel_normalization(
            Convolution(
                filters,
                kernel_size,
                resampling,
                padding="same",
                kernel_initializer=self.kernel_initializer.clone(),
                data_format=self.data_format,
                dtype=self.dtype_policy,
                name=name,
            ),
            self.kernel_normalization,
        )
        layer.build(input_shape)
        return layer, layer.compute_output_shape(input_shape)

    def _within(self, resampling):
        """`resampling` if the block has it and a convolution can do it, else `None`.

        A convolution upsamples by repeating pixels only.
        """
        if resampling == "up" and self.upsampling != "nearest":
            return None
        return resampling if self.resampling == resampling else None

    def _normalization(self, name, input_shape, condition_shape):
        """A built normalization, or `None`."""
        layer = make_normalization(
            self.normalization,
            self.kernel_initializer,
            self.kernel_normalization,
            self.data_format,
            name=name,
            dtype=self.dtype_policy,
        )
        if self.conditional:
            if condition_shape is None:
                raise ValueError(
                    "This normalization needs a condition. "
                    f"Received: normalization={self.normalization}, condition=None"
                )
            layer.build(input_shape, condition_shape)
        elif layer is not None:
            layer.build(input_shape)
        return layer

    def _activate(self, normalization, inputs, condition, training):
        """Applies the normalization, if there is one, and the relu."""
        if normalization is not None:
            given = (inputs, condition) if self.conditional else (inputs,)
            inputs = backend.call(self, normalization, *given, training=training)
        return ops.relu(inputs)

    def _up(self, images):
        if self.resampling != "up":
            return images
        return upsample(images, self.upsampling, self.data_format)

    def _down(self, images):
        if self.resampling != "down":
            return images
        return average_pool(images, self.data_format)

    def _with_channels(self, shape, channels):
        shape = list(shape)
        shape[data_formats.channel_axis(self.data_format)] = channels
        return tuple(shape)

    def _resampled(self, shape, resampling):
        """`shape` after `resampling`, if that is what this block does."""
        shape = list(shape)
        if resampling == self.resampling and resampling is not None:
            for axis in data_formats.spatial_axes(self.data_format):
                if shape[axis] is not None:
                    shape[axis] = (
                        shape[axis] * 2 if resampling == "up" else -(-shape[axis] // 2)
                    )
        return tuple(shape)

    def compute_output_shape(self, inputs_shape, condition_shape=None):
        shape = self._resampled(self._resampled(inputs_shape, "up"), "down")
        return self._with_channels(shape, self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "resampling": self.resampling,
            "normalization": self.normalization,
            "upsampling": self.upsampling,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_normalization": self.kernel_normalization,
            "data_format": self.data_format,
        }
