import numpy as np

# Without classes a picture still has rows.
_ROWS_WITHOUT_CLASSES = 10
# A thousand rows are more than one looks at, and gigabytes of pixels.
_MOST_CLASSES = 20


def shown_classes(gan):
    """The classes that a picture has rows of: all, or an even choice of 20."""
    count = min(gan.num_classes, _MOST_CLASSES)
    return np.linspace(0, gan.num_classes - 1, count).round().astype("int32")


def row_count(gan):
    """How many rows a picture of `gan` has: one for each class that is shown."""
    if gan.num_classes is None:
        return _ROWS_WITHOUT_CLASSES
    return len(shown_classes(gan))


def row_labels(gan, class_names=None):
    """What to write beside the rows: the classes' names, nothing without classes."""
    if gan.num_classes is None:
        return []
    names = class_names or range(gan.num_classes)
    return [names[label] for label in shown_classes(gan)]


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
    # A model without classes is told how many images, not which.
    asked = rows * columns
    if gan.num_classes is not None:
        asked = np.repeat(shown_classes(gan), columns)
    images = gan.generate(asked, **settings)
    return images.reshape(rows, columns, *gan.image_shape)
