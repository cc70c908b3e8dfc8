"""How results of scores become a value and its details."""

import numpy as np
import pytest

from keras_s3gan.metrics import authenticity, frechet_distance, monge_inception_distance
from keras_s3gan.metrics.evaluation import adapters
from keras_s3gan.metrics.evaluation.outputs import CollectedOutputs
from keras_s3gan.metrics.evaluation.types import ScoreInputs
from tests.metrics.fake_gan import FakeGAN
from tests.once import once
from tests.tolerance import assert_close

pytestmark = once("arrays of NumPy alone")

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(size=(60, 4)), RANDOM.normal(size=(40, 4))
LABELS = np.arange(60) % 3 - 1, np.arange(40) % 2


@pytest.fixture
def inputs():
    real, generated = (
        CollectedOutputs(len(features), features=features, labels=labels)
        for features, labels in zip(FEATURES, LABELS, strict=True)
    )
    return ScoreInputs(real, generated, FakeGAN(), seed=3, count=40, classes=2)


def test_kernel_distance_of_subsets_no_larger_than_either_side(inputs):
    found = adapters.compute_kid(inputs)
    assert found.details["subset_size"] == 40
    assert found.details["standard_deviation"] >= 0


def test_unlabelled_real_images_belong_to_no_class(inputs):
    found = adapters.compute_intra_class_fid(inputs)
    assert found.n_real == 40
    expected = [
        frechet_distance(FEATURES[0][LABELS[0] == c], FEATURES[1][LABELS[1] == c])
        for c in (0, 1)
    ]
    assert_close(np.array(found.details["per_class"]), np.array(expected), 1e-9)
    assert found.value == pytest.approx(np.mean(expected))
    assert found.details["n_real"] == found.details["n_generated"] == [20, 20]


def test_authenticity_beside_that_of_held_out_images(inputs):
    assert adapters.compute_authenticity(inputs).details == {}
    inputs.held_out = CollectedOutputs(7, features=FEATURES[0][:7] + 1e-9)
    found = adapters.compute_authenticity(inputs)
    assert found.value == authenticity(*FEATURES) > 0
    assert found.details["held_out"] == 0 and found.details["held_out_images"] == 7
    assert found.details["gap"] == found.value


def test_mind_says_how_many_images_it_compared(inputs):
    found = adapters.compute_mind(inputs)
    assert found.value == monge_inception_distance(*FEATURES, seed=3)
    assert found.n_real == found.details["images_of_each_side"] == 40


def test_class_accuracy_counts_the_class_that_was_asked_for(inputs):
    inputs.generated.predictions = np.where(
        np.arange(40) < 10, 1 - LABELS[1], LABELS[1]
    )
    found = adapters.compute_class_accuracy(inputs)
    assert found.value == 0.75
    assert found.details == {"per_class": [0.75, 0.75]}


def test_each_score_of_the_manifolds_is_its_own(inputs):
    for name in ("precision", "recall", "density", "coverage"):
        found = adapters.compute_manifold(name)(inputs)
        assert found.value == getattr(inputs.manifold, name)
        assert found.details == {"k": 5}
