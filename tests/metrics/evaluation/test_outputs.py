import numpy as np
import pytest

from keras_s3gan.metrics import FeatureStatistics, ModelExtractor, inception_score
from keras_s3gan.metrics.evaluation.outputs import (
    COLLECTORS,
    collect_outputs,
    with_sources,
)
from tests.metrics.small_network import small_network
from tests.once import once

IMAGES = np.random.default_rng(0).integers(0, 256, (23, 8, 8, 3), "uint8")


@pytest.fixture(scope="module")
def extractor():
    return ModelExtractor(small_network(classes=4), batch_size=4)


def test_everything_in_one_pass(extractor):
    labels = np.arange(23)
    found = collect_outputs(
        extractor, np.split(IMAGES, [3, 10]), 23, COLLECTORS, labels
    )
    outputs = extractor.outputs(IMAGES)
    assert found.count == 23 and found.labels is labels
    np.testing.assert_array_equal(found.images, IMAGES)
    np.testing.assert_allclose(found.features, outputs["features"], rtol=1e-6)
    np.testing.assert_array_equal(found.predictions, outputs["logits"].argmax(-1))
    np.testing.assert_allclose(found.logits, outputs["logits"], rtol=1e-6)
    statistics = FeatureStatistics.from_features(outputs["features"])
    np.testing.assert_allclose(found.statistics.mean, statistics.mean, rtol=1e-6)
    expected = inception_score(outputs["logits"])
    assert len(found.inception_scores) == 10
    assert found.inception_scores.mean() == pytest.approx(expected.mean, rel=1e-6)
    assert found.inception_scores.std() == pytest.approx(
        expected.standard_deviation, abs=1e-6
    )


@once("test_everything_in_one_pass runs on each")
def test_some_of_the_images(extractor):
    """What is computed from all images is computed from these."""
    kinds = ["statistics", "inception_scores", "predictions", "images"]
    kinds = with_sources(kinds)
    assert {"features", "logits"} <= kinds
    found = collect_outputs(extractor, IMAGES, 23, kinds, np.arange(23))
    indices = np.array([0, 2, 3, 7, 11, 12, 13, 14, 15, 16, 20, 22])
    taken = found.take(indices)
    expected = collect_outputs(extractor, IMAGES[indices], 12, kinds, indices)
    assert taken.count == 12
    np.testing.assert_array_equal(taken.labels, indices)
    for kind in kinds - {"statistics"}:
        first, second = getattr(taken, kind), getattr(expected, kind)
        np.testing.assert_allclose(first, second, rtol=1e-5, err_msg=kind)
    np.testing.assert_allclose(
        taken.statistics.covariance, expected.statistics.covariance, atol=1e-6
    )
    alone = collect_outputs(extractor, IMAGES, 23, ["statistics", "images"])
    assert not hasattr(alone.take(indices), "statistics")


def test_only_what_was_asked_for(extractor):
    found = collect_outputs(extractor, IMAGES, 7, ["features"])
    assert found.features.shape == (7, 6)
    assert not hasattr(found, "statistics") and not hasattr(found, "images")


def test_fewer_images_than_parts(extractor):
    assert (
        len(
            collect_outputs(extractor, IMAGES, 3, ["inception_scores"]).inception_scores
        )
        == 3
    )


@pytest.mark.parametrize("kind", ["predictions", "inception_scores"])
def test_a_network_that_does_not_classify(kind):
    with pytest.raises(ValueError, match=r"gives logits. Received: .*\['features'\]"):
        collect_outputs(ModelExtractor(small_network()), IMAGES, 5, [kind])


def test_too_few_images(extractor):
    with pytest.raises(ValueError, match="at least 24 images. Received: 23"):
        collect_outputs(extractor, IMAGES, 24)
