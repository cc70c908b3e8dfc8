"""Averages of any width after a training, against those of the weights of each step."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.callbacks import (
    AverageSnapshots,
    TrainingCheckpoint,
    post_hoc_average,
    restore_latest,
)
from keras_s3gan.files import load_arrays, save_arrays
from keras_s3gan.models import GAN
from keras_s3gan.models.power_averages import exponent
from tests.models.small import compiled_gan, data
from tests.once import once
from tests.tolerance import assert_close

EPOCHS, BATCH = 5, 32
WIDTHS = (0.05, 0.1)
IMAGES, LABELS = data(BATCH)


class Weights(keras.callbacks.Callback):
    """The generator's weights after each epoch, which is one step."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        variables = self.model.generator.trainable_variables
        self.seen.append([ops.convert_to_numpy(v).copy() for v in variables])


def trained(directory, epochs=EPOCHS, callbacks=(), gan=None, start=0, every=1):
    if gan is None:
        keras.utils.set_random_seed(0)
        gan = compiled_gan(model=GAN, post_hoc_widths=WIDTHS)
    gan.fit(
        IMAGES,
        LABELS,
        batch_size=BATCH,
        epochs=epochs,
        initial_epoch=start,
        verbose=0,
        callbacks=[*callbacks, AverageSnapshots(directory, every)],
    )
    return gan


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def test_an_average_of_another_width(tmp_path):
    weights = Weights()
    gan = trained(tmp_path, epochs=24, callbacks=[weights])
    for width in (0.1, 0.07, 0.15):
        assert post_hoc_average(gan, tmp_path, width) == 24
        shares = np.diff((np.arange(25) / 24) ** (exponent(width) + 1))
        for index, (mean, _) in enumerate(gan.averaged_weights):
            path = np.stack([seen[index] for seen in weights.seen])
            expected = np.tensordot(shares, path, 1)
            # Of how far the weights went.
            error = abs(ops.convert_to_numpy(mean) - expected).max()
            assert error < 0.01 * np.ptp(path, axis=0).max(), (width, index)


def test_a_training_that_goes_on_keeps_the_same(tmp_path):
    trained(tmp_path / "straight")
    part = tmp_path / "part"
    trained(part, epochs=3, callbacks=[TrainingCheckpoint(tmp_path / "checkpoints")])
    gan = compiled_gan(model=GAN, post_hoc_widths=WIDTHS)
    restored = restore_latest(gan, tmp_path / "checkpoints")
    trained(part, gan=gan, start=restored.epoch)
    assert (
        names(part)
        == names(tmp_path / "straight")
        == [f"average-{step:08d}.npz" for step in range(1, EPOCHS + 1)]
    )
    for name in names(part):
        found, expected = (
            load_arrays(tmp_path / place / name) for place in ("part", "straight")
        )
        assert found.metadata == expected.metadata
        for key, array in expected.arrays.items():
            # Kernels that are not made deterministic may add up in another order.
            assert_close(found.arrays[key], array, 1e-5, f"{name} {key}")


@once("files, the same on each")
def test_at_the_asked_epochs_and_the_last(tmp_path):
    (tmp_path / ".average-00000001.npz.1.tmp").touch()
    gan = trained(tmp_path, epochs=5, every=2)
    assert names(tmp_path) == [f"average-{step:08d}.npz" for step in (2, 4, 5)]
    # A step between snapshots: the average ends at the one before.
    gan.steps.assign(3)
    assert post_hoc_average(gan, tmp_path, 0.1) == 2


@once("files, the same on each")
def test_what_does_not_fit_is_named(tmp_path):
    gan = trained(tmp_path, epochs=2)
    with pytest.raises(ValueError, match="Received: width=0.5"):
        post_hoc_average(gan, tmp_path, 0.5)
    with pytest.raises(ValueError, match="up to step 2.*none"):
        post_hoc_average(gan, tmp_path / "none", 0.1)
    arrays, metadata, _ = load_arrays(tmp_path / "average-00000001.npz")
    before = [ops.convert_to_numpy(weight) for weight in gan.ema_generator.weights]
    save_arrays(
        tmp_path / "average-00000001.npz", arrays, {**metadata, "widths": [0.1, 0.2]}
    )
    with pytest.raises(ValueError, match="same widths.*average-00000001.npz"):
        post_hoc_average(gan, tmp_path, 0.1)
    for weight, value in zip(gan.ema_generator.weights, before, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(weight), value)
    with pytest.raises(ValueError, match="post_hoc_widths"):
        trained(tmp_path, gan=compiled_gan(model=GAN))
    with pytest.raises(ValueError, match="every_epochs=0"):
        AverageSnapshots(tmp_path, 0)
