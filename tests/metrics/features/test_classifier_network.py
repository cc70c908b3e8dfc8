"""The network of the evaluation classifier, and its batches."""

import itertools

import numpy as np
import pytest

from keras_s3gan.metrics.features.classifier_network import (
    build_classifier,
    shifted_batches,
)


@pytest.mark.parametrize("shape", [(8, 8, 1), (32, 32, 3)])
def test_features_and_logits(shape):
    model = build_classifier(shape, 5)
    outputs = model(np.zeros((2, *shape), "float32"))
    assert outputs["features"].shape == (2, 128)
    assert outputs["logits"].shape == (2, 5)


def test_one_seed_gives_the_same_weights():
    one, same, other = (build_classifier((8, 8, 1), 2, seed) for seed in (3, 3, 4))
    kernels = [
        model.get_layer("logits").get_weights()[0] for model in (one, same, other)
    ]
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[0], kernels[2])


def test_batches_hold_each_image_once_an_epoch():
    images = np.arange(6, dtype="float32").reshape(6, 1, 1, 1) * np.ones((6, 8, 8, 1))
    batches = itertools.islice(shifted_batches(images, np.arange(6), 2, seed=0), 6)
    labels = []
    for some, its_labels in batches:
        np.testing.assert_array_equal(some[:, 0, 0, 0], its_labels)
        labels += list(its_labels)
    assert sorted(labels[:6]) == sorted(labels[6:]) == list(range(6))
    assert labels[:6] != labels[6:]


def test_images_move_by_a_32nd_and_borders_are_repeated():
    image = np.arange(32.0)[None, :, None, None] * np.ones((1, 32, 32, 1))
    batches = shifted_batches(image, np.zeros(1), 1, seed=0)
    tops = {float(batch[0, 0, 0, 0]) for batch, _ in itertools.islice(batches, 40)}
    assert tops == {0.0, 1.0}
