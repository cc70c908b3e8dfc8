"""What the predictor of an S3GAN sees in real images."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.class_balance import class_weights
from keras_s3gan.layers import to_one_hot
from keras_s3gan.models import Batch
from tests.models.small import compiled_gan, data, make_gan
from tests.once import once
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


def test_predictions_follow_a_prior_in_training_and_after_it(tmp_path):
    shares = np.array([0.2, 0.2, 0.6])
    gan = balanced(compiled_gan(class_prior=shares.tolist(), predictor="soft"))
    images, labels = data(16, seed=1)
    real = Batch(ops.convert_to_tensor(images), to_one_hot(labels, 3))
    features = gan.discriminator(images)[1]
    logits = ops.convert_to_numpy(gan.class_predictor(features)).astype("float64")
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    mean = 0.99 * shares + 0.01 * probabilities[labels < 0].mean(axis=0)
    expected = probabilities * shares / mean
    expected /= expected.sum(axis=1, keepdims=True)
    expected[labels >= 0] = np.eye(3)[labels[labels >= 0]]
    imputed, _, _ = gan._impute_labels(real, features)
    assert_close(imputed, expected, 2e-5)
    assert_close(gan.label_alignment.predicted, mean, 1e-5)

    # The first class is predicted four times as often as it should be.
    gan.label_alignment.predicted.assign([0.8, 0.1, 0.1])
    gan.save(tmp_path / "gan.keras")
    for model in (gan, keras.saving.load_model(tmp_path / "gan.keras")):
        found = model.predict_labels(images)
        aligned = probabilities * shares / np.array([0.8, 0.1, 0.1])
        np.testing.assert_array_equal(found, aligned.argmax(axis=1))
        assert (found != probabilities.argmax(axis=1)).any()


def test_rare_classes_weigh_as_much_as_frequent_ones():
    plain, weighted = make_gan(), make_gan(class_balance=0.9)
    counts = np.array([1, 4, 20])
    weighted.count_labels(np.repeat([0, 1, 2, -1], [*counts, 3]))
    labels = np.array([0, 2, -1, 1], "int32")
    images, _ = data(4)
    skipped = id(weighted.class_weights)
    weighted_state = [w for w in weighted.weights if id(w) != skipped]
    plain.set_weights([ops.convert_to_numpy(w) for w in weighted_state])
    real = Batch(ops.convert_to_tensor(images), to_one_hot(labels, 3))
    features = plain.discriminator(images)[1]
    logits = ops.convert_to_numpy(plain.class_predictor(features)).astype("float64")
    log_sum = np.log(np.exp(logits).sum(axis=1))
    losses = log_sum[labels >= 0] - logits[labels >= 0, labels[labels >= 0]]
    weights = class_weights(0.9, counts)[labels[labels >= 0]]
    for gan, expected in ((plain, losses), (weighted, losses * weights)):
        _, loss, values = gan._impute_labels(real, features)
        assert_close(loss, expected.mean(), 1e-5)
        assert_close(values["class_loss"][0], expected.mean(), 1e-5)


def test_labels_are_counted_once_for_everything():
    gan = make_gan(
        class_prior="labelled", class_balance="effective", label_distribution="natural"
    )
    images, labels = data()
    with pytest.raises(ValueError, match="count_labels"):
        gan._check_counted()
    gan.count_labels(labels)
    gan._check_counted()
    counts = np.bincount(labels[labels >= 0], minlength=3)
    assert_close(gan.label_alignment.shares, counts / counts.sum(), 1e-6)
    assert_close(gan._labels.probabilities, counts / counts.sum(), 1e-6)
    assert_close(gan.class_weights, class_weights("effective", counts), 1e-6)


@once("messages")
@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"class_prior": "natural"}, '"labelled", or 3 numbers'),
        ({"class_balance": "uniform"}, "class_balance='uniform'"),
        ({"class_prior": "labelled", "predictor": None}, "predictor=None"),
    ],
)
def test_wrong_shares_are_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        make_gan(**kwargs)


def test_without_predictor_there_is_no_label():
    with pytest.raises(ValueError, match="Received: predictor=None"):
        make_gan(predictor=None).predict_labels(IMAGES)
