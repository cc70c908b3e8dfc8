"""Opens the source that a name in a recipe refers to."""

import re

from keras_s3gan.data.earth32 import earth32
from keras_s3gan.data.folder_source import FolderSource
from keras_s3gan.data.icons64 import icons64
from keras_s3gan.data.mnist5k import mnist5k
from keras_s3gan.data.named import NAMED_SETS, named_source
from keras_s3gan.data.source import Source
from keras_s3gan.data.tfds_source import TFDSSource

# A name may end in a version, and a split may contain a colon: "set:1.0.0:train[:10%]".
_TFDS = re.compile(r"(?P<name>[^:]+(:[\d*]+(\.[\d*]+){2})?)(:(?P<split>.+))?")
# Sets that come inside packages.
_PACKAGED = {"mnist5k": mnist5k, "earth32": earth32, "icons64": icons64}


def resolve_source(source: str, label_key: str | None = None) -> Source:
    """Opens a source by name.

    Args:
        source: str. `"mnist5k"`, `"earth32"`, `"icons64"`, `"folder:PATH"`,
            `"tfds:NAME[:split]"`, or `"NAME[:split]"` with a name of `NAMED_SETS`,
            whose images are preprocessed as in Compare GAN.
        label_key: str. The feature of a TFDS set that is the class, if it is not
            `label`; see `TFDSSource`.

    Returns:
        A source.

    Raises:
        ValueError: if the name is unknown, or the source cannot be opened.

    Example:
        >>> len(resolve_source("mnist5k"))
        5000
    """
    kind, colon, argument = str(source).partition(":")
    if kind in NAMED_SETS and bool(colon) == bool(argument):
        return named_source(kind, argument or None, label_key)
    if kind == "tfds" and (match := _TFDS.fullmatch(argument)):
        return TFDSSource(match["name"], match["split"] or "train", label_key=label_key)
    if label_key is not None:
        raise ValueError(
            "`label_key` names a feature of a TFDS set. "
            f"Received: label_key={label_key!r}, source={source!r}"
        )
    if kind in _PACKAGED and not colon:
        return _PACKAGED[kind]()
    if kind == "folder" and argument:
        return FolderSource(argument)
    raise ValueError(
        f"A source must be {', '.join(map(repr, _PACKAGED))}, 'folder:PATH', "
        f"'tfds:NAME[:split]', or 'NAME[:split]' of {', '.join(NAMED_SETS)}. "
        f"Received: source={source!r}"
    )
