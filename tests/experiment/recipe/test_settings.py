import pytest

from keras_s3gan.experiment.recipe.resolve import resolve_recipe

RECIPE = "s3gan_co_mnist5k"


def refused(binding, *words):
    with pytest.raises(ValueError) as error:
        resolve_recipe(RECIPE, [binding])
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    "binding, message",
    [
        ("train.batch_size = 0", "Received: train.batch_size=0"),
        ("train.steps = 10.5", "Received: train.steps=10.5"),
        ("train.steps_per_epoch = 0", "Received: train.steps_per_epoch=0"),
        ("train.label_fraction = -0.1", "Received: train.label_fraction=-0.1"),
        ("train.seed = -1", "Received: train.seed=-1"),
    ],
)
def test_settings_out_of_range(binding, message):
    refused(binding, message)


@pytest.mark.parametrize(
    ("steps", "per_epoch", "epochs"), [(10, 5, 2), (10, 7, 2), (11, 5, 3), (3, 50, 1)]
)
def test_the_last_epoch_may_be_shorter(steps, per_epoch, epochs):
    settings = [f"train.steps = {steps}", f"train.steps_per_epoch = {per_epoch}"]
    assert resolve_recipe(RECIPE, settings).settings.epochs == epochs
