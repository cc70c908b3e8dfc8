"""JAX: whether it started with the settings that it needs."""

import jax
import numpy as np
from jax import numpy as jnp

from keras_s3gan import environment


def startup_problem() -> str | None:
    """See `keras_s3gan.backend.interface`."""
    if not environment.came_late("jax") or jax.default_backend() != "cpu":
        return None
    if _sums_are_right():
        return None
    return "JAX computes some sums wrongly on this CPU"


def _sums_are_right():
    """Computes one of the products that jaxlib 0.10.2 gets wrong: the last row."""
    random = np.random.default_rng(0)
    matrix = random.normal(size=(3, 3)).astype("float32")
    rows = random.normal(size=(2**15 + 1, 3)).astype("float32")
    with jax.ensure_compile_time_eval():
        found = jax.jit(jax.vmap(lambda row: jnp.sum((matrix @ row) ** 2)))(rows)
    expected = np.square(rows.astype("float64") @ matrix.T).sum(axis=1)
    return bool(np.allclose(np.asarray(found), expected, rtol=1e-3))
