import json

import numpy as np
import pytest

from keras_s3gan.metrics import (
    SCORES,
    Evaluator,
    RealImages,
    frechet_distance,
    kernel_distance,
    reference_classifier,
)
from keras_s3gan.metrics.scores import gilbo as gilbo_module
from tests.metrics.fake_gan import FakeGAN
from tests.metrics.stripes import stripes
from tests.once import once

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


def real(**kwargs):
    return RealImages(stripes(LABELS), LABELS, name="stripes", **kwargs)


def records(classifier, gan=None, scores=("fid", "class_accuracy"), **settings):
    evaluator = Evaluator(real(), classifier, scores)
    asked = {"num_samples": 50} | settings
    return evaluator.evaluate(gan or FakeGAN(), **asked).records


def test_faithful_generator_scores_well(classifier):
    good = records(classifier)
    assert good["class_accuracy"].value == 1.0
    assert good["class_accuracy"].details == {"per_class": [1.0, 1.0]}
    flat = FakeGAN(draw=lambda labels, seed: stripes(labels, seed, noise=0.05))
    assert good["fid"].value < records(classifier, flat)["fid"].value


def test_wrong_class_counts_for_the_class_asked_for(classifier):
    first = FakeGAN(draw=lambda labels, seed: stripes(np.zeros_like(labels)))
    found = records(classifier, first)["class_accuracy"]
    assert (found.value, found.details["per_class"]) == (0.5, [1.0, 0.0])


def test_real_images_themselves_are_at_distance_zero(classifier):
    same = FakeGAN(draw=lambda labels, seed: stripes(LABELS))
    found = records(classifier, same, num_samples=120)
    assert found["fid"].value < 1e-6


def test_a_record_says_what_it_was_computed_on(classifier):
    found = records(classifier, seed=3, truncation=0.5)
    fid, accuracy = found["fid"], found["class_accuracy"]
    for record in (fid, accuracy):
        assert (record.n_generated, record.seed, record.truncation) == (50, 3, 0.5)
        assert record.extractor == classifier.identifier
        assert record.standing_statistics and record.averaged_weights
        json.loads(record.to_json())
    assert (fid.n_real, fid.split, fid.source) == (120, "train", "stripes")
    assert (accuracy.n_real, accuracy.split, accuracy.source) == (None, None, None)
    assert (fid.full_name, accuracy.full_name) == ("fid50_train", "class_accuracy50")


def test_scores_are_those_of_the_features(classifier):
    gan = FakeGAN()
    found = records(classifier, gan, ["fid", "kid30"], num_samples=1030)
    assert [count for count, _, _ in gan.calls] == [1000, 30, 30]
    assert len({seed for _, seed, _ in gan.calls}) == 2

    def features(*seeds_and_counts):
        images = [
            stripes(np.arange(start, start + count) % 2, seed)
            for seed, start, count in seeds_and_counts
        ]
        levels = np.round((np.concatenate(images) + 1) * 127.5)
        return classifier.features(levels.astype("uint8"))

    seeds = [seed for _, seed, _ in gan.calls]
    originals = features((0, 0, 120))
    all_generated = features((seeds[0], 0, 1000), (seeds[1], 1000, 30))
    expected = frechet_distance(originals, all_generated)
    assert found["fid"].value == pytest.approx(expected, rel=1e-6)
    expected = kernel_distance(originals, features((seeds[2], 0, 30)), subset_size=30)
    assert found["kid30"].value == pytest.approx(expected.mean, rel=1e-6)
    assert found["kid30"].details["subset_size"] == 30


