"""JAX: conditions and loops within a program."""

import jax
import keras
from jax.sharding import NamedSharding, PartitionSpec

from keras_s3gan.backend.jax.stateless import run_stateless
from keras_s3gan.backend.jax.tracing import target_mesh


def cond(condition, function, state=()):
    """See `keras_s3gan.backend.interface`."""
    constants = [variable for variable in state if variable.trainable]
    carried = [variable for variable in state if not variable.trainable]
    constant_values = [variable.value for variable in constants]

    def if_true(values):
        output, updates = run_stateless(
            function, (), [*carried, *constants], [*values, *constant_values]
        )
        return output, [updates.get(i, value) for i, value in enumerate(values)]

    def if_false(values):
        return jax.numpy.zeros((), "float32"), values

    values = [variable.value for variable in carried]
    output, values = jax.lax.cond(condition, if_true, if_false, values)
    for variable, value in zip(carried, values, strict=True):
        variable.assign(value)
    return output


def scan(function, inputs, state=()):
    """See `keras_s3gan.backend.interface`."""
    assigned = set()

    def body(values, slice_):
        _, updates = run_stateless(function, (slice_,), state, values)
        assigned.update(updates)
        values = [updates.get(index, value) for index, value in enumerate(values)]
        return values, None

    # XLA counts a loop's body once; a plan needs the cost of all iterations.
    values, _ = jax.lax.scan(
        body,
        [variable.value for variable in state],
        jax.tree.map(_shard_slices, inputs),
        unroll=target_mesh.get() is not None,
    )
    for index in assigned:
        state[index].assign(values[index])


def _shard_slices(tensor):
    """Distributes the rows of each slice, not the slices, over the devices."""
    mesh = _active_mesh()
    if mesh is None or tensor.ndim < 2:
        return tensor
    rows = NamedSharding(mesh, PartitionSpec(None, mesh.axis_names[0]))
    return jax.lax.with_sharding_constraint(tensor, rows)


def _active_mesh():
    if target_mesh.get() is not None:
        return target_mesh.get()
    distribution = keras.distribution.distribution()
    return distribution and distribution.device_mesh.backend_mesh
