"""The only room that imports JAX, TensorFlow or PyTorch.

The packages `jax`, `tensorflow` and `torch` have the same names, which `interface.py`
describes. The names of the package of `keras.backend.backend()` are imported here.
`value_and_grad`, `replica_gather`, `batched`, `own_rows` and `warn_of_startup` are
built on them.

`jax/plan.py` and `jax/hlo.py` exist for JAX only: steps compiled for other devices.
"""

import functools
import warnings
from typing import TYPE_CHECKING

import keras
import numpy as np

from keras_s3gan.backend.batched_function import BatchedFunction
from keras_s3gan.host_memory import keep_large_blocks

_NAME = keras.backend.backend()

if TYPE_CHECKING:  # each of the three is as it says
    from keras_s3gan.backend import interface as _backend
elif _NAME == "jax":
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
coarse = _backend.coarse
compiled = _backend.compiled
cond = _backend.cond
convolution = _backend.convolution
default_device = _backend.default_device
default_jit_compile = _backend.default_jit_compile
input_gradient = _backend.input_gradient
make_deterministic = _backend.make_deterministic
moments = _backend.moments
multiply_add = _backend.multiply_add
no_gradient = _backend.no_gradient
ops = _backend.ops
repeat_pixels = _backend.repeat_pixels
replica_count = _backend.replica_count
replica_mean = _backend.replica_mean
replica_part = _backend.replica_part
scan = _backend.scan
startup_problem = _backend.startup_problem
transposed_convolution = _backend.transposed_convolution
unsharded = _backend.unsharded
update_ema = _backend.update_ema
vjp = _backend.vjp


class TrainStep(_backend.TrainStep):
    """Mixin of a `keras.Model`: `fit` calls `step(data)` for each batch."""

    def make_train_function(self, force=False):
        keep_large_blocks()
        return super().make_train_function(force)


@functools.cache
def warn_of_startup():
    """Says once if a framework was imported before its settings could be made."""
    problem = startup_problem()
    if problem:
        warnings.warn(
            f"{problem}, because it was imported first: write `import keras_s3gan` "
            "before the other imports.",
            stacklevel=3,
        )


def batched(function, variables):
    """Compiles a function of independent rows.

    Args:
        function: callable over tensors `[N, …]` to a nest of tensors `[N, …]`. It
            assigns nothing.
        variables: list of all variables that it reads.

    Returns:
        A `BatchedFunction`, which takes any number of rows, in batches, on all devices.
    """
    keep_large_blocks()
    return BatchedFunction(*_backend.data_parallel(function, variables))


def own_rows(count):
    """The rows of a batch of `count` that this process passes to `fit`, in order.

    Raises:
        ValueError: if `count` is not a multiple of the number of devices.
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


def replica_gather(tensor):
    """The rows of all replicas, in the order from which `replica_part` takes them.

    Args:
        tensor: float, `[N, …]`. Gradients of all replicas flow back to it.

    Returns:
        `[N · replica_count(), …]`, the same on every replica.
    """
    count = replica_count()
    if count == 1:
        return tensor
    # Rows of zeros for those of the other replicas.
    own = replica_part(keras.ops.eye(count, dtype=tensor.dtype))
    own = keras.ops.reshape(own, (1, count, *[1] * (len(tensor.shape) - 1)))
    rows = keras.ops.reshape(
        own * keras.ops.expand_dims(tensor, 1), (-1, *tensor.shape[1:])
    )
    (mean,) = replica_mean(rows)
    return count * mean


def value_and_grad(function, variables, state=()):
    """Value and gradients of a scalar function of variables.

    Args:
        function: callable without arguments that returns `(loss, aux)`: a scalar,
            which is differentiated, and any nest of tensors, which is not.
        variables: list of Keras variables to differentiate with respect to.
        state: list of all other variables that `function` may read or assign. Its
            assignments are kept on every framework.

    Returns:
        `((loss, aux), gradients)`, one gradient per variable in `variables`.
    """
    loss, aux, pullback = vjp(function, variables=variables, state=state)
    _, gradients = pullback(keras.ops.ones_like(loss))
    return (loss, aux), gradients
