"""Grids of images as pictures."""

import numpy as np

from keras_s3gan.files import atomic_write
from keras_s3gan.validation import to_bytes

_FONT_SIZE = 13
_MARGIN = 6


def image_grid(images, path=None, scale=2, gutter=2, row_labels=(), column_labels=()):
    """Arranges images in rows and columns on a white background.

    Args:
        images: `[R, C, H, W, channels]`, floats in `[-1, 1]` or uint8, with 1 or 3
            channels.
        path: str or `Path` of a PNG file to write, or `None`.
        scale: int. Each pixel becomes `scale x scale` pixels.
        gutter: int. Number of white pixels around each image.
        row_labels: R texts, written on the left; or an empty sequence.
        column_labels: C texts, written at the top; or an empty sequence.

    Returns:
        A `PIL.Image.Image`.

    Raises:
        ValueError: if a shape, a number of labels, `scale` or `gutter` is wrong.

    Example:
        >>> picture = image_grid(images[:20].reshape(4, 5, 32, 32, 1), "grid.png")
    """
    from PIL import Image, ImageDraw, ImageFont

    images = np.asarray(images)
    if images.ndim != 5 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise ValueError(
            "`images` must be [rows, columns, H, W, 1 or 3]. "
            f"Received: shape={images.shape}"
        )
    if scale < 1 or gutter < 0:
        raise ValueError(
            "`scale` must be at least 1 and `gutter` at least 0. "
            f"Received: scale={scale}, gutter={gutter}"
        )
    rows, columns = images.shape[:2]
    for name, labels, count in (
        ("row_labels", row_labels, rows),
        ("column_labels", column_labels, columns),
    ):
        if len(labels) not in (0, count):
            raise ValueError(
                f"`{name}` must be empty or have {count} texts. "
                f"Received: {len(labels)} texts"
            )
    tiles = _enlarged(to_bytes(images), scale)
    body = np.pad(_joined(tiles, gutter), _padding(gutter), constant_values=255)

    font = ImageFont.load_default(_FONT_SIZE)
    left = max((int(font.getlength(str(text))) for text in row_labels), default=0)
    left += 2 * _MARGIN if left else 0
    top = _FONT_SIZE + 2 * _MARGIN if len(column_labels) else 0

    mode = "L" if images.shape[-1] == 1 else "RGB"
    picture = Image.new(mode, (left + body.shape[1], top + body.shape[0]), "white")
    picture.paste(Image.fromarray(body[..., 0] if mode == "L" else body), (left, top))
    draw = ImageDraw.Draw(picture)
    height, width = (size + gutter for size in tiles.shape[2:4])
    for row, text in enumerate(row_labels):
        place = left - _MARGIN, top + gutter + row * height + (height - gutter) / 2
        draw.text(place, str(text), "black", font, anchor="rm")
    for column, text in enumerate(column_labels):
        place = left + gutter + column * width + (width - gutter) / 2, top - _MARGIN
        draw.text(place, str(text), "black", font, anchor="ms")
    if path is not None:
        with atomic_write(path) as file:
            picture.save(file, "PNG")
    return picture


def _enlarged(images, scale):
    return images.repeat(scale, axis=2).repeat(scale, axis=3)


def _joined(tiles, gutter):
    """Joins tiles `[R, C, H, W, channels]`, with `gutter` white pixels between them."""
    rows, columns, height, width, channels = tiles.shape
    spaced = np.full(
        (rows, height + gutter, columns, width + gutter, channels), 255, "uint8"
    )
    spaced[:, :height, :, :width] = tiles.transpose(0, 2, 1, 3, 4)
    joined = spaced.reshape(rows * (height + gutter), -1, channels)
    return joined[: joined.shape[0] - gutter, : joined.shape[1] - gutter]


def _padding(gutter):
    return [(gutter, gutter), (gutter, gutter), (0, 0)]
