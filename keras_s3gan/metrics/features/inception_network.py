"""The Inception network of 2015, whose features FID compares."""

import keras
import numpy as np

IMAGE_SIZE = 299
DIMENSIONS = (64, 192, 768, 2048)
_EPSILON = 0.001
_LOGITS = 1008


def build_inception(dimension=2048):
    """Builds the network of FID as a Keras model; its weights are zero until loaded.

    It differs from the Inception-v3 of the paper and of `keras.applications` in four
    ways: it has 1,008 classes, average pooling ignores the padding, the last block uses
    max pooling, and epsilon is 0.001. Batch normalization is folded into the
    convolutions. The network is float32 and channels-last whatever Keras' global
    settings are.

    Args:
        dimension: 64, 192, 768 or 2048: the features after the first or the second max
            pooling, before the auxiliary classifier, or after the last block. They are
            averaged over the image. Later layers are not built.

    Returns:
        A `keras.Model`: `[N, 299, 299, 3]` in `[-1, 1]` to a dict of `features`
        `[N, dimension]` and, for 2048, `logits` and `unbiased_logits`, both
        `[N, 1008]`. Its layers have the names of the modules of PyTorch's
        Inception-v3, with `-` in place of a dot.

    Raises:
        ValueError: if `dimension` is another number.

    Reference:
        - Szegedy et al., 2015, https://arxiv.org/abs/1512.00567
        - http://download.tensorflow.org/models/image/imagenet/inception-2015-12-05.tgz
    """
    if dimension not in DIMENSIONS:
        raise ValueError(
            f"`dimension` must be one of {DIMENSIONS}. Received: dimension={dimension}"
        )
    image = keras.Input((IMAGE_SIZE, IMAGE_SIZE, 3), dtype="float32", name="image")
    x = image
    for depth, block in zip(DIMENSIONS, _BLOCKS, strict=True):
        x = block(x)
        if depth == dimension:
            break
    x = keras.layers.GlobalAveragePooling2D(**_FIXED, name="features")(x)
    outputs = {"features": x}
    if dimension == DIMENSIONS[-1]:
        for name, use_bias in (("logits", True), ("unbiased_logits", False)):
            outputs[name] = keras.layers.Dense(
                _LOGITS,
                use_bias=use_bias,
                kernel_initializer="zeros",
                dtype="float32",
                name=name,
            )(x)
    return keras.Model(image, outputs, name="inception_2015_12_05")


