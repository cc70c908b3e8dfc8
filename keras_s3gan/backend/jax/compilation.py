"""JAX: compiled functions."""

import functools

import jax
import keras
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from keras_s3gan.backend.jax.devices import Devices
from keras_s3gan.backend.jax.stateless import _run


def compiled(function, variables):
    """See `keras_s3gan.backend.interface`."""
    variables = list(variables)

    @jax.jit
    def pure(values, inputs):
        return _run(function, inputs, variables, values)

    def call(*inputs):
        outputs, updates = pure([variable.value for variable in variables], inputs)
        for index, value in updates.items():
            variables[index].assign(value)
        return outputs

    return call


def data_parallel(function, variables):
    """See `keras_s3gan.backend.interface`."""
    if Devices.in_use is None:
        run = compiled(function, variables)
        return lambda *inputs: keras.tree.map_structure(
            keras.ops.convert_to_numpy, run(*inputs)
        ), 1
    variables = list(variables)
    mesh = Devices.in_use.mesh
    everywhere = NamedSharding(mesh, PartitionSpec())
    rows = NamedSharding(mesh, PartitionSpec(mesh.axis_names))

    @functools.partial(jax.jit, out_shardings=everywhere)
    def pure(values, inputs):
        return _run(function, inputs, variables, values)[0]

    # A value that stays is laid on all devices once.
    held = [(None, None)] * len(variables)

    def call(*inputs):
        for index, variable in enumerate(variables):
            if variable.value is not held[index][0]:
                held[index] = variable.value, _placed(variable.value, everywhere)
        values = [placed for _, placed in held]
        outputs = pure(values, [_placed(array, rows) for array in inputs])
        return jax.tree.map(np.asarray, outputs)

    return call, mesh.size


def _placed(array, sharding):
    """An array that every process has, laid on the devices of all."""
    if getattr(array, "sharding", None) == sharding:
        return array
    array = keras.ops.convert_to_numpy(array)
    return jax.make_array_from_callback(array.shape, sharding, lambda part: array[part])


def default_jit_compile() -> bool:
    """See `keras_s3gan.backend.interface`.

    XLA is what JAX is for, on every device.
    """
    return True
