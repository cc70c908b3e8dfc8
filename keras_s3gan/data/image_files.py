"""Image files, which may come from strangers: what is opened, and how it is decoded."""

import contextlib
import functools
import io
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

if TYPE_CHECKING:
    import PIL.Image

# The format, by Pillow's name, of each ending of a name. None starts another program.
FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jfif": "JPEG",
    ".bmp": "BMP",
    ".gif": "GIF",
    ".webp": "WEBP",
    ".avif": "AVIF",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".ppm": "PPM",
    ".pgm": "PPM",
    ".pbm": "PPM",
    ".pnm": "PPM",
}
# 256 MiB as a file, and in memory as 8-bit RGB.
MAX_BYTES = 2**28
MAX_PIXELS = 2**28 // 3


class RefusedImage(ValueError):
    """An image that is not even opened, or not decoded."""


@functools.cache
def readable_formats() -> tuple[str, ...]:
    """Lists those of `FORMATS` that the installed Pillow can decode, sorted."""
    from PIL import Image, features

    Image.init()
    # Pillow can be built without these.
    optional = {"AVIF": "avif", "WEBP": "webp"}
    return tuple(
        sorted(
            name
            for name in set(FORMATS.values())
            if name in Image.OPEN
            and (name not in optional or features.check(optional[name]))
        )
    )


@contextlib.contextmanager
def opened(content: Path | bytes, name: str) -> Iterator["PIL.Image.Image"]:
    """Opens an image, without decoding its pixels.

    Its content must be one of `readable_formats()`, whichever of them its name says.

    Args:
        content: the path of a regular file, or the bytes of one.
        name: str. What errors call it, such as `"file='a.png'"`.

    Yields:
        A `PIL.Image.Image` of at most `MAX_PIXELS`.

    Raises:
        ValueError: if it is no such image or larger than the limits, or if it fails to
            be decoded inside the context.
    """
    from PIL import Image

    formats = readable_formats()
    try:
        with (
            _opened_bytes(content, name) as stream,
            Image.open(stream, formats=formats) as image,
        ):
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise _too_many_pixels(name, f"{width:,} x {height:,} pixels")
            yield image
    except RefusedImage:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(name, str(error)) from error
    # Damaged files raise many kinds of errors.
    except Exception as error:
        raise ValueError(
            f"An image file must be readable as one of {', '.join(formats)}. "
            f"Received: {name} ({error})"
        ) from error


def is_16_bit(image: "PIL.Image.Image") -> bool:
    """Whether the values of an opened image, not decoded yet, have 16 bits."""
    return _is_16_bit_gray(image) or ";16" in str(getattr(image, "tile", ""))


def used_bits(image: "PIL.Image.Image") -> int:
    """Returns how many bits of its 16 the brightest value uses; 0 for 8-bit images."""
    if not is_16_bit(image):
        return 0
    # Of color, Pillow keeps the upper 8 bits.
    kept = 0 if _is_16_bit_gray(image) else 8
    values = np.asarray(image)
    return (int(values[..., :3].max() if kept else values.max()) << kept).bit_length()


def bit_depth(bits: np.ndarray) -> int:
    """Returns the bits of a set's values from the `used_bits` of all its images."""
    most = int(bits.max(initial=0))
    return max(8, most + most % 2) if most else 16


def decode(
    image: "PIL.Image.Image", depth: int = 16, turned: bool = True
) -> np.ndarray:
    """Decodes an opened image.

    Args:
        image: a `PIL.Image.Image` of `opened`.
        depth: int. How many bits of 16 are used, see `bit_depth`.
        turned: bool. Whether the image is turned as EXIF says.

    Returns:
        uint8 `[H, W, 1]` if it is grayscale, else RGB `[H, W, 3]`, with transparency on
        white.

    Raises:
        ValueError: if its values have neither 8 nor 16 bits, or if they are colors of
            which Pillow loses what the depth needs.
    """
    from PIL import Image, ImageOps

    gray_16 = _is_16_bit_gray(image)
    if depth < 16 and not gray_16 and is_16_bit(image):
        raise ValueError(
            f"colors of {depth} bits in 16, of which Pillow keeps the upper 8: scale "
            f"them by {2 ** (16 - depth)}, or save them with 8 bits"
        )
    if turned:
        image = ImageOps.exif_transpose(image)
    if gray_16:
        # Pillow would clip 16-bit values at 255 instead of scaling them.
        return (np.asarray(image) >> (depth - 8)).astype(np.uint8)[..., np.newaxis]
    if image.mode.startswith(("I", "F")):
        raise ValueError(f"not an 8-bit or 16-bit image: mode {image.mode}")
    grayscale = image.mode in ("1", "L", "LA")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    pixels = np.asarray(image.convert("L" if grayscale else "RGB"))
    return pixels[..., np.newaxis] if grayscale else pixels


def _is_16_bit_gray(image: "PIL.Image.Image") -> bool:
    return image.mode.startswith("I;16") or (
        image.mode == "I" and image.format == "PPM"
    )


@contextlib.contextmanager
def _opened_bytes(content: Path | bytes, name: str) -> Iterator[BinaryIO]:
    if isinstance(content, bytes):
        _check_bytes(len(content), name)
        yield io.BytesIO(content)
        return
    status = content.stat()
    # Opening a pipe waits for its writer, and opening a device can change it.
    if not stat.S_ISREG(status.st_mode):
        raise RefusedImage(f"An image must be a regular file. Received: {name}")
    _check_bytes(status.st_size, name)
    with open(content, "rb") as stream:
        yield stream


def _check_bytes(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise RefusedImage(
            f"An image file must have at most {MAX_BYTES:,} bytes. "
            f"Received: {name} of {size:,} bytes"
        )


def _too_many_pixels(name: str, found: str) -> RefusedImage:
    return RefusedImage(
        f"An image must have at most {MAX_PIXELS:,} pixels: make it smaller. "
        f"Received: {name} ({found})"
    )