def test_every_score_by_one_call(classifier, monkeypatch):
    monkeypatch.setattr(gilbo_module.gilbo, "__defaults__", (3, 8, 16, 1e-3, 0, 0))
    evaluator = Evaluator(real(), classifier, list(SCORES))
    found = evaluator.evaluate(FakeGAN(), num_samples=60)
    assert list(found.records) == list(SCORES)
    for name, record in found.records.items():
        assert np.isfinite(record.value), name
        by_class = {"class_accuracy", "ms_ssim", "inception_score"}
        if SCORES[name].real:
            # MIND compares as many real as generated images.
            assert record.n_real == (60 if name == "mind" else 120), name
            assert record.split == "train", name
        elif name not in by_class:
            assert record.n_real is None, name
    assert found.records["jacobian_conditioning"].n_generated == 32
    # The lower half of the image moves twice as far as the upper one.
    condition = found.records["jacobian_conditioning"].value
    assert condition == pytest.approx(2 * np.log(2), abs=0.1)
    assert found.records["discriminator_accuracy"].value == 0.75
    assert found.records["discriminator_accuracy"].details == {"generated": 0.25}
    assert found.pictures["nearest"].shape == (2, 20, 10, 10, 1)
    assert found.pictures["nearest"].dtype == "uint8"


def test_repeats_have_a_mean_and_a_spread(classifier):
    single = [records(classifier, seed=seed)["fid"].value for seed in (5, 6, 7)]
    found = records(classifier, seed=5, repeats=3)["fid"]
    assert found.details["values"] == single
    assert found.value == pytest.approx(np.mean(single))
    assert found.spread == pytest.approx(np.std(single, ddof=1))
    assert (found.repeats, found.seed) == (3, 5)
    assert records(classifier)["fid"].spread is None


def test_same_seed_same_scores(classifier):
    assert records(classifier, seed=1) == records(classifier, seed=1)
    first, second = (records(classifier, seed=seed)["fid"].value for seed in (1, 2))
    assert first != second


def test_a_split_has_its_own_images(classifier):
    test_set = RealImages(stripes(LABELS, seed=9, noise=0.1), LABELS, split="test")
    names = ["fid", "fid_test", "precision_test", "fid_train"]
    evaluator = Evaluator([real(), test_set], classifier, names)
    found = evaluator.evaluate(FakeGAN(), num_samples=50).records
    assert found["fid"].value == found["fid_train"].value != found["fid_test"].value
    assert [found[name].split for name in names] == ["train", "test", "test", "train"]
    assert evaluator.full_names(50)[:2] == ["fid50_train", "fid50_test"]


@once("halves of features are arrays of NumPy")
def test_intervals_from_the_same_features(classifier, monkeypatch):
    passed, outputs = [], classifier.outputs
    monkeypatch.setattr(
        classifier, "outputs", lambda images: passed.append(0) or outputs(images)
    )
    # Of each kind of input one; clusterings and subsets would take minutes.
    names = ["fid", "mind", "recall", "inception_score", "class_accuracy"]
    names += ["intra_class_kid", "duplicate_rate", "vendi"]
    plain = records(classifier, scores=[*names, "ms_ssim"], num_samples=60)
    first = len(passed)
    shown = []
    found = records(
        classifier,
        scores=[*names, "ms_ssim"],
        num_samples=60,
        bootstrap=40,
        progress=lambda *what: shown.append(what),
    )
    assert len(passed) == 2 * first
    assert shown[-1] == ("random halves", 40, 40)
    assert found["ms_ssim"] == plain["ms_ssim"]
    for name in names:
        record = found[name]
        assert record.value == pytest.approx(plain[name].value), name
        low, high = record.interval
        assert low <= high and record.standard_error >= 0, name
        assert (record.bootstrap, plain[name].bootstrap) == (40, 0)
        json.loads(record.to_json())
    # Standard errors of shares and means of images are known.
    flat = FakeGAN(draw=lambda labels, seed: stripes(labels * (np.arange(60) < 45)))
    accuracy = records(
        classifier, flat, ["class_accuracy"], num_samples=60, bootstrap=400
    )["class_accuracy"]
    share = accuracy.details["per_class"][1]
    expected = np.sqrt(share * (1 - share) / (30 - 1)) / 2
    assert accuracy.standard_error == pytest.approx(expected, rel=0.15)


