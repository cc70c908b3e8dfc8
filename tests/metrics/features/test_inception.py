import json

import keras
import numpy as np
import pytest

from keras_s3gan.files import load_torch_state_dict
from keras_s3gan.metrics.features.inception import InceptionExtractor
from keras_s3gan.metrics.features.inception_network import DIMENSIONS
from tests.metrics.torch_reference import SHAPES, pictures
from tests.once import once
from tests.tolerance import assert_close


def inception(path, dimension=2048, **settings):
    return InceptionExtractor(path, dimension, batch_size=2, sha256="", **settings)


@pytest.fixture(scope="module")
def small(reference):
    return inception(reference.zip, 64)


def test_features_and_logits_equal_torch_fidelity(reference):
    extractor = inception(reference.zip)
    for name in SHAPES:
        outputs = extractor.outputs(pictures(name))
        for ours, theirs in (
            ("features", "2048"),
            ("logits", "logits"),
            ("unbiased_logits", "logits_unbiased"),
        ):
            expected = reference.expected[f"{name}/torch_fidelity/{theirs}"]
            assert outputs[ours].dtype == np.float32
            # Sums of a convolution are taken in another order.
            assert_close(outputs[ours], expected, 1e-4, f"{name} {ours}")


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_block_equals_pytorch_fid(reference, dimension):
    extractor = inception(reference.legacy, dimension, resize="pytorch")
    for name in SHAPES:
        expected = reference.expected[f"{name}/pytorch_fid/{dimension}"]
        assert_close(extractor.features(pictures(name)), expected, 1e-4, name=name)


def test_resize_and_scale_are_part_of_the_features(reference, small):
    """The tolerance above tells pytorch-fid's features from torch-fidelity's."""
    for name in SHAPES:
        theirs = reference.expected[f"{name}/torch_fidelity/64"]
        other = reference.expected[f"{name}/pytorch_fid/64"]
        assert_close(small.features(pictures(name)), theirs, 1e-4, name)
        assert np.abs(theirs - other).max() > 1e-3 * np.abs(theirs).max()


@once("files alone")
def test_both_formats_hold_the_same_weights(reference):
    ours, theirs = (load_torch_state_dict(path) for path in reference[:2])
    assert list(ours) == list(theirs)
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name])


def test_floats_are_seen_as_the_bytes_they_round_to(small):
    images = pictures("small")
    floats = images / 127.5 - 1 + 0.4 / 127.5
    floats[images == 255] = 1
    np.testing.assert_array_equal(small.features(floats), small.features(images))


def test_one_channel_is_repeated(small):
    grey = pictures("small")[..., :1]
    np.testing.assert_array_equal(
        small.features(grey), small.features(np.repeat(grey, 3, axis=-1))
    )


def test_whole_batches_only(small, monkeypatch):
    shapes = []
    run = small._network._run

    def recorded(images):
        shapes.append(images.shape)
        return run(images)

    monkeypatch.setattr(small._network, "_run", recorded)
    images = np.concatenate([pictures("small"), pictures("small")[:1]])
    features = small.features(images)
    assert shapes == [(2, 299, 299, 3)] * 2
    assert features.shape == (3, 64)
    np.testing.assert_array_equal(features[2], features[0])


def test_global_settings_do_not_matter(reference, small):
    policy, layout = keras.config.dtype_policy(), keras.config.image_data_format()
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        keras.config.set_image_data_format("channels_first")
        other = inception(reference.zip, 64)
        actual = other.features(pictures("small"))
    finally:
        keras.config.set_dtype_policy(policy)
        keras.config.set_image_data_format(layout)
    assert other.dtype == "float32"
    np.testing.assert_array_equal(actual, small.features(pictures("small")))


def test_says_what_it_is(small):
    description = small.describe()
    assert json.loads(json.dumps(description)) == description
    assert small.identifier == f"inception-2015-12-05-{small.sha256[:8]}-64"
    assert len(small.sha256) == 64
    assert description["resize"] == "tensorflow1"
    assert description["preprocessing"] == "rounded to bytes, resized, (x - 128) / 128"


def test_has_logits_only_to_the_end(small):
    for logits in (small.logits, small.unbiased_logits, small.predict_labels):
        with pytest.raises(ValueError, match=r"logits`.*returns \['features'"):
            logits(pictures("small"))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((2, 8, 8, 4)), r"1 or 3 channels.*\(2, 8, 8, 4\)"),
        (np.full((2, 8, 8, 3), 255.0), r"\[-1, 1\].*255"),
        (np.full((2, 8, 8, 3), np.nan), "NaN"),
        (np.zeros((0, 8, 8, 3)), "0 images"),
        ([np.zeros((8, 8, 3))] * 2 + [np.zeros((9, 8, 3))], "one size"),
    ],
)
def test_wrong_images(small, images, message):
    with pytest.raises(ValueError, match=message):
        small.features(images)


def test_wrong_arguments(reference):
    with pytest.raises(ValueError, match=r"64, 192, 768, 2048.*dimension=100"):
        inception(reference.zip, 100)
    with pytest.raises(ValueError, match="resize='none'"):
        inception(reference.zip, 64, resize="none")


def test_wrong_hash_is_refused(reference):
    with pytest.raises(ValueError, match=r"begin with 6726825d.*zip\.pth with"):
        InceptionExtractor(reference.zip, 64)
