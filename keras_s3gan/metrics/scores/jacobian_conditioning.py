"""Conditioning of the Jacobian of a generator."""

from typing import NamedTuple

import numpy as np

from keras_s3gan.validation import check_finite


class JacobianConditioning(NamedTuple):
    """The result of `jacobian_conditioning`.

    Attributes:
        eigenvalues: `[N, latent]`, ascending: the eigenvalues of the metric tensors
            `J^T J`.
        log_determinant: `[N]`: the log-determinants of the metric tensors.
        log_condition_number: `[N]`: the logarithm of the largest over the smallest
            eigenvalue.
        mean_metric_tensor: `JacobianConditioning` of the mean of the metric tensors,
            with N = 1. Its own `mean_metric_tensor` is `None`.
    """

    eigenvalues: np.ndarray
    log_determinant: np.ndarray
    log_condition_number: np.ndarray
    mean_metric_tensor: "JacobianConditioning | None" = None


def jacobian_conditioning(jacobians):
    """Measures how evenly a generator responds to its latent variables.

    A singular metric tensor (a latent variable without effect, or fewer outputs than
    latent variables) has an infinite condition number and a log-determinant of minus
    infinity. The eigenvalues are the squared singular values of the Jacobian, which are
    more accurate than those of `J^T J`.

    Args:
        jacobians: `[N, outputs, latent]`: derivatives of the outputs at N latents, see
            `generator_jacobian`.

    Returns:
        `JacobianConditioning`, in float64.

    Raises:
        ValueError: if the shape is wrong or a value is not finite.

    Example:
        >>> jacobians = np.array([[[2.0, 0.0], [0.0, 1.0]]])
        >>> jacobian_conditioning(jacobians).log_condition_number.round(3)
        array([1.386])

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
    # The mean of the metric tensors is that of the stacked Jacobians.
    count, outputs, latent = jacobians.shape
    together = jacobians.reshape(1, count * outputs, latent) / np.sqrt(count)
    return _statistics(jacobians)._replace(mean_metric_tensor=_statistics(together))


def generator_jacobian(generate, latents, step=None):
    """Computes Jacobians of a generator by central differences.

    It works with a generator of any framework. It needs two calls per latent variable,
    each with all N latents. `jacobian_conditioning` also accepts Jacobians from
    automatic differentiation.

    Args:
        generate: callable from latents `[N, latent]` to outputs `[N, ...]`, each output
            of its own latent only: use the generator in inference mode.
        latents: floats `[N, latent]`.
        step: float. Defaults to the cube root of the machine epsilon of the latents'
            dtype, which balances rounding and curvature: 0.005 for float32.

    Returns:
        `[N, outputs, latent]`, float64.

    Raises:
        ValueError: if shapes are wrong or `step` is not positive.

    Example:
        >>> generator_jacobian(lambda z: z**2, np.ones((4, 3), "float32")).shape
        (4, 3, 3)
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
        # The difference after rounding to the latents' dtype.
        steps = ahead[:, index].astype("float64") - behind[:, index]
        change = _outputs(generate, ahead) - _outputs(generate, behind)
        columns.append(change / steps[:, None])
    return np.stack(columns, axis=-1)


def _outputs(generate, latents):
    outputs = np.asarray(generate(latents), "float64")
    if outputs.shape[:1] != latents.shape[:1]:
        raise ValueError(
            f"`generate` must return one output per latent, {len(latents)}. "
            f"Received: shape={outputs.shape}"
        )
    return outputs.reshape(len(latents), -1)


def _statistics(jacobians):
    count, outputs, latent = jacobians.shape
    singular = np.zeros((count, latent))
    values = np.linalg.svd(jacobians, compute_uv=False)
    singular[:, : min(outputs, latent)] = values
    # Smaller singular values are rounding errors of zero, as in a matrix rank.
    rounding = np.finfo("float64").eps * max(outputs, latent)
    singular[singular <= rounding * singular[:, :1]] = 0
    eigenvalues = singular[:, ::-1] ** 2
    with np.errstate(divide="ignore"):
        logarithms = np.log(eigenvalues)
    condition = np.full(count, np.inf)
    regular = eigenvalues[:, 0] > 0
    condition[regular] = logarithms[regular, -1] - logarithms[regular, 0]
    return JacobianConditioning(eigenvalues, logarithms.sum(axis=1), condition)
