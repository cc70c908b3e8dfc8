"""Encoders: models from images to pooled features, for representation learning.

Each is a functional `keras.Model`: `encoder.get_layer(name).output` is the output of a
layer.
"""

import difflib
import inspect
import pathlib

import keras
from keras import layers

from keras_s3gan.layers import BatchNormalization, data_formats
from keras_s3gan.networks.network import Configured, check_choice
from keras_s3gan.requirements import install_command
from keras_s3gan.validation import check_integer

# Block type and blocks per stack. KerasCV's own presets are a download.
_KERAS_CV_PRESETS = {
    "resnet18_v2": ("basic_block", [2, 2, 2, 2]),
    "resnet34_v2": ("basic_block", [3, 4, 6, 3]),
    "resnet50_v2": ("block", [3, 4, 6, 3]),
    "resnet101_v2": ("block", [3, 4, 23, 3]),
    "resnet152_v2": ("block", [3, 8, 36, 3]),
}


@keras.saving.register_keras_serializable("keras_s3gan")
class ResNetV2Encoder(Configured, keras.Model):
    """A small pre-activation residual network for images of about 28 to 64 pixels.

    A 3x3 convolution (the stem), stages of basic blocks (twice normalization, relu and
    convolution, and a shortcut), a last normalization and relu, and the mean over the
    positions. Each stage after the first halves the image and doubles the channels.

    Names of layers for `get_layer` are `stem`, `stage_1_block_1` and so on (the sum at
    the end of a block), `last_relu` and `features`.

    Args:
        image_size: int. Defaults to `32`.
        channels: int. Colour channels of the images. Defaults to `3`.
        base_channels: int. Channels of the first stage. Defaults to `32`.
        blocks_per_stage: ints, one per stage. Defaults to `(2, 2, 2)`.
        stem_strides: int >= 1. With `2` all stages have a quarter of the positions,
            which is about four times as fast. Defaults to `1`.
        kernel_initializer: Defaults to `"he_normal"`.
        momentum: float in [0, 1). Decay of the moving moments. Defaults to `0.9`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`) in [-1, 1].
        training: bool.

    Returns:
        `[N, D]` in the compute dtype, `D` the channels of the last stage.

    Raises:
        ValueError: if a stage has no blocks, if the image is too small for the number
            of stages, or if `momentum` is not in [0, 1).

    Example:
        >>> encoder = ResNetV2Encoder(32, channels=1)
        >>> encoder(images).shape
        (64, 128)
        >>> encoder.get_layer("stage_2_block_1").output.shape
        (None, 16, 16, 64)

    Reference:
        - He et al., 2016, https://arxiv.org/abs/1603.05027
    """

    def __init__(
        self,
        image_size=32,
        channels=3,
        base_channels=32,
        blocks_per_stage=(2, 2, 2),
        stem_strides=1,
        kernel_initializer="he_normal",
        momentum=0.9,
        data_format=None,
        name="encoder",
        **kwargs,
    ):
        blocks_per_stage = tuple(blocks_per_stage)
        _check_stages(blocks_per_stage, stem_strides, image_size)
        if not 0 <= momentum < 1:
            raise ValueError(
                f"`momentum` must be in [0, 1). Received: momentum={momentum}"
            )
        kernel_initializer = keras.initializers.get(kernel_initializer)
        data_format = data_formats.standardize(data_format)
        policy = keras.dtype_policies.get(kwargs.get("dtype"))

        def convolution(maps, filters, name, kernel_size=3, strides=1):
            return layers.Conv2D(
                filters,
                kernel_size,
                strides=strides,
                padding="same",
                use_bias=False,
                kernel_initializer=kernel_initializer.clone(),
                data_format=data_format,
                dtype=policy,
                name=name,
            )(maps)

        def activated(maps, prefix, suffix=""):
            maps = BatchNormalization(
                momentum=momentum,
                epsilon=1e-5,
                data_format=data_format,
                dtype=policy,
                name=f"{prefix}_normalization{suffix}",
            )(maps)
            return layers.ReLU(dtype=policy, name=f"{prefix}_relu{suffix}")(maps)

        def block(maps, filters, strides, name):
            shortcut, first = maps, activated(maps, name, "_1")
            if strides > 1:
                # Equivalent to strides. Training ended its process on some processors
                # otherwise: PyTorch 2.13, uxlfoundation/oneDNN#6035.
                kept = [slice(None)] * 4
                for axis in data_formats.spatial_axes(data_format):
                    kept[axis] = slice(None, None, strides)
                shortcut = convolution(
                    first[tuple(kept)], filters, f"{name}_shortcut", kernel_size=1
                )
            maps = convolution(first, filters, f"{name}_convolution_1", strides=strides)
            maps = activated(maps, name, "_2")
            maps = convolution(maps, filters, f"{name}_convolution_2")
            return layers.Add(dtype=policy, name=name)([maps, shortcut])

        images = keras.Input(
            data_formats.image_shape(image_size, image_size, channels, data_format),
            name="images",
        )
        maps = convolution(images, base_channels, "stem", strides=stem_strides)
        for stage, blocks in enumerate(blocks_per_stage):
            for number in range(blocks):
                maps = block(
                    maps,
                    base_channels * 2**stage,
                    strides=2 if stage > 0 and number == 0 else 1,
                    name=f"stage_{stage + 1}_block_{number + 1}",
                )
        features = layers.GlobalAveragePooling2D(
            data_format=data_format, dtype=policy, name="features"
        )(activated(maps, "last"))
        super().__init__(inputs=images, outputs=features, name=name, **kwargs)
        self._keep_arguments(locals())


