"""The argument `normalization` of the networks."""

import pytest

from keras_s3gan import layers
from keras_s3gan.networks import normalization
from keras_s3gan.networks.normalization import (
    check_unconditional,
    is_conditional,
    make_normalization,
    over_the_batch,
    plain,
    scheme_of,
)


@pytest.mark.parametrize(
    ("scheme", "layer", "conditional", "batch"),
    [
        ("batch", layers.BatchNormalization, False, True),
        ("layer", layers.LayerNormalization, False, False),
        ("conditional_batch", layers.ConditionalBatchNormalization, True, True),
        ("self_modulated_batch", layers.SelfModulatedBatchNormalization, True, True),
    ],
)
def test_a_scheme_by_name_or_with_arguments(scheme, layer, conditional, batch):
    for argument in (scheme, {"scheme": scheme, "epsilon": 0.5}):
        assert scheme_of(argument) == scheme
        assert is_conditional(argument) is conditional
        assert over_the_batch(argument) is batch
        made = make_normalization(argument, "orthogonal", name="norm")
        assert type(made) is layer and made.name == "norm"
    assert made.epsilon == 0.5


def test_every_scheme_is_in_the_table_above():
    assert len(normalization.NORMALIZATIONS) == 4


def test_none_is_no_layer():
    assert scheme_of(None) is None and not over_the_batch(None)
    assert make_normalization(None, "orthogonal") is None


def test_without_its_condition_it_keeps_its_arguments():
    conditional = {"scheme": "conditional_batch", "momentum": 0.5, "epsilon": 0.1}
    assert plain(conditional) == {**conditional, "scheme": "batch"}
    assert plain("self_modulated_batch") == {"scheme": "batch"}
    assert plain("layer") == "layer"


@pytest.mark.parametrize("wrong", ["batched", {"momentum": 0.9}, {"scheme": "batched"}])
def test_anything_else_is_named(wrong):
    with pytest.raises(ValueError, match="Received: normalization="):
        scheme_of(wrong)


def test_a_discriminator_has_no_condition():
    check_unconditional("layer")
    with pytest.raises(ValueError, match="Received: normalization=conditional_batch"):
        check_unconditional("conditional_batch")
