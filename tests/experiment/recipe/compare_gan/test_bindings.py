"""Bindings that are taken one by one."""

import pytest

from keras_s3gan.experiment.recipe.compare_gan import translate
from keras_s3gan.experiment.recipe.compare_gan.bindings import Bindings
from tests.experiment.recipe.compare_gan.theirs import PLAIN
from tests.once import once

pytestmark = once("Gin and Python alone")


def test_everything_without_counterpart_is_listed_at_once():
    extra = (
        "eval_z.distribution_fn = @tf.random.normal\n"
        "resnet_cifar.Generator.depth = 3\n"
        "ModularGAN.fit_label_distribution = True\n"
    )
    with pytest.raises(ValueError) as error:
        translate(PLAIN + extra)
    message = str(error.value)
    assert "\n" not in message
    for name in (
        "eval_z.distribution_fn = @tf.random.normal",
        "resnet_cifar.Generator.depth = 3",
        "ModularGAN.fit_label_distribution = True",
    ):
        assert name in message
    assert "options" not in message


def test_a_binding_is_taken_once():
    theirs = Bindings("options.lamba = 10\noptions/scoped.name = @some.function\n")
    assert theirs.take("options.lamba", 1) == 10
    assert theirs.take("options.lamba", 1) == 1
    with pytest.raises(ValueError, match="options/scoped.name = @some.function"):
        theirs.refuse_the_rest()


def test_what_must_be_bound_is_named():
    with pytest.raises(ValueError, match="must bind options.batch_size"):
        Bindings("").required("options.batch_size")


def test_a_choice_is_translated_or_refused():
    choices = {"hinge": "ours"}
    assert Bindings("loss.fn = @hinge").choice("loss.fn", choices) == "ours"
    assert Bindings("").choice("loss.fn", choices, "hinge") == "ours"
    with pytest.raises(ValueError, match="one of .'hinge'.. Received: loss.fn=@other"):
        Bindings("loss.fn = @other").choice("loss.fn", choices)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("import colorsys", "imports nothing"),
        ("from __gin__ import dynamic_registration", "imports nothing"),
        ("include 'other.gin'", "no counterpart: include 'other.gin'"),
    ],
)
def test_a_file_of_theirs_is_data_too(line, message):
    with pytest.raises(ValueError, match=message):
        translate(f"{PLAIN}{line}\n")