def load_inception(model, arrays):
    """Loads a PyTorch state dict into a model of `build_inception`.

    Args:
        model: a model of `build_inception`.
        arrays: dict of str to array, with the names of PyTorch's Inception-v3.

    Raises:
        ValueError: if an array is missing or has another shape.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            _assign(layer, _folded(arrays, layer.name.replace("-", ".")))
        elif isinstance(layer, keras.layers.Dense):
            bias = [_array(arrays, "fc.bias")] if layer.use_bias else []
            _assign(layer, [_array(arrays, "fc.weight").T, *bias])


def _folded(arrays, name):
    """Folds batch normalization into a convolution; returns its kernel and bias."""
    kernel = _array(arrays, f"{name}.conv.weight").astype("float64")
    gain, bias, mean, variance = (
        _array(arrays, f"{name}.bn.{part}").astype("float64")
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gain / np.sqrt(variance + _EPSILON)
    return kernel.transpose(2, 3, 1, 0) * scale, bias - mean * scale


def _array(arrays, name):
    if name not in arrays:
        raise ValueError(
            "The weights must be those of the Inception-v3 of FID. "
            f"Received: {len(arrays)} arrays, none named {name!r}"
        )
    return arrays[name]


def _assign(layer, values):
    shapes = [tuple(variable.shape) for variable in layer.weights]
    received = [value.shape for value in values]
    if received != shapes:
        raise ValueError(
            f"The weights of {layer.name!r} must have the shapes {shapes}. "
            f"Received: {received}"
        )
    layer.set_weights([value.astype("float32") for value in values])


_FIXED = {"data_format": "channels_last", "dtype": "float32"}


def _convolution(x, filters, size, name, strides=1, padding="same"):
    return keras.layers.Conv2D(
        filters,
        size,
        strides=strides,
        padding=padding,
        activation="relu",
        kernel_initializer="zeros",
        name=name,
        **_FIXED,
    )(x)


def _chain(x, name, *steps, **last):
    """Applies convolutions in sequence, each `(suffix of its name, filters, size)`."""
    for suffix, filters, size in steps[:-1]:
        x = _convolution(x, filters, size, f"{name}{suffix}")
    suffix, filters, size = steps[-1]
    return _convolution(x, filters, size, f"{name}{suffix}", **last)


def _average_pool(x):
    # Keras, like TensorFlow, leaves the padding out of the average.
    return keras.layers.AveragePooling2D(3, 1, padding="same", **_FIXED)(x)


def _max_pool(x, strides=2, padding="valid"):
    return keras.layers.MaxPooling2D(3, strides, padding=padding, **_FIXED)(x)


def _join(*branches):
    return keras.layers.Concatenate(axis=-1, dtype="float32")(list(branches))


_HALVE = {"strides": 2, "padding": "valid"}


def _block_a(x, name, pool_filters):
    return _join(
        _convolution(x, 64, 1, f"{name}-branch1x1"),
        _chain(x, f"{name}-branch5x5", ("_1", 48, 1), ("_2", 64, 5)),
        _chain(x, f"{name}-branch3x3dbl", ("_1", 64, 1), ("_2", 96, 3), ("_3", 96, 3)),
        _convolution(_average_pool(x), pool_filters, 1, f"{name}-branch_pool"),
    )


def _block_b(x, name):
    steps = (("_1", 64, 1), ("_2", 96, 3), ("_3", 96, 3))
    return _join(
        _convolution(x, 384, 3, f"{name}-branch3x3", **_HALVE),
        _chain(x, f"{name}-branch3x3dbl", *steps, **_HALVE),
        _max_pool(x),
    )


def _block_c(x, name, inner):
    row, column = (1, 7), (7, 1)
    once = (("_1", inner, 1), ("_2", inner, row), ("_3", 192, column))
    twice = (
        ("_1", inner, 1),
        ("_2", inner, column),
        ("_3", inner, row),
        ("_4", inner, column),
        ("_5", 192, row),
    )
    return _join(
        _convolution(x, 192, 1, f"{name}-branch1x1"),
        _chain(x, f"{name}-branch7x7", *once),
        _chain(x, f"{name}-branch7x7dbl", *twice),
        _convolution(_average_pool(x), 192, 1, f"{name}-branch_pool"),
    )


def _block_d(x, name):
    steps = (("_1", 192, 1), ("_2", 192, (1, 7)), ("_3", 192, (7, 1)), ("_4", 192, 3))
    return _join(
        _chain(x, f"{name}-branch3x3", ("_1", 192, 1), ("_2", 320, 3), **_HALVE),
        _chain(x, f"{name}-branch7x7x3", *steps, **_HALVE),
        _max_pool(x),
    )


def _block_e(x, name, pooled):
    short = _convolution(x, 384, 1, f"{name}-branch3x3_1")
    long = _chain(x, f"{name}-branch3x3dbl", ("_1", 448, 1), ("_2", 384, 3))
    return _join(
        _convolution(x, 320, 1, f"{name}-branch1x1"),
        _convolution(short, 384, (1, 3), f"{name}-branch3x3_2a"),
        _convolution(short, 384, (3, 1), f"{name}-branch3x3_2b"),
        _convolution(long, 384, (1, 3), f"{name}-branch3x3dbl_3a"),
        _convolution(long, 384, (3, 1), f"{name}-branch3x3dbl_3b"),
        _convolution(pooled, 192, 1, f"{name}-branch_pool"),
    )


def _to_64(x):
    x = _convolution(x, 32, 3, "Conv2d_1a_3x3", **_HALVE)
    x = _convolution(x, 32, 3, "Conv2d_2a_3x3", padding="valid")
    return _max_pool(_convolution(x, 64, 3, "Conv2d_2b_3x3"))


def _to_192(x):
    x = _convolution(x, 80, 1, "Conv2d_3b_1x1")
    return _max_pool(_convolution(x, 192, 3, "Conv2d_4a_3x3", padding="valid"))


def _to_768(x):
    for name, pool_filters in (("5b", 32), ("5c", 64), ("5d", 64)):
        x = _block_a(x, f"Mixed_{name}", pool_filters)
    x = _block_b(x, "Mixed_6a")
    for name, inner in (("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)):
        x = _block_c(x, f"Mixed_{name}", inner)
    return x


def _to_2048(x):
    x = _block_d(x, "Mixed_7a")
    x = _block_e(x, "Mixed_7b", _average_pool(x))
    # Probably a mistake in the original graph, and part of every FID since.
    return _block_e(x, "Mixed_7c", _max_pool(x, strides=1, padding="same"))


_BLOCKS = (_to_64, _to_192, _to_768, _to_2048)
