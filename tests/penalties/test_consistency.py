"""Consistency of logits under augmentations, and beside latents."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import penalties
from keras_s3gan.layers import DiffAugment
from keras_s3gan.models import GAN
from keras_s3gan.penalties import BalancedConsistency, LatentConsistency
from tests.models.small import LATENT, compiled_gan, data, make_gan
from tests.once import once
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)


def logits(*counts):
    found = [RANDOM.normal(size=(count, 1)).astype("float32") for count in counts]
    return found, [ops.convert_to_tensor(values) for values in found]


@once("squares of differences")
def test_values():
    (real, fake, real_copies, fake_copies), tensors = logits(4, 4, 4, 4)
    balanced = BalancedConsistency(real_weight=2.0, fake_weight=3.0)
    changes = [np.mean((real_copies - real) ** 2), np.mean((fake_copies - fake) ** 2)]
    assert_close(balanced(*tensors), 2 * changes[0] + 3 * changes[1], 1e-6)
    latent = LatentConsistency()
    assert_close(latent(*tensors[:2], tensors[0][:0], tensors[3]), changes[1], 1e-6)
    # In half precision the difference of two near numbers would be lost.
    halves = [ops.cast(values, "bfloat16") for values in tensors]
    value = balanced(*halves)
    assert keras.backend.standardize_dtype(value.dtype) == "float32"


@once("squares of differences")
def test_a_kind_of_weight_zero_has_no_copies():
    images = ops.convert_to_tensor(data(4)[0])
    real, fake = BalancedConsistency(DiffAugment(), fake_weight=0).copies(
        images, images, None
    )
    assert fake is None and real.shape == images.shape
    assert np.abs(ops.convert_to_numpy(real - images)).max() > 0.1
    (one, other), (real, copies) = logits(4, 4)
    penalty = BalancedConsistency(DiffAugment(), real_weight=1.0, fake_weight=0)
    found = penalty(real, real, copies, copies[:0])
    assert_close(found, np.mean((one - other) ** 2), 1e-6)


@once("squares of differences")
def test_neighbours_of_latents():
    penalty = LatentConsistency(deviation=0.1, generator_weight=2.0)
    latents = np.repeat(RANDOM.normal(size=(1, 500)), 4, axis=0).astype("float32")
    found = ops.convert_to_numpy(
        penalty.with_neighbours(
            ops.convert_to_tensor(latents), keras.random.SeedGenerator(0)
        )
    )
    assert_close(found[:, 0], latents, 0)
    noise = found[:, 1] - latents
    # Five deviations of a deviation of 2,000 draws are 8 %.
    assert abs(noise.std() / 0.1 - 1) < 0.08
    assert np.abs(noise[0] - noise[1]).max() > 0.05
    images = RANDOM.uniform(-1, 1, (2, 3, 4, 4, 1)).astype("float32")
    term = penalty.generator_term(*map(ops.convert_to_tensor, images))
    assert_close(term, -2 * np.mean((images[0] - images[1]) ** 2), 1e-6)


@pytest.mark.parametrize(
    "accumulated", [1, pytest.param(2, marks=once("the same step, in two halves"))]
)
def test_both_train(accumulated, monkeypatch):
    gan = compiled_gan(
        model=GAN,
        penalty=["balanced_consistency", "latent_consistency"],
        discriminator_steps=2,
    )
    if accumulated == 2:
        gan.compile(
            *(
                keras.optimizers.Adam(1e-3, gradient_accumulation_steps=2)
                for _ in range(2)
            )
        )
    seen = {"discriminator": set(), "generator": set()}
    for name in seen:
        kind = type(getattr(gan, name))
        call = kind.call

        def count(self, inputs, *args, call=call, name=name, **kwargs):
            first = inputs[0] if isinstance(inputs, (list, tuple)) else inputs
            seen[name].add(first.shape[0])
            return call(self, inputs, *args, **kwargs)

        monkeypatch.setattr(kind, "call", count)
    history = gan.fit(*data(32, labelled=1.0), batch_size=8, epochs=1, verbose=0)
    logs = history.history
    assert 0 < logs["balanced_consistency_penalty"][0] < 1e3
    assert 0 < logs["latent_consistency_penalty"][0] < 1e3
    assert np.isfinite(logs["generator_loss"]).all()
    batch = 8 // accumulated
    # Real and generated images, their copies, and the neighbours; one call for all.
    assert {5 * batch, batch} <= seen["discriminator"]
    assert 2 * batch in seen["generator"]


@once("of one generator, whatever computes it")
def test_the_generator_is_pushed_apart():
    latents = RANDOM.normal(size=(2, 64, LATENT)).astype("float32")
    labels = ops.one_hot(ops.zeros(64, "int32"), 3)

    def distance(gan):
        one, other = (
            gan.generator([ops.convert_to_tensor(z), labels], training=True)
            for z in latents
        )
        return ops.convert_to_numpy(ops.mean(ops.square(one - other)))

    gan = make_gan(
        model=GAN,
        penalty=LatentConsistency(deviation=1.0, generator_weight=100.0),
        penalty_weight=0.0,
    )
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.0))
    before = distance(gan)
    for _ in range(4):
        gan.train_on_batch(*data(16, labelled=1.0))
    assert distance(gan) > 2 * before


@once("a configuration")
def test_configurations():
    layer = BalancedConsistency(DiffAugment(["flip"], seed=3), 2.0, 1.0)
    again = penalties.get(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    assert again.augmentation.operations == ("flip",)
    latent = penalties.get({"scheme": "latent_consistency", "deviation": 0.2})
    again = penalties.get(keras.saving.serialize_keras_object(latent))
    assert again.get_config() == {"deviation": 0.2, "generator_weight": 0.5}


@once("arguments alone")
@pytest.mark.parametrize(
    ("kind", "argument", "value"),
    [
        (BalancedConsistency, "augmentation", 3),
        (BalancedConsistency, "real_weight", -1),
        (BalancedConsistency, "fake_weight", -1),
        (LatentConsistency, "deviation", 0),
        (LatentConsistency, "generator_weight", -1),
    ],
)
def test_wrong_arguments(kind, argument, value):
    with pytest.raises(ValueError, match=f"{argument}={value}"):
        kind(**{argument: value})
