"""R3GAN's networks: numbers of parameters, values, and a step of its training."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.models import GAN
from keras_s3gan.networks import ModernDiscriminator, ModernGenerator
from keras_s3gan.penalties import squared_gradient_norms
from tests.networks import modern_reference
from tests.once import once
from tests.tolerance import assert_close

SMALL = {"channels": 1, "width": 4, "cardinality": 2, "blocks_per_resolution": 1}


def scattered(model):
    """The model with weights whose branches, which start at zero, have a part."""
    random = np.random.default_rng(1)
    for weight in model.trainable_variables:
        deviation = np.prod(weight.shape[:-1]) ** -0.5
        weight.assign(deviation * random.standard_normal(weight.shape))
    return model


def block_parameters(channels, groups):
    hidden = 2 * channels
    biases = 2 * hidden
    return (
        channels * hidden + 9 * hidden * hidden // groups + hidden * channels + biases
    )


@once("numbers of parameters are of shapes alone")
@pytest.mark.parametrize(
    ("size", "widths", "groups"),
    [(8, (16, 16), (4, 4)), (128, (16,) * 4 + (8, 4), (4,) * 4 + (2, 1))],
)
@pytest.mark.parametrize("num_classes", [None, 3])
def test_numbers_of_parameters(size, widths, groups, num_classes):
    shared = {"image_size": size, "width": 16, "cardinality": 4}
    blocks = sum(
        2 * block_parameters(*pair) for pair in zip(widths, groups, strict=True)
    )
    changes = sum(a * b for a, b in itertools.pairwise(widths) if a != b)
    common = blocks + changes + 3 * widths[-1] + 16 * widths[0]
    generator = ModernGenerator(
        num_classes=num_classes, latent_dim=7, embedding_dim=5, **shared
    )
    embedding = 0 if num_classes is None else 5 * num_classes
    inputs = 7 if num_classes is None else 7 + 5
    assert generator.count_params() == common + embedding + inputs * widths[0]
    discriminator = ModernDiscriminator(num_classes=num_classes, **shared)
    projection = 0 if num_classes is None else num_classes * widths[0]
    assert discriminator.count_params() == common + widths[0] + projection


def outputs_of(model, *inputs):
    call = backend.compiled(lambda *inputs: model(*inputs), model.variables)
    return call(*inputs)


def test_values():
    random = np.random.default_rng(0)
    labels = np.eye(3, dtype="float32")[[2, 0]]
    generator = scattered(ModernGenerator(8, num_classes=3, latent_dim=5, **SMALL))
    latents = random.standard_normal((2, 5)).astype("float32")
    images = ops.convert_to_numpy(outputs_of(generator, [latents, labels]))
    expected = modern_reference.generator_outputs(generator, latents, labels)
    assert np.abs(expected).max() > 0.1
    assert_close(images, expected, 1e-5)
    discriminator = scattered(ModernDiscriminator(8, num_classes=3, **SMALL))
    found = outputs_of(discriminator, images, labels)
    expected = modern_reference.discriminator_outputs(discriminator, expected, labels)
    for ours, theirs in zip(found, expected, strict=True):
        assert_close(ours, theirs, 1e-5)


@once("test_grouped_convolutions.py has gradients of gradients on each")
def test_the_gradient_that_r1_penalizes():
    """Differences of the NumPy network's logits, pixel by pixel."""
    discriminator = scattered(ModernDiscriminator(8, **SMALL))
    images = np.random.default_rng(2).uniform(-1, 1, (2, 8, 8, 1))
    expected = np.zeros(2)
    for row, column in np.ndindex(8, 8):
        moved = []
        for step in (1e-6, -1e-6):
            near = images.copy()
            near[:, row, column] += step
            moved.append(
                modern_reference.discriminator_outputs(discriminator, near, None)[0]
            )
        expected += ((moved[0] - moved[1])[:, 0] / 2e-6) ** 2
    found = squared_gradient_norms(
        discriminator, ops.convert_to_tensor(images.astype("float32"))
    )
    assert_close(found, expected, 1e-4)


def test_steps_of_training_move_every_weight():
    shared = {"image_size": 8, "num_classes": 3, **SMALL}
    gan = GAN(
        ModernGenerator(latent_dim=4, **shared),
        ModernDiscriminator(**shared),
        penalty="r1_r2",
        seed=0,
    )
    gan.compile(
        *(keras.optimizers.Adam(1e-3, 0.0, 0.99) for _ in range(2)),
        loss="relativistic_paired",
    )
    before = [ops.convert_to_numpy(v) for v in gan.trainable_variables]
    random = np.random.default_rng(0)
    images = random.uniform(-1, 1, (12, 8, 8, 1)).astype("float32")
    logs = gan.fit(images, random.integers(3, size=12), batch_size=4, verbose=0).history
    assert np.isfinite([*logs.values()]).all()
    assert logs["penalty"][0] > 0
    for old, variable in zip(before, gan.trainable_variables, strict=True):
        assert np.any(old != ops.convert_to_numpy(variable)), variable.path


@pytest.mark.parametrize(
    "kwargs",
    [
        {"width": 0},
        {"width": 12, "cardinality": 5},
        {"image_size": 64, "width": 7, "cardinality": 1},
        {"image_size": 64, "width": 28, "cardinality": 7},
        {"cardinality": 0},
        {"blocks_per_resolution": 0},
    ],
    ids=str,
)
def test_widths_that_do_not_divide_are_named(kwargs):
    name = [*kwargs][-1]
    for make in (ModernGenerator, ModernDiscriminator):
        with pytest.raises(ValueError, match=f"{name}={kwargs[name]}$"):
            make(**{"width": 8, "cardinality": 2, **kwargs})
