import inspect

import gin
import pytest

from keras_s3gan import metrics, models, networks, penalties
from keras_s3gan.experiment.recipe import configurables
from tests.once import once

pytestmark = once("Gin and Python alone")


@pytest.mark.parametrize(
    ("room", "base"),
    [
        (networks, networks.Generator),
        (networks, networks.Discriminator),
        (models, models.GAN),
        (metrics, metrics.FeatureExtractor),
    ],
)
def test_every_class_of_a_kind_can_be_bound(room, base):
    not_of_recipes = {"ModelExtractor", "ReferenceClassifier", base.__name__}
    classes = [
        getattr(room, name)
        for name in room.__all__
        if inspect.isclass(getattr(room, name)) and name not in not_of_recipes
    ]
    found = [c for c in classes if issubclass(c, base)]
    assert found
    for found_class in found:
        assert gin.get_configurable(found_class.__name__)


def test_every_penalty_can_be_bound():
    for name in ("GradientPenalty", "L2", "LeCam", "Orthogonal"):
        assert hasattr(penalties, name) and gin.get_configurable(name)


def test_schedules_can_be_bound():
    for name in ("Cosine", "ScheduledAdam", "rare_class_noise"):
        assert hasattr(models, name) and gin.get_configurable(name)


@pytest.mark.parametrize("name", ["generator", "discriminator", "seed", "images"])
def test_what_a_run_supplies_is_known(name):
    assert name in configurables.SUPPLIED


def test_names_to_suggest_are_those_that_can_be_bound():
    assert {"train", "S3GAN", "Adam", "semi_supervised"} <= set(configurables.NAMES)
    for name in configurables.NAMES:
        assert gin.get_configurable(name)
