"""Data-to-data cross-entropy, against loops in NumPy."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend, losses
from tests.differences import differences
from tests.tolerance import assert_close

CLASSES, LENGTH = 3, 4
RANDOM = np.random.default_rng(0)
EMBEDDINGS, PROXIES = RANDOM.normal(size=(2, 6, LENGTH))
# Near one another, so that the margin of both terms is met and is not.
EMBEDDINGS[1] = PROXIES[1] + 0.02
EMBEDDINGS[4] = EMBEDDINGS[3] + 0.1
LABELS = np.array([0, 1, -1, 0, 2, 1])


def cosine(one, other):
    return one @ other / np.linalg.norm(one) / np.linalg.norm(other)


def rows_of(embeddings, margin, temperature, labels=LABELS):
    """For each labelled image, its similarities to the other ones, by number."""
    return {
        i: {
            j: (cosine(embeddings[i], embeddings[j]) + margin - 1) / temperature
            for j in range(len(labels))
            if j != i and labels[j] >= 0
        }
        for i in range(len(labels))
        if labels[i] >= 0
    }


def expected_loss(embeddings, proxies, margin=0.98, temperature=0.5, maxima=None):
    rows = rows_of(embeddings, margin, temperature)
    maxima = maxima or {i: max(row.values()) for i, row in rows.items()}
    found = []
    for i, row in rows.items():
        attraction = (margin - cosine(embeddings[i], proxies[i])) / temperature
        attraction = max(0.0, attraction)
        negatives = [
            np.exp(max(0.0, similarity) - maxima[i])
            for j, similarity in row.items()
            if LABELS[j] != LABELS[i]
        ]
        found.append(attraction + np.log(np.exp(-attraction) + sum(negatives)))
    return np.mean(found)


def tensors(*arrays):
    return [ops.convert_to_tensor(array.astype("float32")) for array in arrays]


def labels_one_hot(labels=LABELS):
    return tensors(np.eye(CLASSES + 1)[labels][:, :CLASSES])[0]


@pytest.mark.parametrize(("margin", "temperature"), [(0.98, 0.5), (0.3, 0.2)])
def test_values_and_gradients(margin, temperature):
    inputs = EMBEDDINGS, PROXIES
    value, _, pull = backend.vjp(
        lambda *inputs: (
            losses.data_to_data_cross_entropy(
                *inputs, labels_one_hot(), margin, temperature
            ),
            (),
        ),
        tensors(*inputs),
    )
    expected = expected_loss(*inputs, margin, temperature)
    assert_close(value, np.array(expected), 1e-5)
    # A constant, as far as gradients are concerned.
    rows = rows_of(EMBEDDINGS, margin, temperature)
    maxima = {i: max(row.values()) for i, row in rows.items()}
    gradients, _ = pull(ops.ones_like(value))
    moved = [array.copy() for array in inputs]
    slopes = differences(
        lambda: expected_loss(*moved, margin, temperature, maxima), moved
    )
    for gradient, slope in zip(gradients, slopes, strict=True):
        assert_close(gradient, slope, 1e-4)
        assert not np.any(ops.convert_to_numpy(gradient)[LABELS < 0])


@pytest.mark.parametrize("labels", [[-1] * 6, [1, -1, -1, -1, -1, -1], [2] * 6])
def test_without_another_class_there_is_nothing_to_push_away_from(labels):
    labels = np.array(labels)
    value, _, pull = backend.vjp(
        lambda *inputs: (
            losses.data_to_data_cross_entropy(*inputs, labels_one_hot(labels)),
            (),
        ),
        tensors(EMBEDDINGS, PROXIES),
    )
    assert_close(value, np.array(0.0), 0)
    for gradient in pull(ops.ones_like(value))[0]:
        assert_close(gradient, np.zeros(gradient.shape), 0)
