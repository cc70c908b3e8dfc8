"""JAX: conditions and loops within a program."""

import jax
import keras
from jax.sharding import NamedSharding, PartitionSpec

from keras_s3gan.backend.jax.stateless import _run
from keras_s3gan.backend.jax.tracing import _elsewhere


def cond(condition, function, state=()):
    """See `keras_s3gan.backend.interface`."""
    fixed = [variable for variable in state if variable.trainable]
    moving = [variable for variable in state if not variable.trainable]
    fixed_values = [variable.value for variable in fixed]

    def taken(values):
        output, updates = _run(
            function, (), [*moving, *fixed], [*values, *fixed_values]
        )
        return output, [updates.get(i, value) for i, value in enumerate(values)]

    def skipped(values):
        return jax.numpy.zeros((), "float32"), values

    values = [variable.value for variable in moving]
    output, values = jax.lax.cond(condition, taken, skipped, values)
    for variable, value in zip(moving, values, strict=True):
        variable.assign(value)
    return output


def scan(function, inputs, state=()):
    """See `keras_s3gan.backend.interface`."""
    assigned = set()

    def body(values, part):
        _, updates = _run(function, (part,), state, values)
        assigned.update(updates)
        values = [updates.get(index, value) for index, value in enumerate(values)]
        return values, None

    # XLA counts what a loop costs once, and a plan is to count all of it.
    values, _ = jax.lax.scan(
        body,
        [variable.value for variable in state],
        jax.tree.map(_each_part_divided, inputs),
        unroll=_elsewhere.get() is not None,
    )
    for index in assigned:
        state[index].assign(values[index])


def _each_part_divided(parts):
    """Devices share each part, instead of having some parts and waiting for others."""
    mesh = _mesh()
    if mesh is None or parts.ndim < 2:
        return parts
    rows = NamedSharding(mesh, PartitionSpec(None, mesh.axis_names[0]))
    return jax.lax.with_sharding_constraint(parts, rows)


def _mesh():
    if _elsewhere.get() is not None:
        return _elsewhere.get()
    distribution = keras.distribution.distribution()
    return distribution and distribution.device_mesh.backend_mesh
