"""Image sources and the input pipeline over them.

A source is any object with `__len__`, `__getitem__(index)` giving
`{"image": [H, W, C] uint8, "label": int}` (label -1: none), the attributes
`num_classes`, `class_names` and `name`, and the methods `labels()` (an integer
array `[len]`, found without decoding images) and `fingerprint()` (a SHA-256 in
hexadecimal of what the source holds). It may have `short_sides()` (the smaller of
height and width, an integer array `[len]` found likewise), `crop` (how its images are
cut, see `crop_image`) and `image_size` (what the cut images are scaled to).
"""

from keras_s3gan.data.array_source import ArraySource
from keras_s3gan.data.crops import crop_image
from keras_s3gan.data.folder_source import FolderSource
from keras_s3gan.data.mnist5k import mnist5k
from keras_s3gan.data.named import NAMED_SETS
from keras_s3gan.data.pipeline import PreparedImages, batches, load_images
from keras_s3gan.data.resolve import resolve_source
from keras_s3gan.data.subsets import Subset, at_least, labelled_only, only_class
from keras_s3gan.data.tfds_source import TFDSSource

__all__ = [
    "NAMED_SETS",
    "ArraySource",
    "FolderSource",
    "PreparedImages",
    "Subset",
    "TFDSSource",
    "at_least",
    "batches",
    "crop_image",
    "labelled_only",
    "load_images",
    "mnist5k",
    "only_class",
    "resolve_source",
]
