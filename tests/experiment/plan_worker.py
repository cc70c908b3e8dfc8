"""A plan for the devices of this process, and what it is checked against, as JSON.

    KERAS_BACKEND=jax XLA_FLAGS=--xla_force_host_platform_device_count=4 \
        python -m tests.experiment.plan_worker RECIPE BATCH [NAME=VALUE ...]
"""

import dataclasses
import json
import math
import sys
from unittest import mock

import jax
import keras

from keras_s3gan.backend import jax_plan
from keras_s3gan.experiment import plan as planning
from keras_s3gan.experiment.build import build_gan
from keras_s3gan.experiment.recipe import resolve_recipe
from keras_s3gan.experiment.tpu_hardware import Chip, Slice


def slice_of(devices):
    chip = Chip(1, 1e12, 2**34, 1e11, 1e10, pod=devices, axes=1)
    return Slice("local", chip, devices)


def operations(call):
    """FLOPs of each convolution and each product in a call, for its first image.

    A convolution multiplies only where its kernel lies on the image.
    """
    found = []
    convolve, multiply = keras.layers.Conv2D.call, keras.layers.Dense.call

    def reached(size, kernel, outputs, stride):
        before = max((outputs - 1) * stride + kernel - size, 0) // 2
        return sum(
            0 <= place * stride + offset - before < size
            for place in range(outputs)
            for offset in range(kernel)
        )

    def convolved(layer, inputs):
        outputs = convolve(layer, inputs)
        height, width, channels, filters = layer.kernel.shape
        pairs = reached(inputs.shape[1], height, outputs.shape[1], layer.strides[0])
        pairs *= reached(inputs.shape[2], width, outputs.shape[2], layer.strides[1])
        found.append(2 * pairs * channels * filters)
        return outputs

    def multiplied(layer, inputs, **options):
        found.append(2 * math.prod(layer.kernel.shape))
        return multiply(layer, inputs, **options)

    with mock.patch.object(keras.layers.Conv2D, "call", convolved):
        with mock.patch.object(keras.layers.Dense, "call", multiplied):
            with keras.StatelessScope():
                jax.eval_shape(call)
    return found


def counted_flops(gan, batch):
    """FLOPs of the convolutions and products in a step, by what a step does."""
    rows = keras.ops.zeros((1, gan.num_classes))
    latents = keras.ops.zeros((1, gan.latent_dim))
    image = keras.ops.zeros((1, *gan.image_shape))
    generator = operations(lambda: gan.generator([latents, rows], training=True))
    discriminator = operations(lambda: gan.discriminator(image, training=True))
    updates = gan.discriminator_steps
    turned = 3 * (batch // gan.rotated_batch_fraction // 4)
    # Backwards once for what comes in and once for the kernel; nothing goes further
    # back than the first layer.
    to_images = 2 * sum(discriminator)
    to_kernels = 3 * sum(discriminator) - discriminator[0]
    return (
        updates * batch * sum(generator)
        + batch * (2 * sum(generator) - generator[0])
        + updates * 2 * (batch + turned) * to_kernels
        + (batch + turned) * to_images
    )


def main(recipe, batch, *bindings):
    resolved, batch = resolve_recipe(recipe, bindings), int(batch)
    devices = jax_plan.local_devices()
    gan = jax_plan.without_values(lambda: build_gan(resolved.settings))
    plan = planning.plan_step(resolved, gan, batch, slice_of(len(devices)), devices)
    real = build_gan(resolved.settings)
    values = {
        "weights": [*real.generator.variables, *real.discriminator_variables]
        + [v for v in real.discriminator.variables if not v.trainable]
        + [v for head in real.heads for v in head.variables if not v.trainable],
        "average": real.ema_generator.variables,
        "optimizer": real.optimizer.variables,
    }
    return {
        "parts": plan.parts,
        "compiled": dataclasses.asdict(plan.compiled),
        "rows": planning.plan_rows(plan),
        "counted_flops": counted_flops(real, batch),
        "value_bytes": {
            name: sum(variable.value.nbytes for variable in variables)
            for name, variables in values.items()
        },
        "normalizations": sum("gamma" in v.path for v in real.generator.variables),
        "trained_bytes": sum(v.value.nbytes for v in real.trainable_variables),
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
