"""Makes the layers of a network with shared initializer and normalizations."""

import keras
from keras import layers, ops

from keras_s3gan.layers import data_formats
from keras_s3gan.layers.convolution import Convolution, TransposedConvolution
from keras_s3gan.layers.kernel_normalization import with_kernel_normalization
from keras_s3gan.layers.self_attention import SelfAttention2D
from keras_s3gan.networks.normalization import is_conditional, make_normalization

# The initializer of DCGAN and most of Compare GAN's architectures.
NORMAL = {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 0.02}}


class LayerFactory:
    """Adds layers to a functional model; each method takes and returns a tensor.

    Args:
        kernel_initializer: of every kernel, cloned for each.
        kernel_normalization: of every kernel, except with `plain=True`, see
            `with_kernel_normalization`.
        normalization: of `normalize` and the blocks, see `normalization.scheme_of`.
        data_format: `"channels_last"` or `"channels_first"`.
        dtype: dtype policy.
        upsampling: of the blocks, see `upsample`.
    """

    def __init__(
        self,
        kernel_initializer,
        kernel_normalization=None,
        normalization=None,
        data_format=None,
        dtype=None,
        upsampling="nearest",
    ):
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_normalization = kernel_normalization
        self.normalization = normalization
        self.data_format = data_formats.standardize(data_format)
        self.dtype = keras.dtype_policies.get(dtype)
        self.upsampling = upsampling

    def _kernel(self, layer, plain):
        return with_kernel_normalization(
            layer, None if plain else self.kernel_normalization
        )

    def _shared(self, name):
        return {
            "kernel_initializer": self.kernel_initializer.clone(),
            "dtype": self.dtype,
            "name": name,
        }

    def dense(self, inputs, units, name, plain=False, **kwargs):
        """A dense layer: `[N, units]`."""
        layer = layers.Dense(units, **{**self._shared(name), **kwargs})
        return self._kernel(layer, plain)(inputs)

    def embed(self, labels, length):
        """The class embedding that all blocks share, `[N, length]`."""
        return self.dense(
            labels,
            length,
            "class_embedding",
            plain=True,
            use_bias=False,
            kernel_initializer="glorot_normal",
        )

    def convolution(
        self, images, filters, kernel_size, name, strides=1, plain=False, **kwargs
    ):
        """A convolution that keeps the size, or divides it by `strides`, rounded up."""
        layer = Convolution(
            filters,
            kernel_size,
            strides=strides,
            padding="same",
            data_format=self.data_format,
            **{**self._shared(name), **kwargs},
        )
        return self._kernel(layer, plain)(images)

    def transposed_convolution(
        self, images, filters, kernel_size, size, name, strides=2, plain=False
    ):
        """A transposed convolution to `size` pixels: twice the input's, or one less."""
        layer = TransposedConvolution(
            filters,
            kernel_size,
            strides=strides,
            padding="same",
            data_format=self.data_format,
            **self._shared(name),
        )
        images = self._kernel(layer, plain)(images)
        height, width = data_formats.spatial_axes(self.data_format)
        surplus = images.shape[height] - size
        if surplus:
            # An odd size has one more pixel of padding, in front if the kernel is odd.
            start = surplus if kernel_size % 2 else 0
            kept = [slice(None)] * 4
            kept[height] = kept[width] = slice(start, start + size)
            images = images[tuple(kept)]
        return images

    def normalize(self, inputs, name, condition=None):
        """The network's normalization, if it has one."""
        layer = make_normalization(
            self.normalization,
            self.kernel_initializer,
            self.kernel_normalization,
            self.data_format,
            name=name,
            dtype=self.dtype,
        )
        if layer is None:
            return inputs
        conditions = (condition,) if is_conditional(self.normalization) else ()
        return layer(inputs, *conditions)

    def block(self, block, images, filters, resampling, name, condition=None, **kwargs):
        """A residual block of the class `block`, see `Block`."""
        layer = block(
            filters,
            resampling=resampling,
            normalization=self.normalization,
            upsampling=self.upsampling,
            kernel_normalization=self.kernel_normalization,
            data_format=self.data_format,
            **self._shared(name),
            **kwargs,
        )
        return layer(images) if condition is None else layer(images, condition)

    def attention(self, images, name):
        """Self-attention over the positions."""
        return SelfAttention2D(
            kernel_normalization=self.kernel_normalization,
            data_format=self.data_format,
            **self._shared(name),
        )(images)

    def as_images(self, vectors, size, channels, name):
        """Vectors `[N, size · size · channels]`, channels last, as images."""
        images = layers.Reshape((size, size, channels), dtype=self.dtype, name=name)(
            vectors
        )
        if self.data_format == "channels_first":
            images = ops.transpose(images, (0, 3, 1, 2))
        return images

    def flatten(self, images):
        """`[N, H · W · C]`, channels last whatever the data format."""
        if self.data_format == "channels_first":
            images = ops.transpose(images, (0, 2, 3, 1))
        size = images.shape[1] * images.shape[2] * images.shape[3]
        return ops.reshape(images, (-1, size))

    def pool(self, images, how):
        """`[N, C]`: the `"sum"` or `"mean"` over height and width."""
        axes = data_formats.spatial_axes(self.data_format)
        return {"sum": ops.sum, "mean": ops.mean}[how](images, axis=axes)

    def image_values(self, images, activation):
        """Images in [-1, 1], float32, by `"tanh"` or a scaled `"sigmoid"`."""
        if activation == "sigmoid":
            # 2 σ(x) - 1
            images = images * 0.5
        return layers.Activation("tanh", dtype="float32", name="images")(images)
