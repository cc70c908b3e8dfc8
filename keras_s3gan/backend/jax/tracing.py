"""JAX: the devices that a program is traced for."""

import contextlib
import contextvars

# The mesh of devices that are not those of this process, or `None`.
target_mesh = contextvars.ContextVar("target_mesh", default=None)


@contextlib.contextmanager
def traced_for(mesh):
    """A context in which programs are traced for the devices of a mesh.

    Args:
        mesh: `jax.sharding.Mesh` with one axis.
    """
    token = target_mesh.set(mesh)
    try:
        yield
    finally:
        target_mesh.reset(token)
