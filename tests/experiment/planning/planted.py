"""A planted plan, and a process on JAX that makes real ones."""

import dataclasses
import os
import subprocess
import sys

from keras_s3gan.backend.jax.hlo import Collective
from keras_s3gan.backend.jax.plan import CompiledStep
from keras_s3gan.experiment.planning.plan import Plan
from keras_s3gan.experiment.planning.tpu_hardware import find_slice

DEVICES = 4


def run(*arguments, **environment):
    """A process on JAX, which may be another backend's than this one's."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path]),
            "KERAS_BACKEND": "jax",
            **environment,
        },
        capture_output=True,
        text=True,
    )


STEP = CompiledStep(
    devices=128,
    fits=True,
    total_bytes=2**33,
    available_bytes=None,
    lowering_seconds=1.0,
    compiling_seconds=2.0,
    argument_bytes=2**30,
    temporary_bytes=2**32,
    output_bytes=2**10,
    program_bytes=2**20,
    flops=61.5e12,
    bytes_accessed=45e9,
    collectives={"all-reduce": Collective(3, 10**9)},
)
PARTS = {"weights": 2**29, "average": 0, "optimizer": 2**29, "data": 2**20}


def make_plan(topology="v3:8x8x1", **changes):
    return Plan(
        recipe="some",
        slice=find_slice(topology),
        batch_size=2048,
        images=4096,
        steps=86400,
        dtype_policy="float32",
        parts=PARTS,
        layer_flops=78 * 10**14,
        compiled=dataclasses.replace(STEP, **changes),
    )
