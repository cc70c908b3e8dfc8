"""Batches of equal size."""

import numpy as np
import pytest

from keras_s3gan.labels.image_batches import ImageBatches, PairedBatches, even_epochs
from tests.once import once

pytestmark = once("arrays of NumPy alone")

IMAGES = np.arange(10, dtype="float32")[:, None]


def test_no_image_is_repeated_before_all_were_used():
    batches = ImageBatches(IMAGES, 4, steps=5)
    drawn = np.concatenate([batches[step][0] for step in range(len(batches))]).ravel()
    assert sorted(drawn[:10]) == sorted(drawn[10:]) == list(range(10))


def test_labels_go_with_their_images_in_an_order_of_the_seed():
    first, same, other = (
        ImageBatches(IMAGES, 4, 2, indices=[1, 3, 5, 7], labels=np.arange(10), seed=s)
        for s in (0, 0, 1)
    )
    images, labels = first[0]
    np.testing.assert_array_equal(images[:, 0], labels)
    assert set(labels) == {1, 3, 5, 7}
    np.testing.assert_array_equal(labels, same[0][1])
    orders = [np.concatenate([b[step][1] for step in (0, 1)]) for b in (first, other)]
    assert list(orders[0]) != list(orders[1])


def test_every_epoch_has_its_own_order():
    batches = ImageBatches(IMAGES, 10, 1)
    before = batches[0][0].copy()
    batches.on_epoch_end()
    assert not np.array_equal(before, batches[0][0])
    np.testing.assert_array_equal(np.sort(before, 0), np.sort(batches[0][0], 0))


def test_the_order_is_kept_without_shuffling():
    batches = ImageBatches(IMAGES, 4, 3, indices=np.arange(5), shuffle=False)
    for _ in range(2):
        drawn = [batches[step][0].ravel().tolist() for step in range(3)]
        assert drawn == [[0, 1, 2, 3], [4, 0, 1, 2], [3, 4, 0, 1]]
        batches.on_epoch_end()


def test_pairs_hold_as_many_labelled_images_however_few_there_are():
    labelled = ImageBatches(IMAGES, 4, 3, indices=[2], labels=np.arange(10))
    pairs = PairedBatches(labelled, ImageBatches(IMAGES, 6, 3))
    assert len(pairs) == 3
    images, labels = pairs[2]
    assert images["labelled"].shape == (4, 1) and images["unlabelled"].shape == (6, 1)
    np.testing.assert_array_equal(labels, [2] * 4)


def test_no_images_are_refused():
    with pytest.raises(ValueError, match="Received: 0 images"):
        ImageBatches(IMAGES[:0], 4, 1)
    with pytest.raises(ValueError, match="Received: no labelled images"):
        ImageBatches(IMAGES, 4, 1, indices=[])


@pytest.mark.parametrize(
    ("steps", "length"),
    [
        (1, 1),
        (7, 7),
        (100, 100),
        (101, 101),
        (250, 125),
        (997, 997),
        (33333, 123),
        (10007, 10007),
    ],
)
def test_epochs_hold_all_steps(steps, length):
    assert even_epochs(steps, 100) == (steps // length, length)
