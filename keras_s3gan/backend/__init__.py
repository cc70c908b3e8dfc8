"""The only room that knows a framework by name.

Each of the packages `jax`, `tensorflow` and `torch` offers the same few names; the one
that belongs to `keras.backend.backend()` is imported here. `jax/plan.py` stands apart:
what it compiles for other devices is compiled by JAX alone.

| name | what it does |
| --- | --- |
| `vjp` | run a function now, pull a cotangent back through it later |
| `value_and_grad` | loss, its parts and the gradients for variables |
| `input_gradient` | differentiable gradient with respect to an input (penalties) |
| `run_if` | a function that runs only in some steps |
| `repeat` | a function over one part of the data after the other |
| `convolution` | `keras.ops.conv` and a bias, fast within those two |
| `transposed_convolution` | `keras.ops.conv_transpose` that doubles, and a bias |
| `average_pool` | means over windows of 2x2 |
| `repeat_pixels` | doubles height and width |
| `moments` | means of inputs and of their squares |
| `multiply_add` | `inputs · scale + shift` |
| `call` | the call of a layer within that of another |
| `ops` | some of `keras.ops` for tensors alone, fast where they are small |
| `apply_gradients` | an optimizer's update of variables |
| `move_averages` | variables that follow others slowly |
| `replica_count` | how many replicas of data-parallel training run this program |
| `replica_part` | this replica's rows of what is drawn for all of them |
| `replica_mean` | tensors averaged over the replicas |
| `no_gradient` | context in which nothing is recorded |
| `compiled` | a function over variables, compiled the way the framework does it |
| `rowwise` | a function over rows, in batches, on all devices |
| `TrainStep` | mixin: wraps one stateful `step(data)` as Keras' `train_step` |
| `default_jit_compile` | whether XLA pays on the device at hand |
| `default_device` | the device at hand |
| `Devices` | several of them that share every batch |
| `own_rows` | which rows of a batch are this process' own |
| `undivided` | what is not shared even then |
| `make_deterministic` | ask the framework for reproducible kernels |
"""

import keras
import numpy as np

from keras_s3gan.backend.batched_function import Rowwise
from keras_s3gan.host_memory import keep_large_blocks

_NAME = keras.backend.backend()

if _NAME == "jax":
    from keras_s3gan.backend import jax as _backend
elif _NAME == "tensorflow":
    from keras_s3gan.backend import tensorflow as _backend
elif _NAME == "torch":
    from keras_s3gan.backend import torch as _backend
else:
    raise ValueError(
        "keras_s3gan runs on the Keras backends 'jax', 'tensorflow' and 'torch'. "
        f"Received: KERAS_BACKEND={_NAME}"
    )

Devices = _backend.Devices
apply_gradients = _backend.apply_gradients
average_pool = _backend.average_pool
call = _backend.call
compiled = _backend.compiled
convolution = _backend.convolution
default_device = _backend.default_device
default_jit_compile = _backend.default_jit_compile
make_deterministic = _backend.make_deterministic
moments = _backend.moments
move_averages = _backend.move_averages
multiply_add = _backend.multiply_add
no_gradient = _backend.no_gradient
ops = _backend.ops
transposed_convolution = _backend.transposed_convolution
undivided = _backend.undivided
vjp = _backend.vjp
input_gradient = _backend.input_gradient
replica_count = _backend.replica_count
replica_mean = _backend.replica_mean
replica_part = _backend.replica_part
repeat = _backend.repeat
repeat_pixels = _backend.repeat_pixels
run_if = _backend.run_if


class TrainStep(_backend.TrainStep):
    """Mixin of a `keras.Model`: `step(data)` is what `fit` does with a batch."""

    def make_train_function(self, force=False):
        keep_large_blocks()
        return super().make_train_function(force)


def rowwise(function, variables):
    """Compiles a function whose rows have nothing to do with each other.

    Args:
        function: callable over tensors `[N, …]` to a nest of tensors `[N, …]`. It
            assigns nothing.
        variables: list of every variable that it reads.

    Returns:
        A `Rowwise`, which takes any number of rows, in batches, on all devices.
    """
    keep_large_blocks()
    return Rowwise(*_backend.spread(function, variables))


def own_rows(count):
    """The rows of a batch of `count` that this process hands to `fit`, in order.

    Raises:
        ValueError: if devices are in use that cannot have as many rows each.
    """
    devices = Devices.in_use
    if devices is None:
        return np.arange(count)
    if count % devices.total:
        raise ValueError(
            f"A batch must be a multiple of the {devices.total} devices that share it. "
            f"Received: {count} images"
        )
    return devices.rows(count)


def value_and_grad(function, variables, state=()):
    """Value, parts and gradients of a scalar function of variables.

    Args:
        function: callable without arguments that returns `(loss, parts)`: a scalar and
            any nest of tensors.
        variables: list of Keras variables to differentiate with respect to.
        state: list of every other variable that `function` may read or assign. What
            it assigns is kept, on every framework.

    Returns:
        `((loss, parts), gradients)`, one gradient for each of `variables`.
    """
    loss, parts, pullback = vjp(function, variables=variables, state=state)
    _, gradients = pullback(keras.ops.ones_like(loss))
    return (loss, parts), gradients
