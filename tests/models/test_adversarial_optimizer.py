"""Gradients of an update's pieces, added up: the update is that of the whole."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import ACGAN, GAN, S3GAN
from keras_s3gan.models.adversarial_optimizer import AdversarialOptimizer
from keras_s3gan.networks import (
    DCGANDiscriminator,
    DCGANGenerator,
    SmallDiscriminator,
    SmallGenerator,
)
from tests.models.small import CLASSES, compiled_gan, data, make_gan
from tests.models.small import SIZE as SMALL
from tests.once import once
from tests.tolerance import assert_close

SIZE, BATCH, UPDATES, STEPS = 16, 16, 2, 2


def optimizers(pieces, kind=keras.optimizers.SGD, rate=0.1):
    return [kind(rate, gradient_accumulation_steps=pieces) for _ in range(2)]


def independent_gan():
    """No image of a batch has to do with another one in its networks."""
    keras.utils.set_random_seed(0)
    shared = {"base_channels": 4, "normalization": None, "kernel_normalization": None}
    shared |= {"kernel_initializer": "glorot_uniform"}
    return GAN(
        DCGANGenerator(SIZE, 1, latent_dim=4, **shared),
        DCGANDiscriminator(SIZE, 1, **shared),
        discriminator_steps=UPDATES,
        ema_decay=0.5,
        seed=0,
    )


def trained(pieces):
    gan = independent_gan()
    gan.compile(*optimizers(pieces), loss="non_saturating")
    count = STEPS * UPDATES * BATCH
    images = np.random.default_rng(0).uniform(-1, 1, (count, SIZE, SIZE, 1))
    history = gan.fit(images.astype("float32"), batch_size=BATCH, verbose=0).history
    assert int(gan.optimizer.discriminator.iterations) == STEPS * UPDATES
    assert int(gan.optimizer.generator.iterations) == STEPS
    return values(gan), history


def values(gan):
    return [ops.convert_to_numpy(weight) for weight in gan.weights]


def test_the_update_is_that_of_the_whole():
    whole, history = trained(None)
    pieces, others = trained(4)
    moved = 0
    for index, (one, other) in enumerate(zip(whole, pieces, strict=True)):
        assert_close(other, one, 1e-4, str(index))
    for one, start in zip(whole, values(independent_gan()), strict=True):
        moved += not np.array_equal(one, start)
    assert moved > len(whole) / 2
    for name in history:
        assert_close(others[name], history[name], 1e-4, name)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_every_head_is_trained_in_pieces(dtype):
    gan = make_gan(dtype=dtype, discriminator_steps=UPDATES, rotated_batch_fraction=2)
    gan.compile(*optimizers(2, keras.optimizers.Adam, 1e-3))
    before = values(gan)
    history = gan.fit(*data(64), batch_size=16, verbose=0).history
    assert all(np.isfinite(history[name]).all() for name in history)
    trainable = {id(weight) for weight in gan.trainable_weights}
    for weight, start in zip(gan.weights, before, strict=True):
        if id(weight) in trainable and "class_predictor" not in weight.path:
            assert not np.array_equal(ops.convert_to_numpy(weight), start), weight.path


@pytest.mark.parametrize("model", [S3GAN, ACGAN])
def test_few_labels_weigh_as_much_in_pieces(model):
    """One among sixteen images, so that most pieces have none."""
    moved, logged = [], []
    for pieces in (None, 4):
        gan = few_label_gan(model)
        gan.compile(*optimizers(pieces))
        head = gan.heads[0]
        before = ops.convert_to_numpy(head.kernel)
        images, labels = data(16, labelled=0.0)
        labels[3] = 1
        history = gan.fit(images, labels, batch_size=16, verbose=0).history
        moved.append(ops.convert_to_numpy(head.kernel) - before)
        logged.append({name: history[name] for name in history if "class" in name})
    assert np.abs(moved[0]).max() > 1e-4
    assert_close(moved[1], moved[0], 1e-4)
    for name, values in logged[0].items():
        assert_close(np.array(logged[1][name]), np.array(values), 1e-4, name)


def few_label_gan(model):
    """Its head for the classes alone, on what no other image has a part in."""
    keras.utils.set_random_seed(0)
    shared = {"image_size": SMALL, "channels": 1, "base_channels": 4}
    shared |= {"num_classes": CLASSES}
    arguments = {"seed": 0}
    if model is S3GAN:
        arguments |= {"self_supervision": None}
    else:
        # What generated images are taught depends on the moments of their piece.
        arguments |= {"weight_class_loss_fake": 0.0}
    return model(
        SmallGenerator(latent_dim=4, **shared),
        SmallDiscriminator(kernel_normalization=None, **shared),
        **arguments,
    )


def test_half_precision_is_not_accumulated():
    gan = make_gan(dtype="mixed_float16")
    with pytest.raises(ValueError, match="Received: gradient_accumulation_steps=2"):
        gan.compile(*optimizers(2))


def test_pieces_must_be_whole():
    gan = make_gan(discriminator_steps=UPDATES, rotated_batch_fraction=2)
    gan.compile(*optimizers(3))
    with pytest.raises(ValueError, match="accumulation_steps=3.* 16 images per update"):
        gan.fit(*data(64), batch_size=16, verbose=0)
    gan.compile(*optimizers(4))
    with pytest.raises(ValueError, match="multiple of 8 .*batch_size=4"):
        gan.fit(*data(64), batch_size=16, verbose=0)


def test_both_optimizers_accumulate():
    with pytest.raises(ValueError, match="Received: 2 of the generator's, 1 of the"):
        make_gan().compile(optimizers(2)[0], optimizers(None)[0])


def rates(gan):
    return [
        float(ops.convert_to_numpy(optimizer.learning_rate))
        for optimizer in (gan.optimizer.generator, gan.optimizer.discriminator)
    ]


class Rates(keras.callbacks.Callback):
    """Both learning rates at the end of each epoch."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(rates(self.model))


