"""Pictures of interpolations between latents."""

from keras_s3gan.callbacks.pictures import image_grid
from keras_s3gan.callbacks.sampling import generate_rows, row_count, row_labels
from keras_s3gan.models.interpolation import interpolate_latents


def interpolation_rows(gan, columns=8, seed=0, kind=None):
    """Generates images of interpolations between two random latents of each class.

    Args:
        gan: the model.
        columns: int. Number of images per row, both ends included.
        seed: int. Seed of the ends.
        kind: see `interpolate_latents`, or `None` for what fits the model's latents.

    Returns:
        float32 `[rows, columns, H, W, C]` in `[-1, 1]`, one row per class.

    Example:
        >>> interpolation_rows(gan, columns=5).shape
        (10, 5, 32, 32, 1)
    """
    ends = gan.sample_latents(2 * row_count(gan), seed=seed)
    start, end = ends[::2], ends[1::2]
    if kind is None:
        return generate_rows(gan, gan.interpolate_latents(start, end, columns))
    return generate_rows(gan, interpolate_latents(start, end, columns, kind))


def draw_interpolation(
    gan, path, columns=8, seed=0, kind=None, class_names=None, scale=2
):
    """Draws the images of `interpolation_rows` to a PNG file.

    Args:
        gan: the model.
        path: str or `Path` of the PNG file.
        columns, seed, kind: as in `interpolation_rows`.
        class_names: list of str, written beside the rows. Defaults to class numbers.
        scale: int. Each pixel becomes `scale x scale` pixels.

    Returns:
        A `PIL.Image.Image`.

    Raises:
        ValueError: as `interpolate_latents`.

    Example:
        >>> picture = draw_interpolation(gan, "interpolation.png", columns=5)
    """
    images = interpolation_rows(gan, columns, seed, kind)
    return image_grid(images, path, scale, row_labels=row_labels(gan, class_names))
