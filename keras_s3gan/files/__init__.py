"""Files that are written atomically and verified when they are read."""

from keras_s3gan.files.arrays import CorruptFileError, load_arrays, save_arrays
from keras_s3gan.files.storage import (
    atomic_write,
    cache_directory,
    locked,
    write_json,
    write_table,
    write_text,
)
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
