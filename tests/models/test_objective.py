"""The losses of both networks inside of a training step."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import AdaptiveAugmentation, DiffAugment
from keras_s3gan.models import GAN
from tests.models.small import (
    compiled_gan,
    data,
    values,
)
from tests.once import once


@once("no framework decides what is called with what")
def test_copies_are_changed_as_their_originals(monkeypatch):
    gan = compiled_gan(
        model=GAN,
        penalty="finite_differences",
        augmentation=DiffAugment(("translation",), seed=0),
    )
    seen = []
    apply = DiffAugment.apply
    monkeypatch.setattr(
        DiffAugment,
        "apply",
        lambda self, images, drawn: seen.append(drawn) or apply(self, images, drawn),
    )
    gan.train_on_batch(*data(8, labelled=1.0))
    real, fake, real_copy, fake_copy, for_generator = [
        ops.convert_to_numpy(drawn["down"]) for drawn in seen
    ]
    np.testing.assert_array_equal(real, real_copy)
    np.testing.assert_array_equal(fake, fake_copy)
    assert np.all(real != fake) and np.all(fake != for_generator)


def test_an_adaptive_augmentation_trains():
    gan = compiled_gan(
        model=GAN,
        loss="relativistic_paired",
        # The discriminator cannot be as unsure as this.
        augmentation=AdaptiveAugmentation(interval=2, speed=64, target=-0.9, seed=0),
    )
    logs = gan.fit(*data(32, labelled=1.0), batch_size=8, verbose=0).history
    # Two changes by 2 · 8 / 64, in the mean over four batches.
    assert logs["augmentation_probability"] == [pytest.approx(0.25 * (1 + 1 + 2) / 4)]
    assert np.isfinite(list(logs.values())).all()


@once("the state is a variable like any other")
def test_an_adaptive_augmentation_goes_on_where_it_was(tmp_path):
    gan = compiled_gan(
        model=GAN,
        loss="relativistic_paired",
        penalty="r1_r2",
        augmentation=AdaptiveAugmentation(interval=2, speed=64, target=-0.9, seed=0),
    )
    gan.fit(*data(24, labelled=1.0), batch_size=8, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    for model in (gan, loaded):
        model.train_on_batch(*data(8, labelled=1.0))
    assert float(gan.augmentation.p.value) == 0.5
    for one, other in zip(values(loaded).values(), values(gan).values(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert "augmentation_probability" not in gan.evaluate(
        *data(8, labelled=1.0), verbose=0, return_dict=True
    )
