"""Interpolation between latents."""

import numpy as np

from keras_s3gan.validation import check_integer


def interpolate_latents(start, end, count, kind="spherical"):
    """Interpolates latents from `start` to `end`, both included.

    Normal latents lie near a sphere. A straight line would pass through its inside,
    where the generator was not trained; an arc stays near the sphere. Uniform latents
    fill a cube, so linear interpolation is right.

    Args:
        start: `[..., latent_dim]`.
        end: likewise.
        count: int, at least 2. Number of latents.
        kind: `"spherical"` (normal latents) or `"linear"` (uniform latents).

    Returns:
        float32 `[..., count, latent_dim]`.

    Raises:
        ValueError: if shapes differ, or `count` or `kind` is not as above.

    Example:
        >>> interpolate_latents(np.zeros(64), np.ones(64), 8, "linear").shape
        (8, 64)

    Reference:
        - White, 2016, https://arxiv.org/abs/1609.04468
    """
    start, end = np.asarray(start, "float64"), np.asarray(end, "float64")
    if start.shape != end.shape:
        raise ValueError(
            "`start` and `end` must have the same shape. "
            f"Received: {start.shape} and {end.shape}"
        )
    check_integer("count", count, 2)
    if kind not in ("spherical", "linear"):
        raise ValueError(
            f"`kind` must be 'spherical' or 'linear'. Received: kind={kind}"
        )
    share = np.linspace(0, 1, count)[:, None]
    start, end = start[..., None, :], end[..., None, :]
    weights = (1 - share, share)
    if kind == "spherical":
        lengths = np.linalg.norm(start, axis=-1) * np.linalg.norm(end, axis=-1)
        cosine = (start * end).sum(-1) / np.maximum(lengths, 1e-12)
        angle = np.arccos(np.clip(cosine, -1, 1))[..., None]
        sine = np.sin(angle)
        # (Anti)parallel latents have no unique arc: interpolate linearly.
        arc = sine > 1e-6
        sine = np.where(arc, sine, 1)
        weights = tuple(
            np.where(arc, np.sin(weight * angle) / sine, weight) for weight in weights
        )
    return (weights[0] * start + weights[1] * end).astype("float32")
