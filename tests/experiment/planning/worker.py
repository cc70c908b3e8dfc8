"""A plan for the devices of this process, and what it is checked against, as JSON.

    KERAS_BACKEND=jax XLA_FLAGS=--xla_force_host_platform_device_count=4 \
        python -m tests.experiment.planning.worker RECIPE BATCH [NAME=VALUE ...]
"""

import dataclasses
import json
import sys

from keras_s3gan.backend.jax import plan as jax_plan
from keras_s3gan.experiment.planning.compiling import plan_step
from keras_s3gan.experiment.planning.tables import plan_rows
from keras_s3gan.experiment.planning.tpu_hardware import Chip, Slice
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.build import build_gan


def slice_of(devices):
    chip = Chip(1, 1e12, 2**34, 1e11, 1e10, pod=devices, axes=1)
    return Slice("local", chip, devices)


def main(recipe, batch, *bindings):
    resolved, batch = resolve_recipe(recipe, bindings), int(batch)
    devices = jax_plan.local_devices()
    gan = jax_plan.without_values(lambda: build_gan(resolved.settings))
    plan = plan_step(resolved, gan, batch, slice_of(len(devices)), devices)
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
        "rows": plan_rows(plan),
        "layer_flops": plan.layer_flops,
        "value_bytes": {
            name: sum(variable.value.nbytes for variable in variables)
            for name, variables in values.items()
        },
        "normalizations": sum("gamma" in v.path for v in real.generator.variables),
        "trained_bytes": sum(v.value.nbytes for v in real.trainable_variables),
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
