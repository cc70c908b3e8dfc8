"""`Evaluation`: losses on held-out images, which leave the model as it was."""

import keras
import numpy as np
import pytest

from keras_s3gan.models import ACGAN, GAN, OSSGAN, SSGAN, InfoGAN, ReACGAN
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from tests.models.small import (
    CLASSES,
    LATENT,
    SIZE,
    assert_same,
    compiled_gan,
    data,
    values,
)
from tests.once import once
from tests.tolerance import assert_close

# Names of values that are no part of what is learned.
PENALTIES = {"penalty", "generator_penalty"}


def put_back(gan, before):
    for path, variable in gan.state_variables:
        variable.assign(before[path])


def hinge_losses(gan, images, labels):
    """Both losses of a plain GAN in inference mode, on all images at once."""
    latents, classes = np.random.default_rng(0).spawn(2)
    latents = gan.sample_latents(len(images), latents)
    fake_labels = classes.integers(CLASSES, size=len(images))
    fakes = gan.generate(fake_labels, latents, averaged=False)
    real_logits = gan.discriminate(images, labels)
    fake_logits = gan.discriminate(fakes, fake_labels)
    discriminator = np.maximum(0, 1 - real_logits) + np.maximum(0, 1 + fake_logits)
    return discriminator.mean(), -fake_logits.mean()


def test_validation_changes_nothing_and_says_what_the_losses_are():
    """With power iteration at inference, which `evaluate` must undo."""
    shared = {"image_size": SIZE, "channels": 1, "num_classes": CLASSES}
    normalization = {"scheme": "spectral", "iterate_at_inference": True}
    gan = GAN(
        SmallGenerator(latent_dim=LATENT, base_channels=2, **shared),
        SmallDiscriminator(
            base_channels=2, kernel_normalization=normalization, **shared
        ),
        seed=0,
    )
    gan.compile(*[keras.optimizers.Adam(1e-3) for _ in range(2)])
    images, labels = data(37, labelled=1.0)
    train, held_out = (images[:16], labels[:16]), (images[16:], labels[16:])
    start = values(gan)
    gan.fit(*train, batch_size=8, epochs=2, verbose=0)
    expected = values(gan)
    put_back(gan, start)
    history = gan.fit(
        *train,
        batch_size=8,
        epochs=2,
        verbose=0,
        validation_data=held_out,
        validation_batch_size=16,
    ).history
    assert_same(values(gan), expected)
    assert set(history) == {*gan.metric_names, *(f"val_{n}" for n in gan.metric_names)}

    found = gan.evaluate(*held_out, batch_size=16, verbose=0, return_dict=True)
    assert found == {name: history[f"val_{name}"][-1] for name in gan.metric_names}
    assert gan.evaluate(*held_out, batch_size=16, verbose=0) == [*found.values()]
    assert_close(np.array([*found.values()]), hinge_losses(gan, *held_out), 2e-3)
    assert_same(values(gan), expected)


KINDS = [
    {},
    {"predictor": None, "self_supervision": None, "loss": "relativistic_average_hinge"},
    {"penalty": "wasserstein_gradient_penalty", "generator_penalty": "orthogonal"},
    {"num_classes": None},
    {"model": SSGAN, "num_classes": None, "rotated_batch_size": 8},
    {"model": ACGAN, "projection": False},
    {"model": OSSGAN},
    {"model": ReACGAN, "projection": False, "embedding_dim": 6},
    {
        "model": InfoGAN,
        "num_classes": None,
        "categorical_codes": (2,),
        "continuous_codes": 1,
    },
]


@once("S3GAN is evaluated on each, test_validation_changes_nothing…")
@pytest.mark.parametrize("kwargs", KINDS, ids=str)
def test_every_model_is_evaluated(kwargs):
    """A last batch of a size that no training batch could have."""
    gan = compiled_gan(**kwargs)
    gan.fit(*data(16), batch_size=8, verbose=0)
    before = values(gan)
    images, labels = data(19)
    found = gan.evaluate(images, labels, batch_size=8, verbose=0, return_dict=True)
    assert [*found] == [n for n in gan.metric_names if n not in PENALTIES]
    assert np.isfinite([*found.values()]).all()
    assert_same(values(gan), before)
    batches = ((images[i : i + 8], labels[i : i + 8]) for i in (0, 8, 16))
    again = gan.evaluate(batches, verbose=0, return_dict=True)
    assert again == found


@once("sums and weights are added up by NumPy")
def test_means_over_labelled_images_do_not_depend_on_the_batches():
    gan = compiled_gan()
    images, labels = data(19)
    found = gan.evaluate(images, labels, batch_size=4, verbose=0, return_dict=True)
    whole = gan.test_on_batch(images, labels, return_dict=True)
    for name in set(whole) - {"discriminator_loss"}:
        assert found[name] == pytest.approx(whole[name], abs=1e-4), name
    right = gan.predict_labels(images) == labels
    assert found["class_accuracy"] == pytest.approx(right[labels >= 0].mean())
    assert found["label_fraction"] == pytest.approx((labels >= 0).mean())
    assert gan.evaluate(images, labels, batch_size=4, steps=1, verbose=0) == (
        gan.test_on_batch(images[:4], labels[:4])
    )
