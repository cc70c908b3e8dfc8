"""Images that are there more than once."""

import numpy as np


def without_duplicates(
    images: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Keeps the first of all images with the same pixels.

    A second copy could be held out, or lose its label, while the first is trained on.

    Args:
        images: `[N, ...]`, any dtype.
        labels: `[N]`.

    Returns:
        The images that are kept and their labels, in the same order.

    Example:
        >>> images, labels = without_duplicates(images, labels)
    """
    first: dict[bytes, int] = {}
    for index, image in enumerate(images):
        first.setdefault(image.tobytes(), index)
    kept = list(first.values())
    return images[kept], labels[kept]
