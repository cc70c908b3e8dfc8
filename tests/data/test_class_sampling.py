"""Some classes are drawn more often than they occur."""

import numpy as np
import pytest

from keras_s3gan.class_balance import class_probabilities
from keras_s3gan.data.class_sampling import ClassSampling
from tests.data.test_pipeline import assert_same, identities, numbered, take
from tests.once import once

pytestmark = once("NumPy and Grain alone")

# 20 images: 12 of class 0, 3 of class 2, 5 without a label.
LABELS = np.repeat([0, 2, -1], [12, 3, 5])


@pytest.mark.parametrize("balance", ["natural", "uniform", "effective", 0.5])
def test_classes_are_drawn_as_often_as_they_should(balance):
    sampling = ClassSampling(LABELS, balance, seed=0)
    epochs = sampling[np.arange(200 * 20)].reshape(200, 20)
    drawn = LABELS[epochs]
    shares = class_probabilities(balance, np.array([12, 0, 3]))
    for label, share in zip((0, 2), shares[[0, 2]], strict=True):
        counts = (drawn == label).sum(axis=1)
        # Each epoch has the whole number below or above.
        assert np.abs(counts - 15 * share).max() < 1 + 1e-9
        # Of 200 epochs, five standard errors of a rounded number.
        assert np.abs(counts.mean() - 15 * share) < 5 * 0.5 / np.sqrt(200)
    # Images without a label are drawn once an epoch.
    assert (np.sort(epochs[drawn == -1].reshape(200, 5)) == np.arange(15, 20)).all()
    # No image is drawn twice before all of its class were drawn.
    for epoch in epochs[:20]:
        times = np.bincount(epoch, minlength=20)
        assert all(np.ptp(times[label == LABELS]) <= 1 for label in (0, 2))
    assert len({tuple(epoch) for epoch in epochs}) == 200


def test_a_batch_depends_on_its_number_alone():
    options = {"labels": np.arange(10) % 5 % 2, "class_sampling": "uniform"}
    straight = take(20, numbered(), 4, 4, num_threads=0, **options)
    late = take(13, numbered(), 4, 4, start_batch=7, num_threads=3, **options)
    assert_same(late, straight[7:])
    parts = [take(5, numbered(), 4, 4, rows=rows, **options) for rows in ([0, 2], [3])]
    whole = identities(straight[:5]).reshape(5, 4)
    np.testing.assert_array_equal(identities(parts[0]).reshape(5, 2), whole[:, [0, 2]])
    np.testing.assert_array_equal(identities(parts[1]), whole[:, 3])
    other = take(5, numbered(), 4, 4, seed=1, **options)
    assert identities(other).tolist() != whole.ravel().tolist()


def test_soft_labels_count_for_their_most_probable_class():
    soft = np.array([[0.6, 0.4]] * 6 + [[0.1, 0.9]] * 2 + [[0, 0]] * 2, "float32")
    drawn = ClassSampling(soft, "uniform", 0)[np.arange(10)]
    assert np.bincount((drawn >= 6) + 0 + (drawn >= 8)).tolist() == [4, 4, 2]


def test_an_unknown_balance_is_named():
    with pytest.raises(ValueError, match="class_sampling='even'"):
        take(1, numbered(), 4, 4, class_sampling="even")
