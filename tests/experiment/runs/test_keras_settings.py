"""Settings of the user's Keras do not change a run."""

import keras
import pytest

from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.build import build_gan
from keras_s3gan.experiment.runs.keras_settings import keras_settings
from tests.experiment.tiny import write_recipe
from tests.once import once


@pytest.fixture
def other_settings():
    with keras_settings():
        keras.config.set_image_data_format("channels_first")
        keras.config.set_floatx("float64")
        keras.config.set_epsilon(1e-3)
        keras.config.set_dtype_policy("mixed_bfloat16")
        yield


def current():
    config = keras.config
    return (
        config.image_data_format(),
        config.floatx(),
        config.epsilon(),
        config.dtype_policy().name,
    )


OTHERS = ("channels_first", "float64", 1e-3, "mixed_bfloat16")


@once("settings are of Keras, which has them alike on each")
def test_settings_are_those_of_keras_and_come_back(other_settings):
    assert current() == OTHERS
    with keras_settings():
        assert current() == ("channels_last", "float32", 1e-7, "float32")
    with pytest.raises(ValueError, match="no such"), keras_settings("mixed_float16"):
        assert current()[3] == "mixed_float16"
        raise ValueError("no such thing")
    assert current() == OTHERS


@once("settings are of Keras, which has them alike on each")
def test_a_model_of_a_run_does_not_depend_on_them(tmp_path, other_settings):
    gan = build_gan(resolve_recipe(write_recipe(tmp_path)).settings)
    assert gan.data_format == "channels_last"
    assert gan.image_shape == (8, 8, 1)
    assert gan.dtype_policy.name == "float32"
    assert {variable.dtype for variable in gan.trainable_variables} == {"float32"}
    assert current() == OTHERS
