"""Numbers that change while a model trains."""

import keras
import numpy as np
import pytest

from keras_s3gan.models import GAN, Cosine, ScheduledAdam
from keras_s3gan.models.schedules import check_number
from tests.models.small import assert_same, data, make_gan, values
from tests.once import once
from tests.tolerance import assert_close


def test_half_a_cosine():
    steps = np.arange(0, 13)
    expected = 0.05 - 0.045 * (1 - np.cos(np.pi * np.minimum(steps / 10, 1))) / 2
    found = [Cosine(0.05, 0.005, 10)(step) for step in steps]
    assert_close(np.array([float(value) for value in found]), expected, 1e-6)


def test_a_training_that_is_saved_goes_on_bit_for_bit(tmp_path):
    batches = [data(16, seed=seed) for seed in range(4)]
    gan = make_gan(
        model=GAN,
        penalty=["l2", "r1"],
        penalty_weight=[Cosine(0.0, 1e-3, 4), None],
        generator_penalty="l2",
        generator_penalty_weight=Cosine(1e-3, 0.0, 4),
        ema_half_life=Cosine(0.0, 100.0, 4),
        ema_warm_up=0.5,
        post_hoc_widths=(0.05, 0.1),
        top_k_fraction=0.5,
        top_k_steps=3,
        conditional_start=1,
        conditional_full=3,
        class_noise=[0.1, 0.2, 0.3],
    )
    optimizers = [
        ScheduledAdam(Cosine(1e-3, 1e-4, 4), 0.0, Cosine(0.9, 0.99, 4))
        for _ in range(2)
    ]
    gan.compile(*optimizers, loss="relativistic_paired")
    for batch in batches[:2]:
        gan.train_on_batch(*batch)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert again.get_config() == gan.get_config()
    for batch in batches[2:]:
        gan.train_on_batch(*batch)
        again.train_on_batch(*batch)
    assert all(np.isfinite(value).all() for value in values(gan).values())
    found, expected = (list(values(model).values()) for model in (again, gan))
    assert_same(dict(enumerate(found)), dict(enumerate(expected)))


@once("no framework takes part")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1, 0), "steps=0"),
        ((0, 1, 2.5), "steps=2.5"),
        (("0", 1, 2), "start='0'"),
        ((0, float("nan"), 2), "end=nan"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Cosine(*arguments)
    with pytest.raises(ValueError, match="at least 0. Received: x=-1"):
        check_number("x", -1, 0)
