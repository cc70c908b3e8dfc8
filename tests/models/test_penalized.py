"""Penalties inside of a training step."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend, penalties
from keras_s3gan.layers import AdaptiveAugmentation, DiffAugment
from keras_s3gan.models import GAN, Batch, Cosine
from keras_s3gan.models.penalized import AugmentedDiscriminator
from keras_s3gan.networks import DCGANDiscriminator, DCGANGenerator
from tests.differences import differences
from tests.models.small import (
    SIZE,
    compiled_gan,
    data,
    make_gan,
)
from tests.once import once
from tests.penalties.discriminators import OneHidden
from tests.tolerance import assert_close


def batches(gan, seed=0):
    random = np.random.default_rng(seed)
    images = random.uniform(-1, 1, (2, 4, SIZE, SIZE, 1)).astype("float32")
    labels_one_hot = np.eye(gan.num_classes, dtype="float32")[
        random.integers(3, size=(2, 4))
    ]
    return [
        Batch(ops.convert_to_tensor(x), ops.convert_to_tensor(y))
        for x, y in zip(images, labels_one_hot, strict=True)
    ]


def discriminator_loss(gan, update):
    """Loss and penalty of an update, the state put back before each."""
    gan.optimizer.discriminator.iterations.assign(update)
    state = [ops.convert_to_numpy(v) for v in gan.variables]
    loss, values = backend.compiled(
        lambda: gan.discriminator_loss(*batches(gan)),
        [*gan.variables, *gan.optimizer.variables],
    )()
    moved = [ops.convert_to_numpy(v) for v in gan.variables]
    for variable, value in zip(gan.variables, state, strict=True):
        variable.assign(value)
    names = [variable.path for variable in gan.variables]
    changed = [
        name
        for name, old, new in zip(names, state, moved, strict=True)
        if np.any(old != new)
    ]
    return float(ops.convert_to_numpy(loss)), values, changed


def test_a_lazy_penalty_counts_as_often_as_it_is_rare():
    gan = compiled_gan(model=GAN, penalty="r1", penalty_weight=0.5)
    plain, values, _ = discriminator_loss(gan, 0)
    penalty = float(ops.convert_to_numpy(values["penalty"]))
    assert penalty > 0
    gan.penalty_interval = 3
    for update in range(4):
        loss, values, changed = discriminator_loss(gan, update)
        due = update % 3 == 0
        expected = plain + (1.0 if due else -0.5) * penalty
        assert loss == pytest.approx(expected, rel=1e-4)
        value, weight = (float(ops.convert_to_numpy(x)) for x in values["penalty"])
        assert (weight, value > 0) == (due, due)
        # Power iterations of the penalty's own call, or of the loss alone.
        assert changed and all(name.endswith("/u") for name in changed)


def test_the_weight_of_a_penalty_may_follow_a_schedule():
    weight, expected = Cosine(1.0, 3.0, 2), [1.0, 2.0, 3.0, 3.0]
    gan = compiled_gan(model=GAN, penalty="l2", penalty_weight=weight)
    rests = []
    for step, value in enumerate(expected):
        gan.steps.assign(step)
        loss, values, _ = discriminator_loss(gan, 0)
        rests.append(loss - value * float(ops.convert_to_numpy(values["penalty"])))
    assert_close(np.array(rests), np.full(4, rests[0]), 1e-5)
    gan = compiled_gan(
        model=GAN, generator_penalty="l2", generator_penalty_weight=weight
    )
    variables = gan.generator.trainable_variables
    found = []
    for step in range(4):
        gan.steps.assign(step)
        slopes, _ = gan._add_generator_penalty([ops.zeros(v.shape) for v in variables])
        found.append(max(float(ops.max(ops.abs(slope))) for slope in slopes))
    assert_close(np.array(found) / found[0], np.array(expected), 1e-5)


@once("sums and counts of metrics, which other tests read on each")
def test_the_average_of_a_lazy_penalty_is_over_the_updates_that_have_it():
    gan = make_gan(model=GAN, penalty="l2", penalty_interval=4, penalty_weight=0.0)
    gan.compile("sgd", keras.optimizers.SGD(0.0))
    expected = ops.convert_to_numpy(gan.penalty(gan.discriminator))
    history = gan.fit(*data(32), batch_size=4, verbose=0).history
    assert history["penalty"][0] == pytest.approx(float(expected), rel=1e-5)


def test_the_generator_moves_against_its_penalty():
    gans = [
        make_gan(model=GAN, generator_penalty=name, generator_penalty_weight=0.5)
        for name in ("orthogonal", None)
    ]
    gans[1].set_weights(gans[0].get_weights())
    (_, _), slopes = backend.value_and_grad(
        lambda: (penalties.Orthogonal()(gans[0].generator), ()),
        gans[0].generator.trainable_variables,
        gans[0].variables,
    )
    slopes = [ops.convert_to_numpy(slope) for slope in slopes]
    for gan in gans:
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
        gan.train_on_batch(*data(8))
    assert max(np.abs(slope).max() for slope in slopes) > 0.1
    for one, other, slope in zip(
        *[gan.generator.trainable_variables for gan in gans], slopes, strict=True
    ):
        difference = ops.convert_to_numpy(one) - ops.convert_to_numpy(other)
        assert_close(difference + 1.0, 1.0 - 0.1 * 0.5 * slope, 1e-5, name=one.path)


@once("a call of Python")
def test_a_function_is_a_penalty():
    def squared_logits(
        discriminator, real, fake, labels_one_hot, fake_labels_one_hot, seed
    ):
        return ops.mean(ops.square(discriminator(fake, labels=fake_labels_one_hot)[0]))

    gan = compiled_gan(model=GAN, penalty=squared_logits)
    loss, values, _ = discriminator_loss(gan, 0)
    gan.penalty = None
    assert loss == pytest.approx(
        discriminator_loss(gan, 0)[0] + float(ops.convert_to_numpy(values["penalty"]))
    )


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"penalty": "dragon"}, "penalty=dragon"),
        ({"penalty": "l2", "penalty_interval": 0}, "penalty_interval=0"),
        ({"penalty": "lecam", "penalty_interval": 4}, "penalty_interval=4"),
        ({"generator_penalty": "r1"}, "generator_penalty=r1"),
        ({"augmentation": "flip"}, "augmentation=flip"),
        (
            {
                "data_format": "channels_last",
                "augmentation": DiffAugment(data_format="channels_first"),
            },
            "augmentation.data_format='channels_first'",
        ),
    ],
)
def test_what_does_not_fit_is_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        make_gan(model=GAN, **kwargs)


@once("refused, or a penalty that has its own tests on each")
def test_a_gradient_of_one_image_needs_logits_of_one_image():
    generator = DCGANGenerator(16, 1, latent_dim=2, base_channels=1)

    def gan(normalization, penalty):
        discriminator = DCGANDiscriminator(
            16, 1, base_channels=1, normalization=normalization
        )
        return GAN(generator, discriminator, penalty=penalty)

    for normalization in ("batch", {"scheme": "batch", "momentum": 0.5}):
        with pytest.raises(ValueError, match="normalization=.*batch"):
            gan(normalization, "wasserstein_gradient_penalty")
    gan("batch", "lecam")
    gan("layer", "wasserstein_gradient_penalty")


class Drawn(AdaptiveAugmentation):
    """Changes all images as one draw says, and remembers what it was given."""

    kept = None

    def draw(self, count):
        self.kept = super().draw(count) if self.kept is None else self.kept
        return self.kept


class Flat:
    """A discriminator of a few weights on the values of an image."""

    class_projection = None

    def __init__(self, size):
        self.layer = OneHidden(size)
        self.variables = self.layer.variables

    def __call__(self, images, labels=None, training=True):
        return self.layer(ops.reshape(images, (images.shape[0], -1)))


def test_a_penalty_is_of_the_gradient_through_the_augmentation():
    """R1 and its gradient, against those of a matrix that has every change in it."""
    random = np.random.default_rng(0)
    shape = (3, 4, 4, 3)
    size = 4 * 4 * 3
    images = random.uniform(-1, 1, shape).astype("float32")
    discriminator = Flat(size)
    weights = [random.normal(0, 0.3, w.shape) for w in discriminator.layer.weights]
    discriminator.layer.set_weights(weights)
    augmentation = Drawn(probability=1.0, seed=0, data_format="channels_last")
    drawn = {k: ops.convert_to_numpy(v) for k, v in augmentation.draw(3).items()}
    # All that is needed of it at once: the images, zeros, and each unit vector.
    units = np.eye(size, dtype="float32").reshape(size, 1, 4, 4, 3)
    given = [images, 0 * images, np.repeat(units, 3, axis=1).reshape(-1, 4, 4, 3)]
    many = {
        k: ops.convert_to_tensor(np.concatenate([v] * (size + 2)))
        for k, v in drawn.items()
    }
    found = augmentation.apply(ops.convert_to_tensor(np.concatenate(given)), many)
    found = ops.convert_to_numpy(found).astype("float64").reshape(size + 2, 3, size)
    inputs, matrices = found[0], np.moveaxis(found[2:] - found[1], 0, 1)

    def by_hand():
        first, _, last = weights
        slopes = (1 - np.tanh(inputs @ first) ** 2) * last[:, 0] @ first.T
        return np.mean(np.sum(np.einsum("nij,nj->ni", matrices, slopes) ** 2, axis=1))

    def loss():
        seen = AugmentedDiscriminator(discriminator, augmentation)
        real = ops.convert_to_tensor(images)
        return penalties.get("r1")(seen, real, real), ()

    variables = [discriminator.layer.first, discriminator.layer.last]
    (value, _), gradients = backend.value_and_grad(
        loss, variables, [*discriminator.variables, *augmentation.variables]
    )
    assert_close(value, np.array(by_hand()), 1e-4)
    expected = differences(by_hand, [weights[0], weights[2]])
    for gradient, other in zip(gradients, expected, strict=True):
        assert_close(gradient, other, 1e-3)
