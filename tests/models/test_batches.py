"""What `fit` is given: arrays, batches, and what is wrong with them."""

import numpy as np
import pytest

from keras_s3gan.models import batches
from keras_s3gan.models.batches import ArrayBatches
from tests.models.small import CLASSES, SIZE, compiled_gan, data


def test_fits_one_after_the_other_draw_other_batches(monkeypatch):
    seeds = []
    monkeypatch.setattr(
        f"{batches.__name__}.ArrayBatches",
        lambda images, labels, size, seed, shuffle: (
            seeds.append(seed) or ArrayBatches(images, labels, size, seed, shuffle)
        ),
    )
    gan = compiled_gan()
    for _ in range(2):
        gan.fit(*data(16), batch_size=8, verbose=0)
    assert seeds == [[0, 0], [0, 2]]


def bad_images(change):
    images, labels = data()
    return change(images), labels


def bad_labels(change):
    images, labels = data()
    return images, change(labels)


def with_value(array, value):
    array = array.copy()
    array.flat[0] = value
    return array


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (bad_labels(lambda y: with_value(y, CLASSES)), rf"labels\[0\]={CLASSES}"),
        (bad_labels(lambda y: with_value(y, -2)), r"labels\[0\]=-2"),
        (bad_labels(lambda y: np.full((len(y), CLASSES), 0.5)), "sum to 1"),
        (bad_labels(lambda y: np.ones((len(y), 1))), f"num_classes={CLASSES}"),
        (bad_labels(lambda y: y[:-1]), r"must be \[32\]"),
        (bad_labels(lambda y: None), "images alone"),
        (bad_images(lambda x: x[:, 1:]), rf"shape \(32, {SIZE - 1}"),
        (bad_images(lambda x: with_value(x, np.nan)), r"1 of \d+ values that are NaN"),
        (bad_images(lambda x: 127.5 * x + 127.5), r"must be in \[-1, 1\]"),
        (bad_images(lambda x: (127.5 * x + 127.5).astype("uint8")), "dtype=uint8"),
        (bad_images(lambda x: (x + 1) / 2), r"2 \* images - 1"),
        (bad_images(lambda x: x[:4]), r"must be \[4\]"),
    ],
)
def test_data_that_breaks_the_contract_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        compiled_gan().fit(*arguments, batch_size=8, verbose=0)


def test_a_dataset_of_wrong_batches_is_refused_before_the_first_step():
    images, labels = data()
    gan = compiled_gan(discriminator_steps=3)
    with pytest.raises(ValueError, match="discriminator_steps=3"):
        gan.fit(((images, labels) for _ in range(2)), verbose=0)
    assert int(gan.steps.value) == 0
