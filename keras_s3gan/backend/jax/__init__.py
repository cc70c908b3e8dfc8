"""JAX: no side effects, so that state is passed through stateless scopes."""

from keras import ops

from keras_s3gan.backend.jax.arithmetic import coarse, moments, multiply_add
from keras_s3gan.backend.jax.collectives import (
    replica_count,
    replica_mean,
    replica_part,
)
from keras_s3gan.backend.jax.compilation import (
    compiled,
    data_parallel,
    default_jit_compile,
)
from keras_s3gan.backend.jax.control_flow import cond, scan
from keras_s3gan.backend.jax.convolutions import convolution, transposed_convolution
from keras_s3gan.backend.jax.devices import (
    Devices,
    default_device,
    make_deterministic,
    unsharded,
)
from keras_s3gan.backend.jax.gradients import input_gradient, no_gradient, vjp
from keras_s3gan.backend.jax.layer_call import call
from keras_s3gan.backend.jax.optimizers import apply_gradients, update_ema
from keras_s3gan.backend.jax.resampling import average_pool, repeat_pixels
from keras_s3gan.backend.jax.startup import startup_problem
from keras_s3gan.backend.jax.step import TrainStep

__all__ = [
    "Devices",
    "TrainStep",
    "apply_gradients",
    "average_pool",
    "call",
    "coarse",
    "compiled",
    "cond",
    "convolution",
    "data_parallel",
    "default_device",
    "default_jit_compile",
    "input_gradient",
    "make_deterministic",
    "moments",
    "multiply_add",
    "no_gradient",
    "ops",
    "repeat_pixels",
    "replica_count",
    "replica_mean",
    "replica_part",
    "scan",
    "startup_problem",
    "transposed_convolution",
    "unsharded",
    "update_ema",
    "vjp",
]
