"""Noise on labels, and the transition from an unconditional to a conditional GAN."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.models import ACGAN, GAN, S3GAN, Batch, rare_class_noise
from tests.models.small import CLASSES, SIZE, compiled_gan, data, make_gan
from tests.once import once
from tests.tolerance import assert_close

TRANSITION = {"conditional_start": 2, "conditional_full": 6}


def losses(gan, step, labels=(0, 1, 2, 0)):
    """Both losses at a step, of images and labels that are the same each time."""
    gan.steps.assign(step)
    images = np.random.default_rng(0).uniform(-1, 1, (2, 4, SIZE, SIZE, 1))
    rows = ops.convert_to_tensor(np.eye(CLASSES, dtype="float32")[list(labels)])
    real, fake = (
        Batch(ops.convert_to_tensor(x.astype("float32")), rows) for x in images
    )
    before = [ops.convert_to_numpy(v) for v in gan.variables]
    pair = [gan.discriminator_loss(real, fake)[0], gan.generator_loss(fake, real)[0]]
    for variable, value in zip(gan.variables, before, strict=True):
        variable.assign(value)
    return np.array([float(ops.convert_to_numpy(loss)) for loss in pair])


def with_projections(**kwargs):
    gan = compiled_gan(**kwargs)
    for index, head in enumerate(
        (gan.discriminator.class_projection, gan.given_label_projection)
    ):
        for variable in head.trainable_variables if head else []:
            random = np.random.default_rng(index)
            variable.assign(random.normal(size=variable.shape))
    return gan


def test_classes_count_linearly_more():
    gan = make_gan(model=GAN, **TRANSITION)
    found = []
    for step in (0, 2, 3, 6, 9):
        gan.steps.assign(step)
        found.append(float(ops.convert_to_numpy(gan.conditional_weight)))
    assert found == [0.0, 0.0, 0.25, 1.0, 1.0]


@pytest.mark.parametrize(
    "kwargs",
    [
        {"loss": "non_saturating", "penalty": "r1"},
        {
            "loss": "relativistic_paired",
            "penalty": {"scheme": "lecam", "start_step": 0},
        },
        {"model": S3GAN, "predictor": None, "project_given_labels": True},
    ],
    ids=["penalty of labels", "penalty of logits", "two projections"],
)
def test_the_loss_is_unconditional_first_then_both(kwargs):
    kwargs = {"model": GAN, "loss": "hinge", "self_supervision": None, **kwargs}
    if kwargs["model"] is GAN:
        del kwargs["self_supervision"]
    penalty = kwargs.pop("penalty", None)
    gan = with_projections(**kwargs, penalty=penalty, **TRANSITION)
    assert_close(losses(gan, 0, (0, 1, 2, 0)), losses(gan, 0, (2, 2, 0, 1)), 1e-6)
    assert abs(losses(gan, 6) - losses(gan, 6, (2, 2, 0, 1))).min() > 1e-3
    if penalty is not None:
        return
    conditional = with_projections(**kwargs)
    conditional.set_weights(gan.get_weights())
    expected = losses(gan, 0) + 0.25 * losses(conditional, 0)
    assert_close(losses(gan, 3), expected, 1e-5)


def test_the_generator_sees_classes_as_much():
    gan = compiled_gan(model=GAN, **TRANSITION)
    latents = np.repeat(gan.sample_latents(1), CLASSES, axis=0)
    labels = np.arange(CLASSES)
    for step, weight in ((0, 0.0), (3, 0.25), (6, 1.0)):
        gan.steps.assign(step)
        images = gan.generate(labels, latents)
        inputs = [latents, weight * np.eye(CLASSES, dtype="float32")]
        assert_close(images, gan.ema_generator(inputs), 1e-5)
        assert_close(gan(labels, latents), gan.ema_generator(inputs), 1e-5)
        assert (np.ptp(images, axis=0).max() > 1e-3) == (step > 0)
        drawn = gan._random_inputs(np.random.default_rng(0), 4)[1]
        np.testing.assert_array_equal(drawn.sum(axis=1), np.full(4, weight, "float32"))


def test_training_begins_as_that_of_an_unconditional_gan():
    gan = compiled_gan(model=GAN, **TRANSITION)
    gan.discriminator.class_projection.embedding.kernel_normalization = None
    classes = [*gan.discriminator.class_projection.trainable_variables]
    before = [ops.convert_to_numpy(variable).copy() for variable in classes]
    for _ in range(3):
        gan.train_on_batch(*data(8))
    for variable, value in zip(classes, before, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(variable), value)
    gan.train_on_batch(*data(8))
    assert any(
        np.any(ops.convert_to_numpy(variable) != value)
        for variable, value in zip(classes, before, strict=True)
    )


def test_an_auxiliary_classifier_waits():
    """Its loss on generated images is none, and with it what the generator is told."""
    gan = compiled_gan(model=ACGAN, projection=False, **TRANSITION)
    without = compiled_gan(
        model=ACGAN,
        projection=False,
        weight_class_loss_fake=0.0,
        weight_class_loss_generator=0.0,
    )
    without.set_weights(gan.get_weights())
    assert_close(losses(gan, 0), losses(without, 0), 1e-6)
    assert (losses(gan, 6) > losses(without, 6) + 1e-3).all()


def test_noise_has_the_deviation_of_its_class():
    gan = make_gan(model=GAN, class_noise=[0.0, 0.5, 2.0])
    rows = ops.convert_to_tensor(
        np.repeat(np.eye(CLASSES, dtype="float32"), 2000, axis=0)
    )
    noise = ops.convert_to_numpy(gan._noisy_labels(rows) - rows)
    found = noise.reshape(CLASSES, 2000, CLASSES).std(axis=1)
    # Six standard errors of a deviation of 2,000 numbers.
    expected = np.array([[0.0, 0.5, 2.0]] * CLASSES).T
    assert_close(found, expected, 0.1, elementwise=True)


def test_noise_is_there_in_training_alone():
    gans = [compiled_gan(model=GAN, class_noise=noise) for noise in (None, [9.0] * 3)]
    gans[1].set_weights(gans[0].get_weights())
    latents, rows = gans[0].sample_latents(3), np.eye(3, dtype="float32")
    inputs = ops.convert_to_tensor(latents), ops.convert_to_tensor(rows)
    images = [gan.generate([0, 1, 2], latents) for gan in gans]
    np.testing.assert_array_equal(*images)
    noisy = [
        ops.convert_to_numpy(backend.compiled(gan._generate, gan.variables)(*inputs))
        for gan in gans
    ]
    assert abs(noisy[0] - noisy[1]).max() > 0.1


@once("no framework takes part")
def test_rare_classes_have_more_noise():
    counts, alpha = [1, 5, 85, 2261], 0.99
    effective = [sum(alpha**k for k in range(count)) for count in counts]
    assert_close(
        np.array(rare_class_noise(counts, 0.5)), 0.5 / np.array(effective), 1e-9
    )
    for wrong in ({"scale": -1}, {"alpha": 1}):
        with pytest.raises(ValueError, match="Received: "):
            rare_class_noise(**{"counts": counts, "scale": 1.0, **wrong})
    with pytest.raises(ValueError, match="counts=0"):
        rare_class_noise([0], 1.0)


@once("no framework takes part")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"conditional_start": 3}, "conditional_full=None"),
        ({"conditional_start": -1, "conditional_full": 3}, "conditional_start=-1"),
        ({"conditional_start": 3, "conditional_full": 3}, "conditional_full=3"),
        ({**TRANSITION, "num_classes": None}, "num_classes=None"),
        ({"class_noise": [0.1] * 3, "num_classes": None}, "num_classes=None"),
        ({"class_noise": [0.1, 0.2]}, r"class_noise=\[0.1, 0.2\]"),
        ({"class_noise": [0.1, 0.2, -1]}, "class_noise=-1"),
    ],
)
def test_wrong_arguments(wrong, message):
    with pytest.raises(ValueError, match=f"Received: .*{message}"):
        make_gan(model=GAN, **wrong)
