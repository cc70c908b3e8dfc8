"""What the predictor of an S3GAN sees in real images."""

import keras
import numpy as np
import pytest
from keras import ops

from tests.models.small import compiled_gan, data, make_gan
from tests.tolerance import assert_close

IMAGES, _ = data(22)


def logits_of(gan, images=IMAGES):
    logits = gan.class_predictor(gan.discriminator(images)[1])
    return ops.convert_to_numpy(ops.cast(logits, "float32"))


def expected_labels(gan):
    return logits_of(gan).argmax(axis=-1)


def balanced(gan):
    """Gives the predictor a bias with which it sees more than one class."""
    gan.class_predictor.trainable_variables[1].assign(
        -np.median(logits_of(gan), axis=0)
    )
    assert len(set(expected_labels(gan))) == 3
    return gan


@pytest.fixture
def gan():
    return balanced(make_gan())


def test_labels_are_the_most_probable_classes_of_the_predictor(gan):
    labels = gan.predict_labels(IMAGES)
    assert labels.shape == (22,)
    assert labels.dtype == np.int32
    np.testing.assert_array_equal(labels, expected_labels(gan))


@pytest.mark.parametrize("batch_size", [1, 8, 22, 100])
def test_batches_do_not_matter(gan, batch_size):
    labels = gan.predict_labels(IMAGES, batch_size=batch_size)
    np.testing.assert_array_equal(labels, expected_labels(gan))


def test_predicting_moves_nothing(gan):
    before = [ops.convert_to_numpy(v).copy() for v in gan.variables]
    gan.predict_labels(IMAGES, batch_size=8)
    for variable, value in zip(gan.variables, before, strict=True):
        assert_close(variable, value, 0, name=variable.path)


def test_later_weights_give_later_labels(gan):
    first = gan.predict_labels(IMAGES)
    bias = gan.class_predictor.trainable_variables[1]
    bias.assign([0.0, 100.0, 0.0])
    labels = gan.predict_labels(IMAGES)
    assert set(first) == {0, 1, 2}
    assert set(labels) == {1}


def test_saved_and_loaded_it_predicts_the_same(tmp_path):
    gan = balanced(compiled_gan())
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(
        loaded.predict_labels(IMAGES), gan.predict_labels(IMAGES)
    )


def test_images_are_channels_last_whatever_the_networks(gan):
    first = make_gan(data_format="channels_first")
    first.set_weights(gan.get_weights())
    labels = first.predict_labels(IMAGES)
    np.testing.assert_array_equal(labels, gan.predict_labels(IMAGES))


def test_half_precision_predicts_too():
    gan = balanced(make_gan(dtype="mixed_bfloat16"))
    _, second, first = np.sort(logits_of(gan), axis=-1).T
    # Compiled, sums of 8 bits are rounded elsewhere: a tie may fall either way.
    clear = first - second > 0.05 * np.ptp(logits_of(gan))
    assert clear.sum() > 10
    np.testing.assert_array_equal(
        gan.predict_labels(IMAGES)[clear], expected_labels(gan)[clear]
    )


def test_without_predictor_there_is_no_label():
    with pytest.raises(ValueError, match="Received: predictor=None"):
        make_gan(predictor=None).predict_labels(IMAGES)
