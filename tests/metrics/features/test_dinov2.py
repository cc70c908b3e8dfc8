"""DINOv2 with random weights, beside its definition in PyTorch."""

import sys
import types

import keras
import numpy as np
import pytest

from keras_s3gan.metrics import DINOv2Extractor, ScoreRecord
from keras_s3gan.metrics.features.vision_transformer import resized_positions
from tests.metrics.transformer_reference import (
    dinov2_features,
    dinov2_shapes,
    random_arrays,
    save,
)
from tests.once import once
from tests.tolerance import assert_close

# Patches are large, so that the 224 pixels have few.
ARRAYS = random_arrays(dinov2_shapes())


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return save(ARRAYS, tmp_path_factory.mktemp("dinov2") / "dinov2.pth")


def images(channels=3, size=224):
    random = np.random.default_rng(0)
    return random.integers(0, 256, (3, size, size, channels), "uint8")


def test_features_are_those_of_the_network(path):
    extractor = DINOv2Extractor(path, batch_size=2)
    features = extractor.features(images())
    # Matrices of float32 on each side.
    assert_close(features, dinov2_features(ARRAYS, images()), 1e-5)
    grey = np.repeat(images(1), 3, axis=-1)
    assert_close(extractor.features(images(1)), dinov2_features(ARRAYS, grey), 1e-5)
    assert extractor.features(images(size=9)).shape == (3, 128)


@once("what is recorded is the same text")
def test_a_record_has_name_and_hash(path):
    extractor = DINOv2Extractor(path)
    assert extractor.label == "dinov2-vit128-56"
    assert extractor.identifier == f"dinov2-vit128-56-{extractor.sha256[:8]}"
    fields = ScoreRecord.of_extractor(extractor)
    assert len(fields["extractor_sha256"]) == 64
    assert fields["resize"] == "clean_quantized" and "0.485" in fields["preprocessing"]
    DINOv2Extractor(path, sha256=extractor.sha256[:6])
    with pytest.raises(ValueError, match="must begin with 1234.*Received"):
        DINOv2Extractor(path, sha256="1234")


@once("arrays of NumPy")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"norm.weight": None}, r"state dict.*none named 'norm.weight'"),
        ({"register_tokens": np.zeros((1, 4, 128), "f4")}, "without registers"),
    ],
)
def test_other_networks(tmp_path, changes, message):
    arrays = {n: a for n, a in (ARRAYS | changes).items() if a is not None}
    with pytest.raises(ValueError, match=message):
        DINOv2Extractor(save(arrays, tmp_path / "other.pth"))


POSITIONS = np.random.default_rng(0).normal(size=(1, 26, 8))


class Backbone(keras.Model):
    """What the extractor asks of KerasHub's backbone: all tokens of an image."""

    hidden_dim, patch_size, num_register_tokens = 8, 56, 0

    def __init__(self, image_shape):
        super().__init__()
        self.image_shape = image_shape
        self.embeddings = types.SimpleNamespace(
            position_embeddings=keras.ops.convert_to_tensor(POSITIONS),
            interpolated_position_embeddings=keras.Variable(np.zeros((1, 17, 8))),
        )
        self.patches = keras.layers.Conv2D(8, 56, 56, data_format="channels_last")

    def call(self, inputs):
        x = self.patches(inputs["images"])
        return keras.ops.reshape(x, (-1, 16, 8))

    @classmethod
    def from_preset(cls, preset, image_shape, data_format):
        assert data_format == "channels_last"
        if not preset.endswith("preset"):
            raise KeyError("config.json")
        return cls(image_shape)


def test_a_preset_of_keras_hub(tmp_path, monkeypatch):
    hub = types.ModuleType("keras_hub")
    hub.models = types.SimpleNamespace(DINOV2Backbone=Backbone)
    hub.__spec__ = object()
    monkeypatch.setitem(sys.modules, "keras_hub", hub)
    (tmp_path / "preset").mkdir()
    extractor = DINOv2Extractor(tmp_path / "preset")
    assert extractor.label == "dinov2-vit8-56"
    (backbone,) = [x for x in extractor.model.layers if isinstance(x, Backbone)]
    prepared = extractor.prepare(images())
    expected = keras.ops.convert_to_numpy(backbone({"images": prepared}))[:, 0]
    assert_close(extractor.features(images()), expected, 1e-5)
    resized = backbone.embeddings.interpolated_position_embeddings
    assert_close(resized, resized_positions(POSITIONS[0], 4, 0.1)[None], 1e-6)
    monkeypatch.setattr(Backbone, "num_register_tokens", 4)
    assert DINOv2Extractor(tmp_path / "preset").label == "dinov2-vit8-56-reg4"
    with pytest.raises(ValueError, match="DINOV2Backbone.*config.json.*Received: path"):
        DINOv2Extractor(tmp_path)
    with pytest.raises(ValueError, match="must begin with 1234"):
        DINOv2Extractor(tmp_path / "preset", sha256="1234")
