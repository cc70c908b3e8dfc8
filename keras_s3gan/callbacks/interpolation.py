import numpy as np

from keras_s3gan.callbacks.pictures import image_grid
from keras_s3gan.callbacks.sampling import generate_rows, row_count, row_labels
from keras_s3gan.validation import check_integer


def interpolate_latents(start, end, count, kind="spherical"):
    """Latents on the way from `start` to `end`, both included.

    Normal latents lie near a sphere: a straight line would cut through its empty
    inside, an arc stays where the generator was trained. Uniform latents fill a cube,
    where a straight line is right.

    Args:
        start: `[..., latent_dim]`.
        end: likewise.
        count: int, at least 2. Number of points.
        kind: `"spherical"` (normal latents) or `"linear"` (uniform latents).

    Returns:
        float32 `[..., count, latent_dim]`.

    Raises:
        ValueError: if shapes differ, or `count` or `kind` is not as above.

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
        # (Anti)parallel latents span no arc: go straight.
        arc = sine > 1e-6
        sine = np.where(arc, sine, 1)
        weights = tuple(
            np.where(arc, np.sin(weight * angle) / sine, weight) for weight in weights
        )
    return (weights[0] * start + weights[1] * end).astype("float32")


def interpolation_rows(gan, columns=8, seed=0, kind="spherical"):
    """Images on the way between two samples of each class.

    Args:
        gan: the model.
        columns: int. Images a row, both ends included.
        seed: int. Fixes the ends.
        kind: see `interpolate_latents`.

    Returns:
        float32 `[rows, columns, H, W, C]` in `[-1, 1]`, a row a class.
    """
    ends = gan.sample_latents(2 * row_count(gan), seed=seed)
    start, end = ends[::2], ends[1::2]
    return generate_rows(gan, interpolate_latents(start, end, columns, kind))


def draw_interpolation(
    gan, path, columns=8, seed=0, kind="spherical", class_names=None, scale=2
):
    """Draw `interpolation_rows` to a PNG; returns the picture."""
    images = interpolation_rows(gan, columns, seed, kind)
    return image_grid(images, path, scale, row_labels=row_labels(gan, class_names))
