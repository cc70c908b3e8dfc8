"""The interface of an image source."""

from typing import Any, Protocol, TypedDict

import numpy as np


class Record(TypedDict):
    """One image of a source: uint8 `[H, W, C]`, and its label, -1 for none."""

    image: np.ndarray
    label: int


class Source(Protocol):
    """An indexed set of images.

    Optional members are `short_sides()`, the smaller of height and width of each image
    as integers `[len]`, read without decoding images; `crop`, how the images are
    cropped, see `crop_image`; `image_size`, the size of the cropped images;
    `passed_over()`, a dict from reasons to numbers of files that are not used; and
    `former_fingerprint()`, what an earlier version returned as `fingerprint()`.

    Attributes:
        name: str. The name used in messages.
        num_classes: int, or `None` without labels.
        class_names: list of str, or `None`.

    Example:
        >>> class Gray:
        ...     name, num_classes, class_names = "gray", None, None
        ...
        ...     def __len__(self):
        ...         return 256
        ...
        ...     def __getitem__(self, index):
        ...         return {"image": np.full((8, 8, 1), index, "uint8"), "label": -1}
        ...
        ...     def labels(self):
        ...         return np.full(256, -1)
        ...
        ...     def fingerprint(self):
        ...         return hashlib.sha256(b"gray").hexdigest()
        >>> load_images(Gray(), image_size=8).shape
        (256, 8, 8, 1)
    """

    name: str
    num_classes: int | None
    class_names: list[str] | None

    def __len__(self) -> int:
        """Returns the number of images."""

    def __getitem__(self, index: Any) -> Record:
        """Returns one image with its label."""

    def labels(self) -> np.ndarray:
        """Returns integers `[len]`, -1 for "no label", without decoding images."""

    def fingerprint(self) -> str:
        """Returns a SHA-256, in hexadecimal, that identifies the content."""


def has_fingerprint(source: Source, fingerprint: str) -> bool:
    """Whether a fingerprint is that of a source, in this version or an earlier one."""
    if fingerprint == source.fingerprint():
        return True
    former = getattr(source, "former_fingerprint", None)
    return former is not None and fingerprint == former()
