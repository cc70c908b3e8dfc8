"""Files that are either whole or not there, and that say when they are damaged."""

from keras_s3gan.files.arrays import CorruptFileError, load_arrays, save_arrays
from keras_s3gan.files.atomic import atomic_write, write_json, write_text
from keras_s3gan.files.cache import cache_directory
from keras_s3gan.files.lock import locked
from keras_s3gan.files.table import write_table
from keras_s3gan.files.torch_state_dict import load_torch_state_dict

__all__ = [
    "CorruptFileError",
    "atomic_write",
    "cache_directory",
    "load_arrays",
    "load_torch_state_dict",
    "locked",
    "save_arrays",
    "write_json",
    "write_table",
    "write_text",
]
