"""Image sources and the input pipeline over them.

A source is an object with the members of `Source`: it gives
`{"image": [H, W, C] uint8, "label": int}` for an index, with -1 for "no label".
"""

from keras_s3gan.data.array_source import ArraySource
from keras_s3gan.data.crops import crop_image
from keras_s3gan.data.earth32 import earth32
from keras_s3gan.data.folder_source import FolderSource
from keras_s3gan.data.icons64 import icons64
from keras_s3gan.data.mnist5k import mnist5k
from keras_s3gan.data.named import NAMED_SETS
from keras_s3gan.data.pipeline import PreparedImages, batches, load_images
from keras_s3gan.data.resolve import resolve_source
from keras_s3gan.data.source import Source
from keras_s3gan.data.subsets import Subset, at_least, labelled_only, only_class
from keras_s3gan.data.tfds_source import TFDSSource

__all__ = [
    "NAMED_SETS",
    "ArraySource",
    "FolderSource",
    "PreparedImages",
    "Source",
    "Subset",
    "TFDSSource",
    "at_least",
    "batches",
    "crop_image",
    "earth32",
    "icons64",
    "labelled_only",
    "load_images",
    "mnist5k",
    "only_class",
    "resolve_source",
]
