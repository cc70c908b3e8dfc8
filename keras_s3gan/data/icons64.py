"""Colour icons of eight kinds, drawn from packages of npm."""

import hashlib
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_s3gan.data.array_source import ArraySource
from keras_s3gan.data.cached_values import cached_arrays
from keras_s3gan.data.duplicates import without_duplicates
from keras_s3gan.requirements import install_command


class _Kind(NamedTuple):
    """A class: the icons of an Iconify set whose whole names match a pattern."""

    name: str
    package: str
    release: str
    pattern: str = ".*"


_NO_EMOJI = "(?!smiley-|emoji-).*"
# Of pictures that a set has in several forms, one form: closed folders, one shape of
# flags, one size.
_KINDS = (
    _Kind("round flag", "circle-flags", "1.2.11"),
    _Kind("flag", "flag", "1.2.12", ".*-4x3"),
    _Kind("coin", "cryptocurrency-color", "1.2.4"),
    _Kind("folder", "material-icon-theme", "1.2.70", "folder-.*(?<!-open)"),
    _Kind("hand-drawn", "streamline-freehand-color", "1.2.2", _NO_EMOJI),
    _Kind("outlined", "streamline-ultimate-color", "1.2.2", _NO_EMOJI),
    _Kind("weather", "meteocons", "1.2.4"),
    _Kind("gradient", "fluent-color", "1.2.21", ".*-24"),
)
_SIDE = 64


def icons64() -> ArraySource:
    """Draws 3,908 icons of eight kinds, on white.

    They come from eight sets in Iconify's format, each a package of npm. `npm install`
    puts them into `node_modules`; as with Node, the one of the working folder or of the
    nearest folder above it is taken. Icons that look the same, empty ones and those
    that a set hides are left out. Animations are drawn as they begin.

    Drawing takes seconds, so the pictures are kept in `KERAS_S3GAN_CACHE`.

    Returns:
        An `ArraySource` of uint8 images `[N, 64, 64, 3]`, sorted by class and name,
        with labels 0 to 7.

    Raises:
        ValueError: if resvg-py or one of the eight packages is not installed.

    Example:
        >>> icons64().class_names[3]
        'folder'

    Reference:
        - Iconify's format of icon sets, https://iconify.design/docs/types/iconify-json.html
    """
    try:
        import resvg_py
    except ImportError as error:
        raise ValueError(_missing(str(error))) from error
    contents = [_content(kind) for kind in _KINDS]
    digest = hashlib.sha256(f"{resvg_py.__version__} {_KINDS}".encode())
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    arrays = cached_arrays("icons64", digest.hexdigest(), lambda: _drawn(contents))
    source = ArraySource(
        arrays["images"], arrays["labels"], num_classes=len(_KINDS), name="icons64"
    )
    source.class_names = [kind.name for kind in _KINDS]
    return source


def _content(kind: _Kind) -> bytes:
    here = Path.cwd()
    file = Path("node_modules", "@iconify-json", kind.package, "icons.json")
    for folder in (here, *here.parents):
        if (folder / file).is_file():
            return (folder / file).read_bytes()
    raise ValueError(_missing(f"no {file} in {here} or above"))


def _missing(found: str) -> str:
    packages = [f"@iconify-json/{kind.package}@{kind.release}" for kind in _KINDS]
    return (
        "The icons need resvg-py and eight packages of npm: "
        f"{install_command('icons')} and npm install {' '.join(packages)}. "
        f"Received: source='icons64' ({found})"
    )


def _drawn(contents: Sequence[bytes]) -> dict[str, np.ndarray]:
    images, labels = [], []
    for label, (kind, content) in enumerate(zip(_KINDS, contents, strict=True)):
        icon_set = json.loads(content)
        for name, icon in sorted(icon_set["icons"].items()):
            if icon.get("hidden") or not re.fullmatch(kind.pattern, name):
                continue
            image = _draw({**icon_set, **icon})
            if image.min() < 255:
                images.append(image)
                labels.append(label)
    kept, kept_labels = without_duplicates(np.stack(images), np.array(labels))
    return {"images": kept, "labels": kept_labels}


def _draw(icon: dict[str, Any]) -> np.ndarray:
    """The pixels of an icon; what it does not say is 0 and 16, after the format."""
    import resvg_py
    from PIL import Image

    left, top = icon.get("left", 0), icon.get("top", 0)
    width, height = icon.get("width", 16), icon.get("height", 16)
    picture = resvg_py.svg_to_bytes(
        svg_string=(
            '<svg xmlns="http://www.w3.org/2000/svg" '
            'xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="{left} {top} {width} {height}" '
            f'width="{_SIDE}" height="{_SIDE}">{icon["body"]}</svg>'
        ),
        background="white",
        skip_system_fonts=True,
    )
    return np.asarray(Image.open(io.BytesIO(bytes(picture))).convert("RGB"))
