import dataclasses

import numpy as np
import pytest

from keras_s3gan.metrics import manifold_scores
from keras_s3gan.metrics.evaluation import types
from keras_s3gan.metrics.evaluation.outputs import CollectedOutputs
from keras_s3gan.metrics.evaluation.types import Score, ScoreInputs
from tests.metrics.fake_gan import FakeGAN


def features(count, seed):
    return np.random.default_rng(seed).normal(size=(count, 4))


@pytest.fixture
def inputs():
    real, generated = (
        CollectedOutputs(count, features=features(count, seed))
        for count, seed in ((60, 0), (40, 1))
    )
    return ScoreInputs(real, generated, FakeGAN(), seed=3, count=40, classes=2)


def test_scores_share_the_manifolds(inputs, monkeypatch):
    expected = manifold_scores(inputs.real.features, inputs.generated.features)
    calls = []

    def counted(*arguments):
        calls.append(arguments)
        return manifold_scores(*arguments)

    monkeypatch.setattr(types, "manifold_scores", counted)
    assert inputs.manifold == inputs.manifold == expected
    assert len(calls) == 1


def test_the_distribution_compares_equal_numbers(inputs, monkeypatch):
    seen = []
    monkeypatch.setattr(
        types,
        "precision_recall_distribution",
        lambda real, generated, seed: seen.append((len(real), len(generated), seed)),
    )
    assert inputs.distribution is None
    assert seen == [(40, 40, 3)]


def test_no_more_generated_than_real_images(inputs):
    assert inputs.equal is inputs
    inputs.generated, inputs.real = inputs.real, inputs.generated
    inputs.count = 60
    inputs.generated.labels = np.arange(60)
    equal = dataclasses.replace(inputs).equal
    assert equal.count == equal.generated.count == equal.real.count == 40
    chosen = equal.generated.labels
    np.testing.assert_array_equal(equal.generated.features, features(60, 0)[chosen])


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [((), False), (("images",), False), (("images", "features"), True)],
)
def test_only_images_need_no_extractor(kinds, expected):
    assert Score(len, "a score", generated=kinds).uses_extractor is expected
    assert Score(len, "a score", real=kinds).uses_extractor is expected