@pytest.mark.parametrize("dtype", [None, "mixed_float16"])
def test_a_scheduled_rate_moves_both(dtype):
    gan = make_gan(model=GAN, dtype=dtype)
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(2e-3))
    # A rate of zero, as at the start of a warm-up, does not lose the ratio.
    scheduled = keras.callbacks.LearningRateScheduler(lambda epoch: 1e-4 * epoch)
    found = Rates()
    arguments = {"batch_size": 8, "epochs": 3, "verbose": 0}
    gan.fit(*data(8), callbacks=[scheduled, found], **arguments)
    expected = [[0, 0], [1e-4, 2e-4], [2e-4, 4e-4]]
    np.testing.assert_allclose(found.seen, expected, rtol=1e-6)


@once("callbacks are of Keras, which has them alike on each")
def test_a_plateau_reduces_both():
    gan = make_gan(model=GAN)
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(3e-3))
    reduce = keras.callbacks.ReduceLROnPlateau(
        "generator_loss", factor=0.1, patience=1, mode="min", min_delta=1e9
    )
    gan.fit(*data(8), batch_size=8, epochs=2, callbacks=[reduce], verbose=0)
    np.testing.assert_allclose(rates(gan), [1e-4, 3e-4], rtol=1e-5)


@once("no framework takes part")
def test_rates_that_cannot_move_together():
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, 10)
    with pytest.raises(ValueError, match="schedule of the discriminator's"):
        AdversarialOptimizer("adam", keras.optimizers.Adam(schedule)).learning_rate = 1
    with pytest.raises(ValueError, match="must be a number"):
        AdversarialOptimizer("adam", "adam").learning_rate = schedule
    zero = AdversarialOptimizer(keras.optimizers.Adam(0.0), "adam")
    with pytest.raises(ValueError, match="generator's is not 0"):
        zero.learning_rate = 1e-3


def test_weights_are_their_averages_after_fit():
    gan = make_gan(model=GAN)
    momentum = 0.5
    gan.compile(
        keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=momentum),
        keras.optimizers.SGD(0.1),
    )
    weights = gan.generator.trainable_variables
    seen = []

    class Weights(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append([ops.convert_to_numpy(weight).copy() for weight in weights])

    # Twice: an average and its weight must not share memory.
    for _ in range(2):
        gan.fit(*data(8), batch_size=8, epochs=2, callbacks=[Weights()], verbose=0)
    first, second, third, fourth = seen
    averages = [
        a + (b - a) * (1 - momentum) for a, b in zip(first, second, strict=True)
    ]
    for one in (third, fourth):
        averages = [
            a + (b - a) * (1 - momentum) for a, b in zip(averages, one, strict=True)
        ]
    for weight, average in zip(weights, averages, strict=True):
        assert_close(weight, average, 1e-5, weight.path)


def test_a_variable_assigned_to_another_is_trained():
    gan = compiled_gan(model=GAN)
    gan.ema_generator.weights[0].assign(gan.generator.weights[0])
    gan.train_on_batch(*data(8))
    gan.fit(*data(8), batch_size=8, verbose=0)
    assert gan.step_count == 2


@once("files are written by Keras alone")
def test_what_has_no_weight_decay_is_saved(tmp_path):
    gan = make_gan(model=GAN)
    optimizers = [keras.optimizers.AdamW(1e-3, weight_decay=0.1) for _ in range(2)]
    optimizers[0].exclude_from_weight_decay(
        var_list=gan.generator.trainable_variables[:1]
    )
    optimizers[1].exclude_from_weight_decay(var_names=["bias", "gamma"])
    gan.compile(*optimizers)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    for one, other in zip(
        gan._trained(gan.optimizer), loaded._trained(loaded.optimizer), strict=True
    ):
        expected, found = (
            [optimizer._use_weight_decay(variable) for variable in variables]
            for optimizer, variables in (one, other)
        )
        assert found == expected
        assert True in expected and False in expected
