"""Whole losses against the original: values, gradients and state."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import to_one_hot
from keras_s3gan.models import GAN, S3GAN, SSGAN, Batch
from keras_s3gan.networks import BigGANDiscriminator, BigGANGenerator
from tests import golden
from tests.compare_gan import (
    DISCRIMINATOR,
    GENERATOR,
    arrays_under,
    assign,
    model_range,
    original_name,
    unit_range,
)
from tests.networks.test_biggan import TINY_DISCRIMINATOR, TINY_GENERATOR
from tests.tolerance import assert_close

CASES = {
    "modulargan_bs8": (GAN, {}),
    # There the labels of rotated generated images are those of real ones; rotated
    # images are in no loss that looks at a label, here or there.
    "ssgan_bs8": (SSGAN, {"rotated_batch_size": 8}),
    "s3gan_hard": (S3GAN, {"predictor": "hard"}),
    "s3gan_soft": (S3GAN, {"predictor": "soft"}),
    "s3gan_nopred": (S3GAN, {"predictor": None}),
}
# Their names of values that we track; not every file has every one.
VALUES = {
    "d_loss": "discriminator_loss",
    "rotation_loss_real": "rotation_loss_real",
    "label_frac": "label_fraction",
    "class_loss_real": "class_loss",
    "g_loss": "generator_loss",
    "rotation_loss_fake": "rotation_loss_fake",
}


def naming(case):
    """The discriminator's names; S3GAN's projection on the class has its own."""
    if case.startswith("s3gan"):
        return DISCRIMINATOR._replace(projection="discriminator_projection")
    return DISCRIMINATOR


def build(arrays, case, **more):
    model, kwargs = CASES[case]
    gan = model(
        BigGANGenerator(**TINY_GENERATOR),
        BigGANDiscriminator(**TINY_DISCRIMINATOR),
        seed=0,
        **kwargs,
        **more,
    )
    gan.compile("sgd", "sgd")
    assign(gan.generator.weights, arrays, GENERATOR)
    weights = [*gan.discriminator.weights, *[w for h in gan.heads for w in h.weights]]
    assign(weights, arrays, naming(case))
    return gan, weights


@pytest.mark.parametrize("case", CASES)
def test_losses_gradients_and_state(case):
    arrays = golden.load(f"item6_{case}.npz")
    gan, weights = build(arrays, case)
    real = Batch(
        model_range(arrays["images"]),
        to_one_hot(arrays["labels"].astype("int32"), 10),
    )
    fake_labels_one_hot = to_one_hot(arrays["sampled_labels"].astype("int32"), 10)
    inputs = [ops.convert_to_tensor(arrays["z"]), fake_labels_one_hot]
    start = [ops.convert_to_numpy(v) for v in weights]

    def compute():
        """Both losses from one state, as one session.run of the original."""
        images, _, pull_to_generator = backend.vjp(
            lambda: (gan.generator(inputs, training=True), ()),
            variables=gan.generator.trainable_variables,
            state=gan.variables,
        )
        (_, of_discriminator), discriminator_gradients = backend.value_and_grad(
            lambda: gan.discriminator_loss(real, Batch(images, fake_labels_one_hot)),
            gan.discriminator_variables,
            gan.variables,
        )
        after = [ops.copy(v.value) for v in weights]
        for variable, value in zip(weights, start, strict=True):
            variable.assign(value)
        loss, of_generator, pull = backend.vjp(
            lambda images: gan.generator_loss(Batch(images, fake_labels_one_hot), real),
            [images],
            state=gan.variables,
        )
        (to_images,), _ = pull(ops.ones_like(loss))
        _, generator_gradients = pull_to_generator(to_images)
        values = {**of_discriminator, **of_generator}
        return images, values, discriminator_gradients, generator_gradients, after

    images, values, *gradients, after = backend.compiled(compute, gan.variables)()
    shown = arrays.get("generated", arrays.get("all_images", [])[11:])
    assert_close(unit_range(images[:4]), shown[:4], name="generated images")
    compare_values(values, arrays)
    for names, variables, found in (
        (naming(case), gan.discriminator_variables, gradients[0]),
        (GENERATOR, gan.generator.trainable_variables, gradients[1]),
    ):
        compare_gradients(variables, found, arrays, names)
    vectors = 0
    for variable, value in zip(weights, after, strict=True):
        name = original_name(variable, naming(case))
        if name.endswith("u_var"):
            assert_close(value, arrays[f"var_after/{name}"], name=name)
            vectors += 1
    assert vectors >= 15


def compare_values(values, arrays):
    for theirs in set(VALUES) & set(arrays):
        value = values[VALUES[theirs]]
        value = value[0] if isinstance(value, tuple) else value
        assert_close(value, arrays[theirs], name=theirs)


def compare_gradients(variables, gradients, arrays, names):
    prefix = f"{names.scope[0]}_grad/"
    compared = 0
    for variable, gradient in zip(variables, gradients, strict=True):
        name = original_name(variable, names)
        expected = arrays[prefix + name]
        # Biases in front of a batch normalization have no gradient but rounding.
        if np.abs(expected).max() > 1e-4:
            assert_close(gradient, expected, name=name)
            compared += 1
    assert compared > 20


def test_two_projections_of_the_original():
    """S3GAN's of imputed labels beside the architecture's own of the given ones.

    The latter adds its part to the original's logits, nothing without a label.
    """
    arrays = golden.load("item6_s3gan_hard.npz")
    theirs = "var/discriminator/embedding_fc/"
    embedding = arrays_under(golden.load("item6_modulargan_bs8.npz"), theirs)
    arrays |= {theirs + name: value for name, value in embedding.items()}
    gan, _ = build(arrays, "s3gan_hard", project_given_labels=True)
    images = (arrays["images"], arrays["all_images"][11:19])
    labels = [arrays[name].astype("int32") for name in ("labels", "sampled_labels")]
    real, fake = (
        Batch(model_range(each), to_one_hot(classes, 10))
        for each, classes in zip(images, labels, strict=True)
    )

    def logits_and_features():
        outputs = gan._discriminate(gan._discriminator_inputs(real.images), fake.images)
        imputed, _, _ = gan._impute_labels(real, outputs[0][1])
        batches = [real._replace(labels_one_hot=imputed), fake]
        logits = gan._conditional_logits(batches, [real, fake], outputs)
        return logits, [features[:8] for _, features in outputs]

    start = [ops.convert_to_numpy(variable) for variable in gan.variables]
    logits, features = backend.compiled(logits_and_features, gan.variables)()
    for variable, value in zip(gan.variables, start, strict=True):
        variable.assign(value)
    (_, values), _ = backend.compiled(
        lambda: backend.value_and_grad(
            lambda: gan.discriminator_loss(real, fake),
            gan.discriminator_variables,
            gan.variables,
        ),
        gan.variables,
    )()

    kernel = embedding["kernel"]
    right = kernel.T @ embedding["kernel/u_var"]
    left = kernel @ (right / np.linalg.norm(right))
    kernel = kernel / np.linalg.norm(left)
    rows = arrays["d_logits"][:8], arrays["d_logits"][11:19]
    expected = [
        theirs + np.sum(np.eye(11)[classes, :10] @ kernel * h, axis=1, keepdims=True)
        for theirs, classes, h in zip(
            rows, labels, map(ops.convert_to_numpy, features), strict=True
        )
    ]
    for found, value, name in zip(logits, expected, ("real", "fake"), strict=True):
        assert_close(found, value, name=f"logits, {name}")
    missing = labels[0] < 0
    assert 0 < missing.sum() < 8
    assert_close(ops.convert_to_numpy(logits[0])[missing], rows[0][missing])
    hinge = (
        np.maximum(0, 1 - expected[0]).mean() + np.maximum(0, 1 + expected[1]).mean()
    )
    parts = arrays["rotation_loss_real"] + arrays["class_loss_real"]
    assert_close(values["discriminator_loss"], hinge + parts, name="loss")