def applications_encoder(architecture, image_size, channels=3, weights=None, **kwargs):
    """An architecture of `keras.applications`, without its classifier.

    It follows Keras' settings for the dtype policy and the data format. Images in
    [-1, 1] are the input of the first convolution: the architecture's own preprocessing
    of pixels in [0, 255] is left out.

    Args:
        architecture: str. Its name in `keras.applications`, such as `"ResNet50V2"`.
        image_size: int. The smallest size depends on the architecture; most accept 32.
        channels: int. Colour channels of the images. Defaults to `3`.
        weights: path of a file that `save_weights` of such an encoder wrote, or `None`
            for random weights. `"imagenet"` is an error: those weights expect images
            of another range.
        **kwargs: further arguments of the architecture, such as `name`.

    Returns:
        A `keras.Model`: `[N, H, W, C]` (or `[N, C, H, W]`) in [-1, 1] to `[N, D]`.

    Raises:
        ValueError: if there is no such architecture, no such file, or no network of
            `image_size`.

    Example:
        >>> applications_encoder("MobileNetV2", 32).output_shape
        (None, 1280)

    Reference:
        - https://keras.io/api/applications
    """
    known = dict(inspect.getmembers(keras.applications, inspect.isfunction))
    if architecture not in known:
        close = difflib.get_close_matches(str(architecture), known, n=3, cutoff=0.4)
        raise ValueError(
            "`architecture` must be a name in keras.applications, such as "
            f"{', '.join(close or sorted(known))}. "
            f"Received: architecture={architecture!r}"
        )
    if weights is not None and not pathlib.Path(weights).is_file():
        raise ValueError(
            "`weights` must be None or the path of a file of weights that were trained "
            "on images in [-1, 1]; ImageNet's expect another range. "
            f"Received: weights={weights!r}"
        )
    build = known[architecture]
    shape = data_formats.image_shape(
        image_size, image_size, channels, data_formats.standardize(None)
    )
    if "include_preprocessing" in inspect.signature(build).parameters:
        kwargs["include_preprocessing"] = False
    elif build.__module__.endswith(".efficientnet"):
        # These architectures always divide by 255.
        images = keras.Input(shape, name="images")
        kwargs["input_tensor"] = layers.Rescaling(255.0, name="pixels")(images)
    encoder = build(
        include_top=False,
        pooling="avg",
        input_shape=shape,
        weights=None if weights is None else str(weights),
        **kwargs,
    )
    # Built with an `input_tensor`, it would take a list of images.
    return keras.Model(encoder.inputs[0], encoder.output, name=encoder.name)


def keras_cv_encoder(preset="resnet50_v2", image_size=32, channels=3, **kwargs):
    """A ResNet v2 backbone of KerasCV with random weights, and average pooling.

    It follows Keras' setting for the dtype policy. The last feature map is 32 times
    smaller than the image.

    Args:
        preset: str. `"resnet18_v2"`, `"resnet34_v2"`, `"resnet50_v2"`,
            `"resnet101_v2"` or `"resnet152_v2"`. Defaults to `"resnet50_v2"`.
        image_size: int. Defaults to `32`.
        channels: int. Colour channels of the images. Defaults to `3`.
        **kwargs: further arguments of `keras_cv.models.ResNetV2Backbone`, such as
            `stackwise_dilations`.

    Returns:
        A `keras.Model`: `[N, H, W, C]` in [-1, 1] to `[N, D]`.

    Raises:
        ValueError: if there is no such preset, if KerasCV or the TensorFlow that its
            import needs is not installed, or if Keras' data format is
            `"channels_first"`, which KerasCV does not have.

    Example:
        >>> keras_cv_encoder("resnet18_v2", 64).output_shape
        (None, 512)

    Reference:
        - https://keras.io/keras_cv
    """
    block_type, blocks = _KERAS_CV_PRESETS[
        check_choice("preset", preset, _KERAS_CV_PRESETS)
    ]
    data_format = data_formats.standardize(None)
    if data_format != "channels_last":
        raise ValueError(
            "KerasCV needs `channels_last` for keras.config.image_data_format(). "
            f"Received: data_format={data_format}"
        )
    try:
        from keras_cv.models import ResNetV2Backbone
    # KerasCV raises a ValueError if TensorFlow is missing.
    except (ImportError, ValueError) as error:
        raise ValueError(
            "A KerasCV encoder needs keras-cv and TensorFlow, whatever the backend: "
            f"{install_command('cv', 'tensorflow')}. Received: preset={preset}"
        ) from error
    backbone = ResNetV2Backbone(
        stackwise_filters=[64, 128, 256, 512],
        stackwise_blocks=blocks,
        stackwise_strides=[1, 2, 2, 2],
        block_type=block_type,
        include_rescaling=False,
        input_shape=(image_size, image_size, channels),
        **kwargs,
    )
    features = layers.GlobalAveragePooling2D(name="features")(backbone.output)
    return keras.Model(backbone.input, features, name=preset)


def _check_stages(blocks_per_stage, stem_strides, image_size):
    if not blocks_per_stage or min(blocks_per_stage) < 1:
        raise ValueError(
            "`blocks_per_stage` must hold at least one block for each of one or more "
            f"stages. Received: blocks_per_stage={blocks_per_stage}"
        )
    check_integer("stem_strides", stem_strides, 1)
    smallest = stem_strides * 2 ** (len(blocks_per_stage) - 1)
    if image_size < smallest:
        raise ValueError(
            f"`image_size` must be at least {smallest}, for {len(blocks_per_stage)} "
            f"stages. Received: image_size={image_size}"
        )
