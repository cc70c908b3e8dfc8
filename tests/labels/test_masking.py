import numpy as np
import pytest

from keras_s3gan.labels import mask_labels

# Classes of 20, 10, 7 and 1 labelled images, and 5 images without a label.
LABELS = np.random.default_rng(0).permutation(
    np.repeat([0, 1, 2, 5, -1], [20, 10, 7, 1, 5])
)


@pytest.mark.parametrize(
    ("fraction", "kept"),
    [
        (0.1, [2, 1, 1, 1]),
        (0.25, [5, 3, 2, 1]),
        (0.5, [10, 5, 4, 1]),
        (1e-6, [1, 1, 1, 1]),
        (1, [20, 10, 7, 1]),
    ],
)
def test_the_fraction_is_drawn_per_class(fraction, kept):
    masked, labelled_ids = mask_labels(LABELS, fraction, seed=3)
    assert [np.sum(masked == label) for label in (0, 1, 2, 5)] == kept
    assert masked.dtype == LABELS.dtype
    np.testing.assert_array_equal(labelled_ids, np.flatnonzero(masked >= 0))
    np.testing.assert_array_equal(masked[labelled_ids], LABELS[labelled_ids])


def test_the_seed_draws():
    first = mask_labels(LABELS, 0.5, seed=0)[1]
    np.testing.assert_array_equal(first, mask_labels(LABELS, 0.5, seed=0)[1])
    assert not np.array_equal(first, mask_labels(LABELS, 0.5, seed=1)[1])


def test_a_larger_fraction_holds_the_smaller():
    few, many = (mask_labels(LABELS, fraction, 0)[1] for fraction in (0.1, 0.5))
    assert set(few) < set(many)


def test_the_input_is_left_alone():
    labels = LABELS.copy()
    mask_labels(labels, 0.1, seed=0)
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("fraction", [0, -0.1, 1.01, np.nan, "0.1", None])
def test_a_bad_fraction_is_named(fraction):
    with pytest.raises(ValueError, match=rf"\(0, 1\].*Received: fraction={fraction!r}"):
        mask_labels(LABELS, fraction, seed=0)


def test_no_labels_at_all_is_another_method():
    with pytest.raises(ValueError, match="unconditional GAN or cluster"):
        mask_labels(LABELS, 0, seed=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.eye(3), r"shape=\(3, 3\)"),
        ([0.0, 1.0], "dtype=float64"),
        ([0, -2], "label=-2"),
        ([-1, -1], "at least one label.*2 labels"),
        (np.zeros(0, int), "at least one label.*0 labels"),
    ],
)
def test_bad_labels_are_named(labels, message):
    with pytest.raises(ValueError, match=message):
        mask_labels(labels, 0.5, seed=0)
