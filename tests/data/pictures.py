"""Small image files of many kinds."""

import struct
import zlib

import numpy as np
from PIL import Image


def save(path, shape=(4, 6, 3), value=100, **options):
    """Writes an image of one value; the name says in which format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full(shape, value, np.uint8)).save(path, **options)
    return path


def save_16_bit(path, values):
    """Writes a PNG of 16 bits; values `[H, W, 3]` are colors, which Pillow reads."""
    values = np.asarray(values, ">u2")
    height, width = values.shape[:2]
    color = 2 if values.ndim == 3 else 0

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    rows = b"".join(b"\0" + row.tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return path
