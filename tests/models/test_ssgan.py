"""SSGAN apart from what the original's values show."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.models import SSGAN, Batch
from tests.models.small import SIZE, compiled_gan, data, make_gan
from tests.tolerance import assert_close


def losses_of(gan):
    random = np.random.default_rng(0)
    images = random.uniform(-1, 1, (2, 4, SIZE, SIZE, 1)).astype("float32")
    real, fake = (Batch(ops.convert_to_tensor(x)) for x in images)
    found = {}
    for name, loss in (
        ("discriminator", lambda: gan.discriminator_loss(real, fake)),
        ("generator", lambda: gan.generator_loss(fake, real)),
    ):
        (_, values), gradients = backend.value_and_grad(
            loss, gan.discriminator_variables, gan.variables
        )
        moved = {
            variable.path
            for variable, gradient in zip(
                gan.discriminator_variables, gradients, strict=True
            )
            if np.any(ops.convert_to_numpy(gradient))
        }
        found[name] = values, moved
    return found


def test_rotations_alone():
    """Without the game there is nothing for the logits to learn."""
    gan = compiled_gan(
        model=SSGAN,
        num_classes=None,
        rotated_batch_size=8,
        self_supervision="rotation_only",
        weight_rotation_loss_discriminator=0.5,
    )
    found = losses_of(gan)
    values, moved = found["discriminator"]
    assert_close(values["discriminator_loss"], 0.5 * values["rotation_loss_real"], 1e-6)
    assert any("rotation_head" in path for path in moved)
    assert not any("last_linear" in path for path in moved)
    values, _ = found["generator"]
    assert_close(values["generator_loss"], 0.2 * values["rotation_loss_fake"], 1e-6)


def test_without_self_supervision_it_is_a_gan():
    gan = make_gan(model=SSGAN, num_classes=None, self_supervision=None)
    assert gan.heads == [] and gan.metric_names == (
        "discriminator_loss",
        "generator_loss",
    )


def test_as_many_images_are_turned_as_asked_for():
    gan = make_gan(model=SSGAN, rotated_batch_size=8)
    images = data(5)[0]
    shown = ops.convert_to_numpy(
        gan._discriminator_inputs(ops.convert_to_tensor(images))
    )
    assert_close(shown[:5], images, 0)
    assert_close(shown[5:], np.concatenate(turned(images[-2:])), 0)


def test_pieces_of_an_update_turn_as_many_together():
    gan = make_gan(model=SSGAN, rotated_batch_size=16)
    images = ops.convert_to_tensor(data(8)[0])
    assert gan._discriminator_inputs(images).shape[0] == 8 + 3 * 4
    gan.compile(
        *[keras.optimizers.Adam(gradient_accumulation_steps=2) for _ in range(2)]
    )
    assert gan._discriminator_inputs(images).shape[0] == 8 + 3 * 2
    gan.compile(
        *[keras.optimizers.Adam(gradient_accumulation_steps=8) for _ in range(2)]
    )
    with pytest.raises(ValueError, match="a multiple of 32. .*rotated_batch_size=16"):
        gan.fit(*data(16), batch_size=16, verbose=0)


def test_the_discriminator_learns_nothing_from_turned_generated_images(monkeypatch):
    found = []
    for shows_all in (False, True):
        keras.utils.set_random_seed(0)
        gan = compiled_gan(model=SSGAN, rotated_batch_size=8)
        if shows_all:
            monkeypatch.setattr(
                gan, "_detached_discriminator_inputs", gan._discriminator_inputs
            )
        real, fake = (
            Batch(
                ops.convert_to_tensor(data(4, seed=seed)[0]),
                ops.one_hot([0, 1, 2, 0], 3),
            )
            for seed in (0, 1)
        )
        (loss, _), gradients = backend.value_and_grad(
            lambda gan=gan, real=real, fake=fake: gan.discriminator_loss(real, fake),
            gan.discriminator_variables,
            gan.variables,
        )
        found.append([loss, *gradients])
    for one, other in zip(*found, strict=True):
        assert_close(one, ops.convert_to_numpy(other), 1e-5)


def turned(images):
    return [np.rot90(images, turns, axes=(1, 2)) for turns in (1, 2, 3)]


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"self_supervision": "rotation"}, "self_supervision=rotation"),
        ({"rotated_batch_size": 6}, "rotated_batch_size=6"),
        ({"rotated_batch_size": 0}, "rotated_batch_size=0"),
        ({"self_supervision": "rotation_only", "penalty": "l2"}, "rotation_only"),
    ],
)
def test_wrong_arguments_are_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        make_gan(model=SSGAN, **kwargs)


def test_too_small_a_batch_is_named():
    gan = compiled_gan(model=SSGAN, rotated_batch_size=64)
    with pytest.raises(ValueError, match="rotated_batch_size=64 .*batch_size=8"):
        gan.fit(*data(), batch_size=8, verbose=0)
