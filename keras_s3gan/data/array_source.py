"""Images that are already in memory."""

import hashlib

import numpy as np
from numpy.typing import ArrayLike

from keras_s3gan.data.source import Record
from keras_s3gan.validation import check_images, check_integer, check_labels


class ArraySource:
    """A source over NumPy arrays.

    Args:
        images: `[N, H, W, C]` or `[N, H, W]`, C = 1 or 3, uint8 or floats in `[-1, 1]`.
        labels: integers `[N]`, with -1 for "no label". `None`: no image has a label.
        num_classes: int. Defaults to the largest label + 1, or to `None` if no image
            has a label.
        name: str. The name used in messages.

    Raises:
        ValueError: if an image or a label is out of range or NaN, or if the numbers of
            images and labels differ.

    Example:
        >>> source = ArraySource(np.zeros((4, 28, 28), "uint8"), [0, 1, -1, -1])
        >>> source.num_classes
        2
    """

    class_names: list[str] | None = None

    def __init__(
        self,
        images: ArrayLike,
        labels: ArrayLike | None = None,
        num_classes: int | None = None,
        name: str = "array",
    ) -> None:
        images = np.asarray(images)
        if images.ndim == 3:
            images = images[..., np.newaxis]
        if images.ndim != 4:
            raise ValueError(
                "`images` must be [N, H, W, C] or [N, H, W]. "
                f"Received: shape={images.shape}"
            )
        check_images(images)
        if num_classes is not None:
            check_integer("num_classes", num_classes, 1)
            num_classes = int(num_classes)
        if labels is None:
            labels = np.full(len(images), -1)
        elif np.ndim(labels) != 1:
            raise ValueError(
                "`labels` of a source must be integers [N]. Pass soft labels to "
                f"`batches`. Received: shape={np.shape(labels)}"
            )
        self._labels = check_labels(labels, len(images), num_classes)
        if num_classes is None and self._labels.max() >= 0:
            num_classes = int(self._labels.max()) + 1
        self.images = images
        self.num_classes: int | None = num_classes
        self.name = name

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Record:
        return {"image": self.images[index], "label": int(self._labels[index])}

    def labels(self) -> np.ndarray:
        return self._labels.copy()

    def short_sides(self) -> np.ndarray:
        return np.full(len(self), min(self.images.shape[1:3]))

    def fingerprint(self) -> str:
        """Returns a SHA-256 of images, labels and number of classes."""
        header = f"{self.images.dtype} {self.images.shape} {self.num_classes}"
        digest = hashlib.sha256(header.encode())
        digest.update(np.ascontiguousarray(self.images).data)
        digest.update(self._labels.data)
        return digest.hexdigest()
