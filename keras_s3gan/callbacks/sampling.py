import numpy as np

# Without classes a picture still has rows.
_ROWS_WITHOUT_CLASSES = 10


def row_count(gan):
    """How many rows a picture of `gan` has: one a class."""
    return gan.num_classes or _ROWS_WITHOUT_CLASSES


def row_labels(gan, class_names=None):
    """What to write beside the rows: the classes' names, nothing without classes."""
    if gan.num_classes is None:
        return []
    return list(class_names or range(gan.num_classes))


def generate_rows(gan, latents):
    """Images of each class for latents `[rows, columns, latent_dim]`.

    Returns:
        float32 `[rows, columns, H, W, C]` in `[-1, 1]`.
    """
    rows, columns = latents.shape[:2]
    return _generate(gan, rows, columns, latents=latents.reshape(rows * columns, -1))


def sample_rows(gan, columns, seed=0, truncation=None):
    """Random samples, a row a class: float32 `[rows, columns, H, W, C]`."""
    return _generate(gan, row_count(gan), columns, seed=seed, truncation=truncation)


def _generate(gan, rows, columns, **settings):
    labels = np.repeat(np.arange(rows, dtype="int32"), columns)
    # A model without classes is told how many images, not which.
    asked = len(labels) if gan.num_classes is None else labels
    images = gan.generate(asked, **settings)
    return images.reshape(rows, columns, *gan.image_shape)
