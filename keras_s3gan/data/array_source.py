"""Images that are already in memory."""

import hashlib

import numpy as np

from keras_s3gan.validation import check_images, check_integer, check_labels


class ArraySource:
    """A source over NumPy arrays.

    Args:
        images: `[N, H, W, C]` or `[N, H, W]`, C = 1 or 3, uint8 or floating point
            in `[-1, 1]`.
        labels: integers `[N]`, -1 meaning "no label". None: no image has a label.
        num_classes: int. Defaults to the largest label + 1, and to None where no
            image has a label.
        name: str. How messages call this source.

    Raises:
        ValueError: if an image or a label is out of range (NaN included), or if
            sizes do not match.

    Example:
        >>> source = ArraySource(np.zeros((4, 28, 28), "uint8"), [0, 1, -1, -1])
        >>> source.num_classes
        2
    """

    class_names = None

    def __init__(self, images, labels=None, num_classes=None, name="array"):
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
        if labels is None:
            labels = np.full(len(images), -1)
        elif np.ndim(labels) != 1:
            raise ValueError(
                "`labels` of a source must be integers [N]; pass soft labels to "
                f"`batches`. Received: shape={np.shape(labels)}"
            )
        self._labels = check_labels(labels, len(images), num_classes)
        if num_classes is None and self._labels.max() >= 0:
            num_classes = int(self._labels.max()) + 1
        self.images = images
        self.num_classes = num_classes
        self.name = name

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return {"image": self.images[index], "label": int(self._labels[index])}

    def labels(self):
        return self._labels.copy()

    def short_sides(self):
        return np.full(len(self), min(self.images.shape[1:3]))

    def fingerprint(self):
        """SHA-256 of images, labels and the number of classes."""
        header = f"{self.images.dtype} {self.images.shape} {self.num_classes}"
        digest = hashlib.sha256(header.encode())
        digest.update(np.ascontiguousarray(self.images))
        digest.update(self._labels)
        return digest.hexdigest()
