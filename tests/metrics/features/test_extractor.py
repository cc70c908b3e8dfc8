"""What every extractor does: whole batches in, features and logits out."""

import numpy as np
import pytest

from keras_s3gan.metrics import FeatureExtractor
from tests.metrics.small_network import small_network
from tests.tolerance import assert_close

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 8, 8, 3), "uint8")


def extractor(classes=None, **kwargs):
    return FeatureExtractor(
        small_network(classes=classes), "small", "0" * 64, batch_size=4, **kwargs
    )


def test_features_are_those_of_the_network_whatever_the_batches():
    found = extractor()
    images = (IMAGES / 127.5 - 1).astype("float32")
    expected = found.model.predict(images, verbose=0)
    assert_close(found.features(IMAGES), expected, 1e-5)
    assert_close(found.features(IMAGES[:1]), expected[:1], 1e-5)


def test_labels_are_the_largest_logits():
    found = extractor(classes=3)
    logits = found.logits(IMAGES)
    assert logits.shape == (7, 3) and logits.dtype == "float32"
    features, labels = found.features_and_labels(IMAGES)
    np.testing.assert_array_equal(labels, logits.argmax(axis=-1))
    np.testing.assert_array_equal(labels, found.predict_labels(IMAGES))
    assert labels.dtype == "int32" and features.shape == (7, 6)


def test_a_network_without_logits_says_so():
    with pytest.raises(ValueError, match=r"return `logits`. .*small, .*\['features'\]"):
        extractor().logits(IMAGES)


def test_images_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"\[N, 8, 8, 3\]. Received: shape=\(4, 4, 8"):
        extractor().features(IMAGES[:, :4])


def test_it_says_what_features_depend_on():
    assert extractor(resize="bicubic").describe() == {
        "identifier": "small",
        "sha256": "0" * 64,
        "resize": "bicubic",
        "preprocessing": "floats in [-1, 1]",
        "dtype": "float32",
    }
