"""TensorFlow: variables change in place, tapes record."""

from keras import ops

from keras_s3gan.backend.tensorflow.arithmetic import moments, multiply_add
from keras_s3gan.backend.tensorflow.collectives import (
    replica_count,
    replica_mean,
    replica_part,
)
from keras_s3gan.backend.tensorflow.compilation import (
    compiled,
    default_jit_compile,
    make_deterministic,
    spread,
)
from keras_s3gan.backend.tensorflow.control_flow import repeat, run_if
from keras_s3gan.backend.tensorflow.convolutions import (
    convolution,
    transposed_convolution,
)
from keras_s3gan.backend.tensorflow.devices import Devices, default_device, undivided
from keras_s3gan.backend.tensorflow.gradients import input_gradient, no_gradient, vjp
from keras_s3gan.backend.tensorflow.layer_call import call
from keras_s3gan.backend.tensorflow.optimizers import apply_gradients, move_averages
from keras_s3gan.backend.tensorflow.resampling import average_pool, repeat_pixels
from keras_s3gan.backend.tensorflow.step import TrainStep

__all__ = [
    "Devices",
    "TrainStep",
    "apply_gradients",
    "average_pool",
    "call",
    "compiled",
    "convolution",
    "default_device",
    "default_jit_compile",
    "input_gradient",
    "make_deterministic",
    "moments",
    "move_averages",
    "multiply_add",
    "no_gradient",
    "ops",
    "repeat",
    "repeat_pixels",
    "replica_count",
    "replica_mean",
    "replica_part",
    "run_if",
    "spread",
    "transposed_convolution",
    "undivided",
    "vjp",
]
