"""JAX: compiled functions."""

import functools

import jax
import keras
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from keras_s3gan.backend.jax.devices import Devices
from keras_s3gan.backend.jax.stateless import run_stateless


def compiled(function, variables):
    """See `keras_s3gan.backend.interface`."""
    variables = list(variables)

    @jax.jit
    def pure(values, inputs):
        return run_stateless(function, inputs, variables, values)

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
    replicated = NamedSharding(mesh, PartitionSpec())
    by_rows = NamedSharding(mesh, PartitionSpec(mesh.axis_names))

    @functools.partial(jax.jit, out_shardings=replicated)
    def pure(values, inputs):
        return run_stateless(function, inputs, variables, values)[0]

    # Copied to all devices again only if the value has changed.
    placed = [(None, None)] * len(variables)

    def call(*inputs):
        for index, variable in enumerate(variables):
            if variable.value is not placed[index][0]:
                placed[index] = variable.value, _place(variable.value, replicated)
        values = [value for _, value in placed]
        outputs = pure(values, [_place(array, by_rows) for array in inputs])
        return jax.tree.map(np.asarray, outputs)

    return call, mesh.size


def _place(array, sharding):
    """Puts an array that every process has on the devices of all processes."""
    if getattr(array, "sharding", None) == sharding:
        return array
    array = keras.ops.convert_to_numpy(array)
    return jax.make_array_from_callback(array.shape, sharding, lambda part: array[part])


def default_jit_compile() -> bool:
    """See `keras_s3gan.backend.interface`.

    JAX always compiles with XLA.
    """
    return True
