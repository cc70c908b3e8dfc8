import keras
import numpy as np
import pytest

from keras_s3gan.metrics import generator_jacobian, jacobian_conditioning
from tests import golden
from tests.tolerance import assert_close


def check(found, stored, tensor):
    for ours, theirs in (
        (found.eigenvalues, "eigenvalues"),
        (found.log_determinant, "logdet"),
        (found.log_condition_number, "log_condition_number"),
    ):
        name = f"{tensor}/{theirs}"
        assert_close(ours, stored[name], 1e-10, name, elementwise=True)


def test_golden():
    stored = golden.load("item7_jacobian_conditioning.npz")
    found = jacobian_conditioning(stored["jacobian"])
    check(found, stored, "metric_tensor")
    check(found.mean_metric_tensor, stored, "mean_metric_tensor")


@pytest.mark.parametrize(("dtype", "error"), [("float32", 2e-4), ("float64", 1e-6)])
def test_golden_generator(dtype, error):
    stored = golden.load("item7_jacobian_conditioning.npz")
    first, second = stored["W1"].astype(dtype), stored["W2"].astype(dtype)

    def generate(z):
        return 1 / (1 + np.exp(-np.tanh(z @ first) @ second))

    found = generator_jacobian(generate, stored["z"].astype(dtype))
    assert_close(found, stored["jacobian"], error)


def test_keras_generator():
    dense = keras.layers.Dense(6)
    generator = keras.Sequential([keras.Input((3,)), dense])
    latents = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    found = generator_jacobian(
        lambda z: generator.predict(z, verbose=0).reshape(-1, 2, 3), latents
    )
    kernel = keras.ops.convert_to_numpy(dense.kernel)
    np.testing.assert_allclose(found, np.stack([kernel.T] * 4), atol=2e-4)


@pytest.mark.parametrize("shape", [(2, 3), (5, 3)])
def test_singular_jacobians(shape):
    jacobian = np.random.default_rng(0).normal(size=(1, *shape))
    jacobian[..., 2] = jacobian[..., 0] + jacobian[..., 1]
    found = jacobian_conditioning(jacobian)
    assert found.log_condition_number[0] == np.inf
    assert found.log_determinant[0] == -np.inf
    assert found.eigenvalues[0, 0] == 0 < found.eigenvalues[0, 1]


def test_rotations_and_scales():
    jacobian = np.random.default_rng(0).normal(size=(3, 7, 4))
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    expected = jacobian_conditioning(jacobian)
    found = jacobian_conditioning(10 * jacobian @ rotation)
    np.testing.assert_allclose(
        found.log_condition_number, expected.log_condition_number, rtol=1e-10
    )
    np.testing.assert_allclose(
        found.log_determinant, expected.log_determinant + 8 * np.log(10), rtol=1e-10
    )


def test_wrong_arguments():
    with pytest.raises(ValueError, match=r"\[N, outputs, latent\]"):
        jacobian_conditioning(np.ones((3, 4)))
    with pytest.raises(ValueError, match="finite"):
        jacobian_conditioning(np.full((1, 3, 4), np.nan))
    with pytest.raises(ValueError, match="int64 of shape"):
        generator_jacobian(lambda z: z, np.ones((2, 2), "int64"))
    with pytest.raises(ValueError, match="step=-1"):
        generator_jacobian(lambda z: z, np.ones((2, 2)), -1)
    with pytest.raises(ValueError, match="one output per latent, 2"):
        generator_jacobian(lambda z: z[:1], np.ones((2, 2)))
