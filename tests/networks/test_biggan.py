"""BigGAN: the original's forward passes and gradients, habits."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.networks import BigGANDiscriminator, BigGANGenerator
from tests import compare_gan, golden
from tests.tolerance import assert_close

# What the original does and this package offers by argument.
ORIGINAL = {"scheme": "spectral", "iterate_at_inference": True}
TINY_GENERATOR = {
    "image_size": 32,
    "num_classes": 10,
    "latent_dim": 16,
    "base_channels": 8,
    "attention_blocks": (2,),
    "upsampling": "zero_insertion",
    "normalization": {"scheme": "conditional_batch", "unit_gain": False},
    "kernel_normalization": ORIGINAL,
}
TINY_DISCRIMINATOR = {
    "image_size": 32,
    "num_classes": 10,
    "base_channels": 8,
    "attention_blocks": (1,),
    "identity_shortcut": False,
    "kernel_normalization": ORIGINAL,
}


def states(model, network):
    return {
        compare_gan.original_name(v, network): v for v in model.non_trainable_variables
    }


def test_generator_of_the_original():
    arrays = golden.load("item5_biggan32_tiny.npz")
    generator = BigGANGenerator(**TINY_GENERATOR)
    used = compare_gan.assign(generator.weights, arrays, "generator")
    assert len(used) == len(set(used))
    inputs = [
        ops.convert_to_tensor(arrays["z"]),
        ops.convert_to_tensor(arrays["y_g"].astype("float32")),
    ]

    def forward():
        # The original's images are in [0, 1].
        images = (generator(inputs, training=True) + 1.0) / 2.0
        return ops.sum(ops.multiply(images, arrays["c_g"])), images

    def run():
        return backend.value_and_grad(
            forward, generator.trainable_variables, generator.non_trainable_variables
        )

    run = backend.compiled(run, generator.variables)
    (_, images), gradients = run()
    assert_close(images, arrays["G_train_1"])
    compared = 0
    for weight, gradient in zip(generator.trainable_variables, gradients, strict=True):
        name = compare_gan.original_name(weight, "generator")
        expected = arrays[f"G_grad_1/{name}"]
        # A bias in front of a batch normalization has no gradient but rounding.
        if np.abs(expected).max() > 1e-4:
            assert_close(gradient, expected, name=name)
            compared += 1
    assert compared > 30
    check_states(generator, arrays, "generator", "G_state_after_1/")
    (_, images), _ = run()
    assert_close(images, arrays["G_train_2"])
    check_states(generator, arrays, "generator", "G_state_after_2/")

    layers = [layer for layer in generator._flatten_layers() if accumulates(layer)]
    assert len(layers) == 7
    for layer in layers:
        layer.accumulates = True
    infer = backend.compiled(
        lambda latents, rows: (generator([latents, rows]) + 1.0) / 2.0,
        generator.variables,
    )
    for run in range(3):
        rows = np.eye(10, dtype="float32")[arrays["accumulate_labels"][run]]
        images = infer(arrays["accumulate_z"][run], rows)
        assert_close(images, arrays[f"G_accumulate_{run + 1}"], name=f"run {run}")
    for layer in layers:
        layer.accumulates = False
    infer = backend.compiled(
        lambda: (generator(inputs) + 1.0) / 2.0, generator.variables
    )
    assert_close(infer(), arrays["G_eval"])
    check_states(generator, arrays, "generator", "G_state_after_eval/")


def accumulates(layer):
    return hasattr(layer, "accumulates")


def check_states(model, arrays, network, prefix):
    found = states(model, network)
    compared = 0
    for name in compare_gan.names_of(arrays, prefix):
        if name.endswith("update_accus"):
            continue  # a switch there, an attribute here
        expected = arrays[prefix + name]
        if name.endswith("accu_counter") and expected < 0.5:
            expected = np.zeros(())  # 1e-12 there
        assert_close(found[name], np.reshape(expected, found[name].shape), name=name)
        compared += 1
    assert compared


def test_discriminator_of_the_original():
    arrays = golden.load("item5_biggan32_tiny.npz")
    discriminator = BigGANDiscriminator(**TINY_DISCRIMINATOR)
    compare_gan.assign(discriminator.weights, arrays, "discriminator")
    images = ops.convert_to_tensor(arrays["images"])
    rows = ops.convert_to_tensor(arrays["y_d"].astype("float32"))

    def forward():
        logits, features = discriminator(images, labels=rows, training=True)
        weighted = ops.mean(ops.multiply(features, arrays["c_features"]))
        return ops.sum(logits) + weighted, (logits, features)

    run = backend.compiled(
        lambda: backend.value_and_grad(
            forward,
            discriminator.trainable_variables,
            discriminator.non_trainable_variables,
        ),
        discriminator.variables,
    )
    for number in (1, 2):
        (_, (logits, features)), gradients = run()
        assert_close(logits, arrays[f"D_logit_{number}"])
        assert_close(features, arrays[f"D_features_{number}"])
        check_states(discriminator, arrays, "discriminator", f"D_state_after_{number}/")
        if number == 1:
            for weight, gradient in zip(
                discriminator.trainable_variables, gradients, strict=True
            ):
                name = compare_gan.original_name(weight, "discriminator")
                expected = arrays[f"D_grad_1/{name}"]
                if np.abs(expected).max() > 1e-4:
                    assert_close(gradient, expected, 4e-4, name=name)


@pytest.mark.parametrize(
    ("network", "kwargs", "message"),
    [
        (BigGANGenerator, {"image_size": 48}, "image_size=48"),
        (BigGANDiscriminator, {"image_size": 48}, "image_size=48"),
        (BigGANGenerator, {"image_size": 32, "latent_dim": 30}, "latent_dim=30"),
        (BigGANGenerator, {"image_size": 32, "attention_blocks": [4]}, "blocks=4"),
        (BigGANDiscriminator, {"image_size": 32, "attention_blocks": [0]}, "blocks=0"),
    ],
)
def test_wrong_arguments_are_named(network, kwargs, message):
    with pytest.raises(ValueError, match=message):
        network(**kwargs)
