import json

import numpy as np
import pytest

from keras_s3gan.metrics import (
    frechet_distance,
    reference_classifier,
    score_generator,
)
from tests.metrics.stripes import stripes

LABELS = np.arange(120) % 2


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return reference_classifier(
        stripes(LABELS),
        LABELS,
        2,
        tmp_path_factory.mktemp("c"),
        epochs=4,
        batch_size=16,
    )


def score(classifier, generate, **settings):
    return score_generator(
        generate, stripes(LABELS), classifier, **({"num_samples": 50} | settings)
    )


def test_faithful_generator_scores_well(classifier):
    scores = score(classifier, stripes)
    assert scores["class_accuracy"]["value"] == 1.0
    assert scores["class_accuracy"]["per_class"] == [1.0, 1.0]
    noisy = score(classifier, lambda labels, seed: stripes(labels, seed, noise=0.05))
    assert scores["fid"]["value"] < noisy["fid"]["value"]


def test_says_what_it_was_computed_on(classifier):
    scores = score(classifier, stripes, seed=3)
    for name in ("fid", "class_accuracy"):
        assert scores[name]["n_generated"] == 50
        assert scores[name]["features"] == classifier.identifier
        assert scores[name]["seed"] == 3
    assert scores["fid"]["n_real"] == 120
    assert scores["classifier"]["held_out_accuracy"] == classifier.accuracy
    assert json.loads(json.dumps(scores)) == scores


def test_wrong_class_counts_for_the_class_asked_for(classifier):
    scores = score(classifier, lambda labels, seed: stripes(np.zeros_like(labels)))
    assert scores["class_accuracy"]["value"] == 0.5
    assert scores["class_accuracy"]["per_class"] == [1.0, 0.0]


def test_real_images_themselves_are_at_distance_zero(classifier):
    images = np.round((stripes(LABELS) + 1) * 127.5) / 127.5 - 1
    scores = score(classifier, lambda labels, seed: images, num_samples=120)
    assert scores["fid"]["value"] < 1e-6


def test_fid_is_the_distance_of_the_features(classifier):
    asked = []

    def generate(labels, seed):
        asked.append((labels, seed))
        return np.round((stripes(labels, seed) + 1) * 127.5) / 127.5 - 1

    scores = score(classifier, generate, images_per_call=20)
    assert [len(labels) for labels, _ in asked] == [20, 20, 10]
    assert len({seed for _, seed in asked}) == 3
    assert all(labels.dtype == np.int32 for labels, _ in asked)
    assert np.bincount(np.concatenate([labels for labels, _ in asked])).tolist() == [
        25,
        25,
    ]
    generated = np.concatenate([generate(*call) for call in list(asked)])
    real = np.round((stripes(LABELS) + 1) * 127.5) / 127.5 - 1
    expected = frechet_distance(
        classifier.features(real), classifier.features(generated)
    )
    assert scores["fid"]["value"] == pytest.approx(expected, rel=1e-4)


def test_labels_that_are_no_classes_have_no_accuracy(classifier):
    asked = []

    def generate(labels, seed):
        asked.extend(labels.tolist())
        return stripes(labels % 2, seed)

    scores = score(classifier, generate, num_labels=5)
    assert np.bincount(asked).tolist() == [10] * 5
    assert scores.keys() == {"fid", "classifier"}


def test_one_label_for_all_images(classifier):
    asked = set()

    def generate(labels, seed):
        asked.update(labels.tolist())
        return stripes(np.arange(len(labels)) % 2, seed)

    scores = score(classifier, generate, num_labels=1)
    assert asked == {0}
    # The same images in the same order, as if they had been asked for by class.
    assert scores["fid"] == score(classifier, stripes)["fid"]


def test_same_seed_same_scores(classifier):
    assert score(classifier, stripes, seed=1) == score(classifier, stripes, seed=1)
    first, second = (score(classifier, stripes, seed=seed) for seed in (1, 2))
    assert first["fid"]["value"] != second["fid"]["value"]


def test_wrong_input(classifier):
    with pytest.raises(ValueError, match="num_samples=1"):
        score(classifier, stripes, num_samples=1)
    with pytest.raises(ValueError, match="label, 60. Received: num_samples=50"):
        score(classifier, stripes, num_labels=60)
    with pytest.raises(ValueError, match="1 images"):
        score_generator(stripes, stripes(LABELS[:1]), classifier)
    with pytest.raises(ValueError, match=r"one image a label, 50.*\(49"):
        score(classifier, lambda labels, seed: stripes(labels[:-1]))
    with pytest.raises(ValueError, match="NaN"):
        score(classifier, lambda labels, seed: stripes(labels) * np.nan)
