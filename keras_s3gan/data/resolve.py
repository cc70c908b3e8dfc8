"""From a name in a recipe to a source."""

import re

from keras_s3gan.data.folder_source import FolderSource
from keras_s3gan.data.mnist5k import mnist5k
from keras_s3gan.data.tfds_source import TFDSSource

# A name may end in a version, and a split may hold a colon: "set:1.0.0:train[:10%]".
_TFDS = re.compile(r"(?P<name>[^:]+(:[\d*]+(\.[\d*]+){2})?)(:(?P<split>.+))?")


def resolve_source(source):
    """Makes the source that a name stands for.

    Args:
        source: str. `"mnist5k"`, `"folder:PATH"` or `"tfds:NAME[:split]"`.

    Returns:
        A source.

    Raises:
        ValueError: if the name is unknown, or by the source itself.

    Example:
        >>> len(resolve_source("mnist5k"))
        5000
    """
    kind, _, argument = str(source).partition(":")
    if source == "mnist5k":
        return mnist5k()
    if kind == "folder" and argument:
        return FolderSource(argument)
    if kind == "tfds" and (match := _TFDS.fullmatch(argument)):
        return TFDSSource(match["name"], match["split"] or "train")
    raise ValueError(
        "A source must be 'mnist5k', 'folder:PATH' or 'tfds:NAME[:split]'. "
        f"Received: source={source!r}"
    )
