"""Encoders give pooled features, whatever the architecture comes from."""

import builtins
import importlib.util

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.networks import (
    ResNetV2Encoder,
    applications_encoder,
    keras_cv_encoder,
)
from tests.harness import check_layer, check_modes
from tests.once import once
from tests.tolerance import assert_close

IMAGES = np.random.default_rng(0).uniform(-1, 1, (4, 32, 32, 3)).astype("float32")

needs_keras_cv = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("keras_cv", "tensorflow")),
    reason="keras_cv cannot be imported",
)


@pytest.fixture
def channels_first():
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_image_data_format("channels_last")


def save_and_load(encoder, folder):
    encoder.save(folder / "encoder.keras")
    return keras.saving.load_model(folder / "encoder.keras")


def assert_same_features(actual, expected, images):
    assert_close(
        ops.convert_to_numpy(actual(images)),
        ops.convert_to_numpy(expected(images)),
        1e-6,  # the same operations on the same numbers
        "features",
    )


def test_resnet_v2_encoder():
    check_layer(
        lambda **kwargs: ResNetV2Encoder(
            9,
            channels=2,
            base_channels=4,
            blocks_per_stage=(1, 2),
            kernel_initializer="glorot_normal",
            momentum=0.8,
            **kwargs,
        ),
        IMAGES[:, :9, :9, :2],
        # The stem, 3 blocks of 2 convolutions and 2 normalizations, the shortcut, and
        # the last normalization.
        trainable=1 + 3 * 6 + 1 + 2,
    )


@pytest.mark.parametrize("image_size", [28, 32, 64])
def test_stages_halve_the_image_and_double_the_channels(image_size):
    encoder = ResNetV2Encoder(image_size, channels=1, base_channels=4)
    for stage, factor in ((1, 1), (2, 2), (3, 4)):
        for block in (1, 2):
            maps = encoder.get_layer(f"stage_{stage}_block_{block}").output
            size = image_size // factor
            assert maps.shape == (None, size, size, 4 * factor)
    assert encoder.output_shape == (None, 16)


def test_features_of_a_named_layer():
    encoder = ResNetV2Encoder(32, base_channels=4)
    last = keras.Model(encoder.input, encoder.get_layer("last_relu").output)
    assert_close(
        ops.convert_to_numpy(encoder(IMAGES)),
        ops.convert_to_numpy(last(IMAGES)).mean(axis=(1, 2)),
        1e-5,  # float32 means of 64 positions
        "features",
    )


def test_a_block_adds_to_its_input():
    encoder = ResNetV2Encoder(32, base_channels=4, blocks_per_stage=(2,))
    for number in (1, 2):
        convolution = encoder.get_layer(f"stage_1_block_{number}_convolution_2")
        convolution.kernel.assign(ops.zeros(convolution.kernel.shape))
    outputs = [encoder.get_layer(name).output for name in ("stem", "stage_1_block_2")]
    stem, last = keras.Model(encoder.input, outputs)(IMAGES)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(last), ops.convert_to_numpy(stem)
    )


def test_saved_encoder_keeps_its_class(tmp_path):
    encoder = ResNetV2Encoder(32, base_channels=4, dtype="mixed_bfloat16")
    loaded = save_and_load(encoder, tmp_path)
    assert type(loaded) is ResNetV2Encoder
    assert loaded.get_config() == encoder.get_config()
    assert loaded.get_layer("stem").compute_dtype == "bfloat16"


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ({"image_size": 3}, "image_size=3"),
        ({"blocks_per_stage": ()}, r"blocks_per_stage=\(\)"),
        ({"blocks_per_stage": [2, 0]}, r"blocks_per_stage=\(2, 0\)"),
        ({"momentum": 1.0}, "momentum=1.0"),
        ({"data_format": "NHWC"}, "data_format=NHWC"),
    ],
)
def test_wrong_argument_is_named(arguments, received):
    with pytest.raises(ValueError, match=f"Received: {received}"):
        ResNetV2Encoder(**arguments)


def test_wrong_images_are_refused():
    encoder = ResNetV2Encoder(32, base_channels=4)
    with pytest.raises(ValueError, match="incompatible"):
        encoder(IMAGES[..., :1])


