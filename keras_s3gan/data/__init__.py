"""Image sources and the input pipeline over them.

A source is any object with `__len__`, `__getitem__(index)` giving
`{"image": [H, W, C] uint8, "label": int}` (label -1: none), the attributes
`num_classes`, `class_names` and `name`, and the methods `labels()` (an integer
array `[len]`, found without decoding images) and `fingerprint()` (a SHA-256 in
hexadecimal of what the source holds).
"""

from keras_s3gan.data.array_source import ArraySource
from keras_s3gan.data.folder_source import FolderSource
from keras_s3gan.data.mnist5k import mnist5k
from keras_s3gan.data.pipeline import PreparedImages, batches, load_images
from keras_s3gan.data.resolve import resolve_source
from keras_s3gan.data.tfds_source import TFDSSource

__all__ = [
    "ArraySource",
    "FolderSource",
    "PreparedImages",
    "TFDSSource",
    "batches",
    "load_images",
    "mnist5k",
    "resolve_source",
]
