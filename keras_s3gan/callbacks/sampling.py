"""Samples of all classes in rows and columns."""

import numpy as np

# Rows of a picture without classes.
_ROWS_WITHOUT_CLASSES = 10
# A thousand rows would be gigabytes of pixels.
_MOST_CLASSES = 20


def shown_classes(gan):
    """Returns the classes shown in a picture: all, or 20 evenly spaced ones."""
    count = min(gan.num_classes, _MOST_CLASSES)
    return np.linspace(0, gan.num_classes - 1, count).round().astype("int32")


def row_count(gan):
    """Returns the number of rows of a picture: one per class shown."""
    if gan.num_classes is None:
        return _ROWS_WITHOUT_CLASSES
    return len(shown_classes(gan))


def row_labels(gan, class_names=None):
    """Returns the texts beside the rows: names of classes; none without classes."""
    if gan.num_classes is None:
        return []
    names = class_names or range(gan.num_classes)
    return [names[label] for label in shown_classes(gan)]


def generate_rows(gan, latents):
    """Generates images of latents `[rows, columns, latent_dim]`, one class per row.

    Returns:
        float32 `[rows, columns, H, W, C]` in `[-1, 1]`.
    """
    rows, columns = latents.shape[:2]
    return _generate(gan, rows, columns, latents=latents.reshape(rows * columns, -1))


def sample_rows(gan, columns, seed=0, truncation=None):
    """Generates samples `[rows, columns, H, W, C]`, float32, one class per row."""
    return _generate(gan, row_count(gan), columns, seed=seed, truncation=truncation)


def _generate(gan, rows, columns, **settings):
    # A model without classes takes a number of images instead of labels.
    requested = rows * columns
    if gan.num_classes is not None:
        requested = np.repeat(shown_classes(gan), columns)
    images = gan.generate(requested, **settings)
    return images.reshape(rows, columns, *gan.image_shape)