@once("networks of Keras' and KerasCV's own")
def test_application_gives_features(tmp_path):
    encoder = applications_encoder("MobileNetV2", 32, channels=1, alpha=0.35)
    check_modes(encoder, ((IMAGES[..., :1],), {}))
    assert encoder.output_shape == (None, 1280)
    assert encoder.get_layer("block_5_add").output.shape[1:3] == (4, 4)
    assert_same_features(save_and_load(encoder, tmp_path), encoder, IMAGES[..., :1])


@once("networks of Keras' and KerasCV's own")
def test_application_follows_keras_data_format(channels_first):
    encoder = applications_encoder("MobileNetV2", 32, alpha=0.35)
    assert encoder.input_shape == (None, 3, 32, 32)


# One that takes `include_preprocessing`, and one that divides by 255 unasked.
@once("networks of Keras' and KerasCV's own")
@pytest.mark.parametrize("architecture", ["MobileNetV3Small", "EfficientNetB0"])
def test_application_leaves_images_at_their_scale(architecture):
    encoder = applications_encoder(architecture, 32)
    first = next(x for x in encoder.layers if isinstance(x, keras.layers.Conv2D))
    arriving = keras.Model(encoder.input, first.input)(IMAGES)
    assert_close(
        np.abs(ops.convert_to_numpy(arriving)).max(),
        np.abs(IMAGES).max(),
        1e-5,  # float32, times 255 and back
        "largest value",
    )


@once("networks of Keras' and KerasCV's own")
def test_application_reads_weights_of_a_file(tmp_path):
    encoder = applications_encoder("MobileNetV2", 32, alpha=0.35)
    path = tmp_path / "encoder.weights.h5"
    encoder.save_weights(path)
    again = applications_encoder("MobileNetV2", 32, weights=path, alpha=0.35)
    assert_same_features(again, encoder, IMAGES)


def test_unknown_application_has_close_names():
    with pytest.raises(ValueError, match="ResNet50V2.*architecture='ResNet50v2'"):
        applications_encoder("ResNet50v2", 32)


@pytest.mark.parametrize("weights", ["imagenet", "missing.weights.h5"])
def test_other_weights_are_refused(weights):
    with pytest.raises(ValueError, match=f"another range.*weights='{weights}'"):
        applications_encoder("ResNet50V2", 32, weights=weights)


@needs_keras_cv
@once("networks of Keras' and KerasCV's own")
def test_keras_cv_gives_features(tmp_path):
    encoder = keras_cv_encoder("resnet18_v2", 32, channels=1)
    assert encoder(IMAGES[..., :1]).shape == (4, 512)
    maps = encoder.get_layer("v2_stack_1_block2_out").output
    assert maps.shape == (None, 4, 4, 128)
    # A file of plain Keras layers.
    assert_same_features(save_and_load(encoder, tmp_path), encoder, IMAGES[..., :1])


@needs_keras_cv
@once("networks of Keras' and KerasCV's own")
@pytest.mark.parametrize("preset", ["resnet34_v2", "resnet50_v2"])
def test_keras_cv_preset_has_the_parameters_that_are_published(preset):
    from keras_cv.models import ResNetV2Backbone

    published = ResNetV2Backbone.presets[preset]["metadata"]["params"]
    assert keras_cv_encoder(preset, 32).count_params() == published


@needs_keras_cv
def test_keras_cv_has_channels_last_alone(channels_first):
    with pytest.raises(ValueError, match="data_format=channels_first"):
        keras_cv_encoder("resnet18_v2", 32)


def test_unknown_preset_is_named():
    with pytest.raises(ValueError, match="resnet152_v2.*preset=resnet50"):
        keras_cv_encoder("resnet50", 32)


# KerasCV not there; KerasCV without the TensorFlow that it needs.
@pytest.mark.parametrize("failure", [ImportError, ValueError])
def test_missing_keras_cv_says_what_to_install(failure, monkeypatch):
    original = builtins.__import__

    def import_module(name, *args, **kwargs):
        if name.startswith("keras_cv"):
            raise failure(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", import_module)
    with pytest.raises(ValueError, match='pip install keras-cv "tensorflow>=2.20"'):
        keras_cv_encoder("resnet18_v2", 32)
