"""What a program is traced for."""

import contextlib
import contextvars

_elsewhere = contextvars.ContextVar("elsewhere", default=None)


@contextlib.contextmanager
def traced_for(mesh):
    """What is traced within is for the devices of a mesh, wherever it is traced.

    Args:
        mesh: `jax.sharding.Mesh` with one axis.
    """
    token = _elsewhere.set(mesh)
    try:
        yield
    finally:
        _elsewhere.reset(token)
