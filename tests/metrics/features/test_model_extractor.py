import json

import keras
import numpy as np
import pytest

from keras_s3gan.metrics import ModelExtractor
from keras_s3gan.metrics.features.resizing import RESIZES, resized
from tests.metrics.small_network import Subclassed, small_network
from tests.tolerance import assert_close


def pictures(count=5, size=8, seed=0):
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (count, size, size, 3), "uint8")


def test_features_are_the_models():
    model = small_network()
    images = pictures()
    features = ModelExtractor(model, batch_size=2).features(images)
    expected = keras.ops.convert_to_numpy(model(images / np.float32(127.5) - 1))
    assert features.shape == (5, 6) and features.dtype == np.float32
    assert_close(features, expected, 1e-5)


def test_logits_and_labels_of_a_model_that_classifies():
    model = small_network(classes=4)
    extractor = ModelExtractor(model, batch_size=2)
    expected = keras.ops.convert_to_numpy(
        model(pictures() / np.float32(127.5) - 1)["logits"]
    )
    assert_close(extractor.logits(pictures()), expected, 1e-5)
    labels = extractor.predict_labels(pictures())
    assert labels.dtype == np.int32
    np.testing.assert_array_equal(labels, expected.argmax(-1))


def test_model_without_logits_says_so():
    extractor = ModelExtractor(small_network())
    with pytest.raises(ValueError, match=r"`logits`.*small-.*\['features'\]"):
        extractor.logits(pictures())


def test_every_batch_is_whole(monkeypatch):
    extractor = ModelExtractor(small_network(), batch_size=4)
    shapes, run = [], extractor._network._run

    def recorded(images):
        shapes.append(images.shape)
        return run(images)

    monkeypatch.setattr(extractor._network, "_run", recorded)
    for count in (1, 4, 5, 9):
        extractor.features(pictures(count))
    assert shapes == [(4, 8, 8, 3)] * 7


def test_identifier_is_of_weights_and_configuration():
    def identifier(**settings):
        return ModelExtractor(small_network(**settings)).identifier

    assert identifier() == identifier()
    assert identifier().startswith("small-")
    others = {
        identifier(),
        identifier(seed=1),
        identifier(bias=0.5),
        identifier(size=9),
        identifier(dtype="mixed_bfloat16"),
        identifier(classes=2),
    }
    assert len(others) == 6


def test_identifier_survives_saving(tmp_path):
    model = small_network(dtype="mixed_bfloat16")
    model.save(tmp_path / "small.keras")
    loaded = keras.saving.load_model(tmp_path / "small.keras")
    assert ModelExtractor(loaded).identifier == ModelExtractor(model).identifier


def test_model_without_configuration_is_known_by_its_weights():
    def made(units, value=1.0):
        model = Subclassed(units)
        model(np.zeros((1, 8, 8, 3)))
        model.dense.kernel.assign(model.dense.kernel * value)
        return ModelExtractor(model)

    assert made(2).features(pictures()).shape == (5, 2)
    assert made(2).identifier == made(2).identifier
    assert len({made(2).identifier, made(3).identifier, made(2, 2.0).identifier}) == 3


def test_says_what_it_is():
    description = ModelExtractor(small_network(), resize="clean").describe()
    assert json.loads(json.dumps(description)) == description
    assert description["resize"] == "clean"
    assert description["dtype"] == "float32"
    assert "bytes" in description["preprocessing"]
    mixed = ModelExtractor(small_network(dtype="mixed_bfloat16")).describe()
    assert mixed["dtype"] == "bfloat16" and mixed["resize"] == "none"


@pytest.mark.parametrize("resize", RESIZES)
def test_resizes_to_the_models_images(resize):
    model = small_network()
    images = pictures(3, size=20)
    small = resized(resize, images, (8, 8)) / np.float32(127.5) - 1
    expected = keras.ops.convert_to_numpy(model(small))
    features = ModelExtractor(model, resize, batch_size=2).features(images)
    assert_close(features, expected, 1e-5)


def test_models_own_compilation_is_left_alone():
    model = small_network()
    model.compile(optimizer="sgd", loss="mse")
    optimizer = model.optimizer
    ModelExtractor(model).features(pictures())
    assert model.optimizer is optimizer and model.loss == "mse"


def test_dropout_and_normalization_are_those_of_inference():
    layers = [
        keras.layers.BatchNormalization(axis=-1),
        keras.layers.Dropout(0.9),
        keras.layers.GlobalAveragePooling2D(data_format="channels_last"),
    ]
    model = keras.Sequential([keras.Input((8, 8, 3)), *layers])
    images = pictures(4) / np.float32(127.5) - 1
    features = ModelExtractor(model, batch_size=4).features(images)
    assert_close(features, images.mean((1, 2)) / np.sqrt(1 + 1e-3), 1e-5)


def test_spatial_features_are_refused():
    layer = keras.layers.Conv2D(2, 3, data_format="channels_last")
    model = keras.Sequential([keras.Input((8, 8, 3)), layer])
    with pytest.raises(ValueError, match=r"\[N, D\].*6, 6, 2\)"):
        ModelExtractor(model).features(pictures())


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (pictures(2, size=9), r"\[N, 8, 8, 3\].*\(2, 9, 9, 3\)"),
        (pictures(2)[..., :1], r"\[N, 8, 8, 3\].*\(2, 8, 8, 1\)"),
        (pictures(2).astype("float32"), r"\[-1, 1\]"),
        (np.full((2, 8, 8, 3), np.nan), "NaN"),
        ([np.zeros((8, 8, 3)), np.zeros((9, 8, 3))], "one size"),
    ],
)
def test_wrong_images(images, message):
    with pytest.raises(ValueError, match=message):
        ModelExtractor(small_network()).features(images)


def test_wrong_models():
    with pytest.raises(ValueError, match="built.*model=subclassed, built=False"):
        ModelExtractor(Subclassed(2))
    with pytest.raises(ValueError, match="resize='bicubic'"):
        ModelExtractor(small_network(), resize="bicubic")
    with pytest.raises(ValueError, match=r"fixed image size.*\(None, None, 3\)"):
        ModelExtractor(small_network(size=None), resize="clean")
