from typing import NamedTuple

import numpy as np

from keras_s3gan.validation import check_finite


class JacobianConditioning(NamedTuple):
    """What `jacobian_conditioning` returns.

    Attributes:
        eigenvalues: `[N, latent]`, ascending, of the metric tensors `J^T J`.
        log_determinant: `[N]`, of the metric tensors.
        log_condition_number: `[N]`, logarithm of largest over smallest eigenvalue.
        mean_metric_tensor: the same three of the mean of the metric tensors, N = 1;
            `None` in itself.
    """

    eigenvalues: np.ndarray
    log_determinant: np.ndarray
    log_condition_number: np.ndarray
    mean_metric_tensor: "JacobianConditioning | None" = None


def jacobian_conditioning(jacobians):
    """How evenly a generator responds to the directions of its latent.

    Singular metric tensors (a latent that changes nothing, fewer outputs than latents)
    have an infinite condition number and a log-determinant of minus infinity. The
    eigenvalues are squared singular values of the Jacobians, which keep the digits that
    forming `J^T J` would lose.

    Args:
        jacobians: `[N, outputs, latent]`, derivatives of outputs at N latents; see
            `generator_jacobian`.

    Returns:
        `JacobianConditioning`, in float64.

    Raises:
        ValueError: if the shape is another one or a value is not finite.

    Reference:
        - Odena et al., 2018, https://arxiv.org/abs/1802.08768
    """
    jacobians = np.asarray(jacobians, "float64")
    if jacobians.ndim != 3 or not jacobians.size:
        raise ValueError(
            "`jacobians` must be [N, outputs, latent]. "
            f"Received: shape={jacobians.shape}"
        )
    check_finite(jacobians, "jacobians")
    # The mean of the tensors is the tensor of all outputs of all latents.
    count, outputs, latent = jacobians.shape
    together = jacobians.reshape(1, count * outputs, latent) / np.sqrt(count)
    return _statistics(jacobians)._replace(mean_metric_tensor=_statistics(together))


def generator_jacobian(generate, latents, step=None):
    """Jacobians of a generator, by central differences.

    They need nothing of the generator but its outputs, so that it may be of any
    framework, at the price of two calls a latent variable; each call has all N latents.
    Where automatic differentiation is at hand, `jacobian_conditioning` takes its result
    just as well.

    Args:
        generate: callable, latents `[N, latent]` to outputs `[N, ...]`. Rows must not
            depend on one another: the generator in inference mode.
        latents: `[N, latent]`.
        step: float. Defaults to the cube root of the rounding of the latents' dtype,
            which balances rounding and curvature: 0.005 in float32.

    Returns:
        `[N, outputs, latent]`, float64.

    Raises:
        ValueError: if shapes are others or `step` is not positive.
    """
    latents = np.asarray(latents)
    if latents.ndim != 2 or latents.dtype.kind != "f":
        raise ValueError(
            "`latents` must be floats [N, latent]. "
            f"Received: {latents.dtype} of shape={latents.shape}"
        )
    if step is None:
        step = float(np.cbrt(np.finfo(latents.dtype).eps))
    if not step > 0:
        raise ValueError(f"`step` must be above 0. Received: step={step}")
    columns = []
    for index in range(latents.shape[1]):
        ahead, behind = latents.copy(), latents.copy()
        ahead[:, index] += step
        behind[:, index] -= step
        # The steps as they came out in the latents' dtype.
        steps = ahead[:, index].astype("float64") - behind[:, index]
        change = _outputs(generate, ahead) - _outputs(generate, behind)
        columns.append(change / steps[:, None])
    return np.stack(columns, axis=-1)


def _outputs(generate, latents):
    outputs = np.asarray(generate(latents), "float64")
    if outputs.shape[:1] != latents.shape[:1]:
        raise ValueError(
            f"`generate` must return one output a latent, {len(latents)}. "
            f"Received: shape={outputs.shape}"
        )
    return outputs.reshape(len(latents), -1)


def _statistics(jacobians):
    count, outputs, latent = jacobians.shape
    singular = np.zeros((count, latent))
    values = np.linalg.svd(jacobians, compute_uv=False)
    singular[:, : min(outputs, latent)] = values
    # As in a matrix rank: what is smaller is the rounding of a zero.
    rounding = np.finfo("float64").eps * max(outputs, latent)
    singular[singular <= rounding * singular[:, :1]] = 0
    eigenvalues = singular[:, ::-1] ** 2
    with np.errstate(divide="ignore"):
        logarithms = np.log(eigenvalues)
    condition = np.full(count, np.inf)
    regular = eigenvalues[:, 0] > 0
    condition[regular] = logarithms[regular, -1] - logarithms[regular, 0]
    return JacobianConditioning(eigenvalues, logarithms.sum(axis=1), condition)
