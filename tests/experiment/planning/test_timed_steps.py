import pytest

from keras_s3gan import backend
from keras_s3gan.experiment.planning.timed_steps import time_steps
from keras_s3gan.experiment.recipe.resolve import resolve_recipe


def test_steps_of_this_machine(recipe):
    device, _ = backend.default_device()
    rows = dict(time_steps(resolve_recipe(recipe), device, batch_size=8, count=2))
    assert rows["recipe"] == "tiny4, float32"
    assert rows["batch"] == "8; 16 real images per step"
    assert "median of 2" in rows["step"]
    assert "without input, scores and checkpoints" in rows["4 steps"]


def test_a_device_that_the_backend_does_not_use(recipe):
    device, _ = backend.default_device()
    other = "gpu" if device == "cpu" else "cpu"
    with pytest.raises(ValueError, match=f"Received: device={other}"):
        time_steps(resolve_recipe(recipe), other)


def test_a_batch_without_images(recipe):
    device, _ = backend.default_device()
    with pytest.raises(ValueError, match="Received: batch=0"):
        time_steps(resolve_recipe(recipe), device, batch_size=0)
