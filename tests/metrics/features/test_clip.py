"""CLIP's image network with random weights, beside its definition in PyTorch."""

import sys
import types

import keras
import numpy as np
import pytest

from keras_s3gan.metrics import CLIPExtractor
from tests.metrics.transformer_reference import (
    clip_features,
    clip_shapes,
    random_arrays,
    save,
)
from tests.once import once
from tests.tolerance import assert_close

ARRAYS = random_arrays(clip_shapes())
IMAGES = np.random.default_rng(0).integers(0, 256, (3, 12, 12, 3), "uint8")


@pytest.mark.parametrize("quick", [True, False])
def test_features_are_those_of_the_network(tmp_path, quick):
    path = save(ARRAYS, tmp_path / "clip.pt")
    extractor = CLIPExtractor(path, quick_gelu=quick, batch_size=2)
    features = extractor.features(IMAGES)
    # Matrices of float32 on each side.
    assert_close(features, clip_features(ARRAYS, IMAGES, quick), 1e-5)
    label = "clip-vit128-4-12" + ("" if quick else "-gelu")
    assert extractor.label == label
    assert extractor.identifier == f"{label}-{extractor.sha256[:8]}"


@once("arrays of NumPy")
def test_other_networks(tmp_path):
    arrays = {n: a for n, a in ARRAYS.items() if n != "visual.class_embedding"}
    with pytest.raises(ValueError, match="must be a ViT"):
        CLIPExtractor(save(arrays, tmp_path / "resnet.pt"))


class Backbone:
    """What the extractor asks of KerasHub's backbone: the projected image."""

    def __init__(self):
        self.vision_encoder = types.SimpleNamespace(
            hidden_dim=768, patch_size=32, image_shape=(12, 12, 3)
        )
        self.flatten = keras.layers.Flatten(data_format="channels_last")
        self.projection = keras.layers.Dense(5)

    def get_vision_embeddings(self, images):
        return self.projection(self.flatten(images))

    @classmethod
    def from_preset(cls, preset):
        return cls()


def test_a_preset_of_keras_hub(tmp_path, monkeypatch):
    hub = types.ModuleType("keras_hub")
    hub.models = types.SimpleNamespace(CLIPBackbone=Backbone)
    hub.__spec__ = object()
    monkeypatch.setitem(sys.modules, "keras_hub", hub)
    extractor = CLIPExtractor(tmp_path)
    assert extractor.label == "clip-vitb32-12"
    kernel, bias = extractor.model.layers[-1].get_weights()
    prepared = extractor.prepare(IMAGES)
    expected = prepared.reshape(3, -1) @ kernel + bias
    assert_close(extractor.features(IMAGES), expected, 1e-5)
