"""Arguments that models refuse, and callbacks that they call."""

import keras
import pytest

from keras_s3gan.validation import callback_list, refuse
from tests.once import once


@once("no tensor is looked at")
def test_the_first_argument_that_is_there_is_refused():
    refuse("it cannot be", one=None, other=None)
    with pytest.raises(
        ValueError, match="`other` must be left out: it cannot be. Received: other=0"
    ):
        refuse("it cannot be", one=None, other=0, third=1)


@once("Keras' own callbacks")
def test_callbacks_belong_to_the_model():
    model = keras.Sequential([keras.layers.Dense(1)])
    seen = []
    callback = keras.callbacks.LambdaCallback(on_train_begin=seen.append)
    made = callback_list(model, [callback], 0, 3)
    assert callback.model is model
    assert callback.params == {"verbose": 0, "epochs": 1, "steps": 3}
    assert callback_list(model, made, 0, 3) is made
