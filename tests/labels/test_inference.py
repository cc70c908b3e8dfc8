import keras
import numpy as np
import pytest

from keras_s3gan.labels import (
    InferredLabels,
    cluster_labels,
    extract_features,
    infer_labels,
)
from keras_s3gan.labels.inference import with_mean
from tests.labels.bar_reader import BarReader
from tests.labels.bars import few_labels
from tests.once import once


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_given_labels_stay_and_the_rest_is_inferred(kind):
    images, masked, truth = few_labels()
    # A given label stays even where the classifier disagrees.
    masked[0] = 2
    reader = BarReader()
    inferred = infer_labels(reader, images, masked, kind, batch_size=16)
    assert reader.batch_size == 16
    assert inferred.hard[0] == 2
    assert np.array_equal(inferred.hard[1:], truth[1:])
    assert np.array_equal(inferred.given_ids, np.flatnonzero(masked >= 0))
    assert (inferred.confidence[inferred.given_ids] == 1).all()
    assert inferred.labels.shape == ((90,) if kind == "hard" else (90, 3))
    if kind == "soft":
        assert np.allclose(inferred.labels.sum(axis=1), 1, atol=1e-5)
        known = inferred.labels.max(axis=1)
        assert np.allclose(known, inferred.confidence, atol=1e-5)


@once("NumPy alone")
def test_a_prior_becomes_the_mean_of_the_probabilities():
    random = np.random.default_rng(0)
    probabilities = random.dirichlet([8, 1, 1], 200).astype("float32")
    shares = np.array([0.1, 0.2, 0.7])
    found = with_mean(probabilities, shares)
    np.testing.assert_allclose(found.mean(axis=0), shares, atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    # One factor a class: within two classes the odds of images keep their ratios.
    odds, before = (p[:, 0] / p[:, 2] for p in (found, probabilities))
    np.testing.assert_allclose(odds / before, (odds / before)[0], rtol=1e-4)


@once("which probabilities are scaled is up to NumPy")
def test_inferred_labels_follow_a_prior():
    images, masked, truth = few_labels()

    class Unsure(BarReader):
        """Sees class 0 in everything, and the true class a little."""

        def call(self, images):
            return super().call(images) * 0.01 + keras.ops.array([1.0, 0.0, 0.0])

    biased = infer_labels(Unsure(), images, masked)
    assert (biased.hard[masked < 0] == 0).all()
    for prior in ("labelled", [2, 2, 2]):
        inferred = infer_labels(Unsure(), images, masked, class_prior=prior)
        assert np.array_equal(inferred.hard, truth)
    with pytest.raises(ValueError, match='must be "labelled", or 3 numbers'):
        infer_labels(Unsure(), images, masked, class_prior="natural")


@once("which classes are allowed is up to NumPy")
def test_a_label_is_one_of_the_set():
    images, _, truth = few_labels()
    rows = np.eye(3, dtype="float32")[truth]
    # Of some images two classes are possible, of others the wrong one, of others any.
    rows[:10, 1] = rows[:10, 0] = 0.5
    rows[30] = [1, 0, 0]
    rows[60:70] = 0
    inferred = infer_labels(BarReader(), images, rows)
    expected = np.where(np.arange(90) == 30, 0, truth)
    assert np.array_equal(inferred.hard, expected)
    free = [*range(10), *range(60, 70)]
    assert np.array_equal(np.setdiff1d(np.arange(90), inferred.given_ids), free)
    # What the classifier takes for impossible.
    rows[0] = [0, 0.5, 0.5]
    assert infer_labels(BarReader(), images, rows).hard[0] in (1, 2)


def test_clusters_find_the_classes():
    images, _, truth = few_labels()
    clusters = cluster_labels(images.reshape(90, -1) + 1, 3, seed=0)
    agreement = clusters.agreement(truth)
    assert agreement["adjusted_rand_index"] > 0.9
    assert agreement["normalized_mutual_information"] > 0.9
    assert agreement["num_images"] == 90
    assert len(clusters.given_ids) == 0
    again = cluster_labels(images.reshape(90, -1) + 1, 3, seed=0)
    assert np.array_equal(clusters.labels, again.labels)


def test_features_are_vectors_whatever_the_encoder():
    images = few_labels()[0]
    maps = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(5, 3)])
    features = extract_features(maps, images, batch_size=32)
    expected = keras.ops.convert_to_numpy(maps(images)).mean(axis=(1, 2))
    assert features.shape == (90, 5)
    assert np.allclose(features, expected, atol=1e-5)


def test_wrong_arguments_are_named():
    images, masked, _ = few_labels()
    with pytest.raises(ValueError, match="Received: kind='firm'"):
        infer_labels(BarReader(), images, masked, "firm")
    with pytest.raises(ValueError, match="Received: 2 images"):
        cluster_labels(np.zeros((2, 4)), 3)
    with pytest.raises(ValueError, match="indices from 0 to 2"):
        InferredLabels([0, 1, 1], [5], 2)
    with pytest.raises(ValueError, match=r"Received: shape=\(2,\)"):
        InferredLabels([0, 1, 1], [0], 2, confidence=[1, 1])
