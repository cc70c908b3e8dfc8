"""Crops that are drawn while training: what they depend on, and what sees none."""

import itertools

import numpy as np
import pytest

from keras_s3gan.data import ArraySource, PreparedImages, batches, load_images
from keras_s3gan.data.prepare import prepare_image
from keras_s3gan.validation import to_float_range

COUNT = 10


def photos():
    """Ten images of noise, whose labels tell them apart."""
    images = np.random.default_rng(0).integers(0, 256, (COUNT, 12, 15, 3))
    return ArraySource(images.astype(np.uint8), np.arange(COUNT))


def take(count, source=None, batch_size=4, crop="distorted", **kwargs):
    source = source or photos()
    dataset = batches(source, batch_size, 8, crop=crop, **kwargs)
    return list(itertools.islice(dataset, count))


def epochs_of(some_batches):
    """Arrays of images, an epoch each, in the order of their indices."""
    images, labels = (
        np.concatenate(parts) for parts in zip(*some_batches, strict=True)
    )
    ordered = []
    for start in range(0, len(labels) - COUNT + 1, COUNT):
        order = np.argsort(labels[start : start + COUNT])
        ordered.append(images[start : start + COUNT][order])
    return ordered


def drawn(index, epoch, seed, crop="distorted"):
    """An image as it must be in an epoch."""
    random = np.random.default_rng([seed, epoch, index])
    image = photos()[index]["image"]
    return to_float_range(prepare_image(image, 8, 3, crop=crop, random=random))


@pytest.mark.parametrize("crop", ["distorted", "random"])
def test_a_crop_is_a_function_of_seed_epoch_and_image(crop):
    # Batches of 4 run over the ends of epochs of 10.
    for epoch, images in enumerate(epochs_of(take(10, crop=crop, seed=3))):
        expected = [drawn(index, epoch, 3, crop) for index in range(COUNT)]
        np.testing.assert_array_equal(images, expected)


def test_epochs_and_seeds_show_other_crops():
    epochs = [epochs_of(take(10, seed=seed)) for seed in (0, 1)]
    shown = {images.tobytes() for images in itertools.chain(*epochs)}
    assert len(shown) == 8
    again = epochs_of(take(10, seed=0))
    np.testing.assert_array_equal(epochs[0], again)


@pytest.mark.parametrize("batch_size", [3, 10, 15])
def test_the_size_of_batches_changes_no_crop(batch_size):
    expected = epochs_of(take(10))[:2]
    images = epochs_of(take(-(-20 // batch_size), batch_size=batch_size))[:2]
    np.testing.assert_array_equal(images, expected)


@pytest.mark.parametrize("num_threads", [0, 3])
def test_starting_late_equals_skipping(num_threads):
    straight = take(20, num_threads=0)
    late = take(13, start_batch=7, num_threads=num_threads)
    for (images, labels), (expected, its_labels) in zip(
        late, straight[7:], strict=True
    ):
        np.testing.assert_array_equal(images, expected)
        np.testing.assert_array_equal(labels, its_labels)


@pytest.mark.parametrize("crop", ["distorted", "random"])
def test_scores_and_pseudo_labelling_see_the_middle_at_any_time(crop):
    middle = load_images(photos(), 8, crop="middle")
    np.testing.assert_array_equal(load_images(photos(), 8, crop=crop), middle)
    images = PreparedImages(photos(), 8, crop=crop)
    for _ in range(2):
        np.testing.assert_array_equal(images[np.arange(COUNT)], middle)


@pytest.mark.parametrize("crop", ["middle", "full", 9])
def test_crops_that_are_not_random_are_those_of_scores(crop):
    loaded = load_images(photos(), 8, crop=crop)
    for images in epochs_of(take(5, crop=crop)):
        np.testing.assert_array_equal(images, loaded)


def test_a_source_may_say_how_it_is_cut():
    source = photos()
    source.crop = "random"
    expected = epochs_of(take(5, crop="random"))
    np.testing.assert_array_equal(epochs_of(take(5, source, crop=None)), expected)
    # Who asks for another way gets it.
    loaded = load_images(photos(), 8, crop="full")
    np.testing.assert_array_equal(load_images(source, 8, crop="full"), loaded)


def test_a_source_of_another_size_is_refused():
    source = photos()
    source.image_size = 16
    for make in (batches, lambda source, _, size: load_images(source, size)):
        with pytest.raises(ValueError, match="array have 16 pixels.*image_size=8"):
            make(source, 4, 8)
    assert load_images(source, 16).shape == (COUNT, 16, 16, 3)


def test_a_wrong_crop_is_named():
    with pytest.raises(ValueError, match="'middle', 'full'.*Received: crop='centre'"):
        take(1, crop="centre")