def test_held_out_images_where_there_are_such(classifier):
    test_set = RealImages(stripes(LABELS, seed=9), LABELS, split="test")
    evaluator = Evaluator([real(), test_set], classifier, ["authenticity"])
    found = evaluator.evaluate(FakeGAN(), num_samples=50).records["authenticity"]
    assert found.details["held_out_images"] == 120
    assert found.details["gap"] == found.value - found.details["held_out"]
    assert records(classifier, scores=["authenticity"])["authenticity"].details == {}


def test_names_say_whose_features_they_are(classifier, monkeypatch):
    monkeypatch.setattr(classifier, "label", "dinov2-vitl14", raising=False)
    names = ["fid", "fid@dinov2-vitl14", "ms_ssim"]
    evaluator = Evaluator(real(), classifier, names)
    found = evaluator.evaluate(FakeGAN(), num_samples=50).records
    assert [found[name].name for name in names] == [names[1], names[1], "ms_ssim"]
    expected = ["fid50_train@dinov2-vitl14", "fid50_train@dinov2-vitl14", "ms_ssim50"]
    assert [record.full_name for record in found.values()] == expected
    assert evaluator.full_names(50) == expected
    with pytest.raises(ValueError, match="call dinov2-vitl14. Received: fid@clip"):
        Evaluator(real(), classifier, ["fid@clip"])


def test_images_without_classes(classifier):
    unlabelled = RealImages(stripes(LABELS))
    gan = FakeGAN(None)
    evaluator = Evaluator(unlabelled, classifier, ["fid", "ms_ssim", "recall"])
    found = evaluator.evaluate(gan, num_samples=20).records
    assert all(np.isfinite(record.value) for record in found.values())
    # Classes of its own, as many as it likes.
    found = Evaluator(real(), classifier, ["fid"], same_classes=False).evaluate(
        FakeGAN(5, lambda labels, seed: stripes(labels % 2, seed)), num_samples=20
    )
    assert found.records["fid"].n_generated == 20


def test_progress_comes_to_its_end(classifier):
    shown = []
    records(classifier, num_samples=1500, progress=lambda *what: shown.append(what[1:]))
    assert shown == [(1000, 1500), (1500, 1500)]


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"scores": ["fidelity"]}, "one of fid, fid_infinity.*Received: fidelity"),
        ({"scores": []}, "at least one"),
        ({"scores": ["fid_test"]}, "split must be one of train. Received: fid_test"),
        ({"scores": ["class_accuracy_train"]}, "has no split"),
        ({"real": RealImages(stripes(LABELS))}, "class_accuracy.*without labels"),
        ({"same_classes": False}, "class_accuracy.*of other classes"),
    ],
)
def test_wrong_scores_are_refused_at_once(classifier, kwargs, message):
    given = {"real": real(), "scores": ["class_accuracy"], **kwargs}
    with pytest.raises(ValueError, match=message):
        Evaluator(extractor=classifier, **given)


def test_wrong_calls_are_refused(classifier):
    with pytest.raises(ValueError, match="at least 2.*Received: 1 images for fid"):
        records(classifier, num_samples=1)
    with pytest.raises(ValueError, match="Received: 50 images for fid"):
        records(classifier, FakeGAN(60), ["fid"])
    with pytest.raises(ValueError, match="Received: repeats=0"):
        records(classifier, repeats=0)
    with pytest.raises(ValueError, match="None generated and 2 real classes"):
        records(classifier, FakeGAN(None))
    with pytest.raises(ValueError, match="at least 8 .*Received: 7 images for fid"):
        records(classifier, scores=["fid"], num_samples=7, bootstrap=40)
    with pytest.raises(ValueError, match="bootstrap=40, repeats=2"):
        records(classifier, bootstrap=40, repeats=2)
    nan = FakeGAN(draw=lambda labels, seed: stripes(labels) * np.nan)
    with pytest.raises(ValueError, match="NaN"):
        records(classifier, nan)
