"""A label for every image, and which of them were given."""

import types

import numpy as np
import pytest

from keras_s3gan.labels import InferredLabels, infer_labels
from tests.labels.bar_reader import BarReader
from tests.labels.bars import few_labels


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
    # Of the first class 25 are wrong, of the second one.
    wrong = truth.copy()
    wrong[np.flatnonzero(truth == 0)[4:]] = 1
    report = inferred.accuracy(wrong)
    per_class = [value for value in report["per_class"] if value is not None]
    assert report["mean_over_classes"] == pytest.approx(np.mean(per_class))
    assert report["mean_over_classes"] != pytest.approx(report["value"])


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
