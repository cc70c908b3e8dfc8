"""Which devices a program is traced for."""

import keras
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("of JAX alone", allow_module_level=True)

from keras_s3gan.backend.jax.tracing import target_mesh, traced_for


def test_the_mesh_is_known_within_and_forgotten_after_an_error():
    assert target_mesh.get() is None
    with pytest.raises(ZeroDivisionError):
        with traced_for("outer"):
            with traced_for("inner"):
                assert target_mesh.get() == "inner"
            assert target_mesh.get() == "outer"
            raise ZeroDivisionError
    assert target_mesh.get() is None
