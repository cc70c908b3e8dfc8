import types

import keras
import numpy as np
import pytest

from keras_s3gan.labels import (
    InferredLabels,
    cluster_labels,
    extract_features,
    infer_labels,
)
from tests.labels.bars import few_labels


class BarReader(keras.Model):
    """A classifier that reads the class of `bars` exactly, in batches of one size."""

    def __init__(self, num_classes=3):
        super().__init__()
        self.num_classes = num_classes

    def call(self, images):
        self.batch_size = images.shape[0]
        columns = images[:, 2:, 1 : 2 * self.num_classes : 2, 0]
        return 20 * keras.ops.mean(columns, axis=1)


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


def test_labels_say_of_which_source_they_are():
    images, masked, _ = few_labels()
    source = types.SimpleNamespace(fingerprint=lambda: "abc")
    inferred = infer_labels(BarReader(), images, masked, source=source)
    assert inferred.metadata == {"made_from": {"source_fingerprint": "abc"}}
    assert infer_labels(BarReader(), images, masked).metadata == {}


def test_accuracy_counts_inferred_labels_only():
    images, masked, truth = few_labels()
    inferred = infer_labels(BarReader(), images, masked)
    assert inferred.accuracy(truth)["value"] == 1.0
    wrong = truth.copy()
    wrong[masked < 0] = (truth[masked < 0] + 1) % 3
    report = inferred.accuracy(wrong)
    assert report["value"] == 0.0
    assert report["num_images"] == 75
    half = truth.copy()
    half[truth == 2] = -1
    assert inferred.accuracy(half)["per_class"] == [1.0, 1.0, None]


def test_a_file_brings_everything_back(tmp_path):
    images, masked, truth = few_labels()
    inferred = infer_labels(BarReader(), images, masked, "soft")
    inferred.metadata["source_fingerprint"] = "abc"
    path = tmp_path / "labels.npz"
    inferred.save(path)
    loaded = InferredLabels.load(path)
    for name in ("labels", "given_ids", "confidence"):
        assert np.array_equal(getattr(loaded, name), getattr(inferred, name)), name
    assert loaded.num_classes == 3
    assert loaded.metadata == {"source_fingerprint": "abc"}
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="labels.npz"):
        InferredLabels.load(path)


def test_soft_rows_of_zeros_are_unlabelled_and_others_sum_to_one():
    rows = np.array([[0.5, 0.5], [0.0, 0.0], [0.0, 1.0]])
    labels = InferredLabels(rows, [2], 2)
    assert labels.hard.tolist() == [0, -1, 1]
    assert labels.inferred_ids.tolist() == [0]
    assert np.isnan(labels.confidence).all()
    with pytest.raises(ValueError, match=r"labels\[0\].*sum=0\.[89]"):
        InferredLabels(np.array([[0.5, 0.4], [0, 0]]), [], 2)


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
