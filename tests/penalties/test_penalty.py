"""Penalties by name, with arguments, and through Keras' serialization."""

import json

import keras
import pytest

from keras_s3gan import penalties


@pytest.mark.parametrize("name", penalties.PENALTIES)
def test_serializes(name):
    penalty = penalties.get(name)
    config = keras.saving.serialize_keras_object(penalty)
    assert config["registered_name"].startswith("keras_s3gan>")
    again = penalties.get(json.loads(json.dumps(config)))
    assert type(again) is type(penalty)
    assert again.get_config() == penalty.get_config()


def test_arguments_of_a_name():
    penalty = penalties.get({"scheme": "r1", "target": 0.5})
    assert (penalty.points, penalty.target, penalty.default_weight) == ("real", 0.5, 10)
    assert penalties.get("r1").default_weight == 5
    assert penalties.get({"scheme": "lecam", "decay": 0.5}).decay == 0.5


def test_what_is_a_penalty_already_stays():
    assert penalties.get(None) is None
    assert penalties.get(max) is max
    assert isinstance(penalties.get(penalties.L2), penalties.L2)


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("dragon", "penalty=dragon"),
        ({"points": "real"}, "penalty={'points': 'real'}"),
        ({"scheme": "l2", "target": 0}, r"arguments \[\]"),
        ({"scheme": "r1", "gamma": 10}, "'one_sided', 'points', 'target'"),
        (3, "penalty=3"),
    ],
)
def test_what_is_none_is_named(identifier, message):
    with pytest.raises(ValueError, match=message):
        penalties.get(identifier)
