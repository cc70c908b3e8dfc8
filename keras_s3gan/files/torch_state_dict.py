"""Reads the arrays of a file of `torch.save` without PyTorch.

Such a file is a pickle, which can run any code when it is opened. This reader prevents
that: the only function it calls is `collections.OrderedDict`. It replaces the few other
functions that a state dict needs, and refuses all others.
"""

import collections
import io
import math
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from keras_s3gan.files.arrays import CorruptFileError

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001
_STORAGES = {
    "BoolStorage": np.dtype("?"),
    "ByteStorage": np.dtype("u1"),
    "CharStorage": np.dtype("i1"),
    "ShortStorage": np.dtype("<i2"),
    "IntStorage": np.dtype("<i4"),
    "LongStorage": np.dtype("<i8"),
    "HalfStorage": np.dtype("<f2"),
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
}
# Up to PyTorch 0.3, and since 0.4.
_TENSORS = ("_rebuild_tensor", "_rebuild_tensor_v2")


# From key, dtype and number of values to an array.
_StorageOf = Callable[[str, np.dtype, int], np.ndarray]


class _Tensor(NamedTuple):
    """The part of a storage that holds the values of a tensor."""

    storage: np.ndarray
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def load_torch_state_dict(path: str | Path) -> dict[str, np.ndarray]:
    """Reads a state dict that PyTorch saved, in the zip format or the legacy format.

    Args:
        path: str or `Path` of a file made by `torch.save(module.state_dict(), path)`.

    Returns:
        A dict from names to NumPy arrays, in the order of the file.

    Raises:
        ValueError: if the file names a function that a state dict does not need, or
            holds anything but named tensors.
        CorruptFileError: (a `ValueError`) if the file is damaged or has another format.
        FileNotFoundError: if there is no such file.

    Example:
        >>> load_torch_state_dict("weights.pth")["fc.bias"].shape
        (1008,)

    Reference:
        - https://docs.pytorch.org/docs/stable/notes/serialization.html
    """
    path = Path(path)
    with open(path, "rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
        file.seek(0)
        try:
            content = _read_zip(file) if is_zip else _read_legacy(file)
            return _named_arrays(content)
        except _RefusedError as error:
            raise ValueError(f"{error} Received: path={path}") from None
        # A damaged pickle raises many kinds of errors.
        except Exception as error:
            raise CorruptFileError(
                "The file is damaged, or is not a state dict of PyTorch "
                f"({type(error).__name__}: {error}). Received: path={path}"
            ) from error


class _RefusedError(Exception):
    """The file is not damaged, but it may not be read."""


class _StateDictUnpickler(pickle.Unpickler):
    """Builds dicts, plain values and descriptions of tensors, and nothing else.

    Args:
        file: binary file, positioned at the first byte of the pickle.
        storage_of: callable `(key, dtype, count) -> array [count]`.
    """

    def __init__(self, file: BinaryIO, storage_of: _StorageOf):
        super().__init__(file, encoding="utf-8")
        self._storage_of = storage_of

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        # Bound methods: a pickle can set attributes of functions, but not of methods.
        if module == "torch._utils" and name in _TENSORS:
            return self._rebuild_tensor
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return self._rebuild_parameter
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        raise _RefusedError(
            "A state dict consists of OrderedDict, tensors, parameters and storages. "
            f"A file that names anything else could run code and is refused: {module}."
            f"{name}."
        )

    def persistent_load(self, description: Any) -> np.ndarray:
        kind, dtype, key, _, count, *view = description
        if kind != "storage" or not isinstance(dtype, np.dtype) or any(view):
            raise ValueError(f"unknown kind of storage: {description}")
        return self._storage_of(str(key), dtype, int(count))

    def _rebuild_tensor(
        self, storage: np.ndarray, offset: int, shape: Any, strides: Any, *_: Any
    ) -> _Tensor:
        return _Tensor(storage, int(offset), tuple(shape), tuple(strides))

    def _rebuild_parameter(self, tensor: _Tensor, *_: Any) -> _Tensor:
        return tensor


def _read_zip(file: BinaryIO) -> Any:
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        (pickled,) = [name for name in names if name.endswith("/data.pkl")]
        folder = pickled.removesuffix("data.pkl")
        order = f"{folder}byteorder"
        if order in names and archive.read(order) != b"little":
            raise ValueError("its numbers are not little-endian")
        storages: dict[str, np.ndarray] = {}

        def storage_of(key: str, dtype: np.dtype, count: int) -> np.ndarray:
            if key not in storages:
                content = archive.read(f"{folder}data/{key}")
                storages[key] = np.frombuffer(content, dtype, count)
            return storages[key]

        return _StateDictUnpickler(io.BytesIO(archive.read(pickled)), storage_of).load()


def _read_legacy(file: BinaryIO) -> Any:
    """Reads several pickles, then the storages that the last pickle lists."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    storages: dict[str, np.ndarray] = {}

    def storage_of(key: str, dtype: np.dtype, count: int) -> np.ndarray:
        if key not in storages:
            if count * dtype.itemsize > size:
                raise ValueError(f"{count} values are more than the file holds")
            # Filled below, as the values follow the pickle.
            storages[key] = np.empty(count, dtype)
        return storages[key]

    def unpickled() -> Any:
        return _StateDictUnpickler(file, storage_of).load()

    if unpickled() != _LEGACY_MAGIC or unpickled() != _LEGACY_PROTOCOL:
        raise ValueError("it does not begin with the numbers that PyTorch writes")
    if not unpickled()["little_endian"]:
        raise ValueError("its numbers are not little-endian")
    content = unpickled()
    for key in unpickled():
        storage = storages[str(key)]
        (count,) = np.frombuffer(file.read(8), "<i8")
        if count != storage.size:
            raise ValueError(f"{count} values instead of {storage.size}")
        storage[:] = np.frombuffer(file.read(storage.nbytes), storage.dtype)
    return content


def _named_arrays(content: Any) -> dict[str, np.ndarray]:
    if not isinstance(content, dict) or not all(
        isinstance(name, str) and isinstance(value, _Tensor)
        for name, value in content.items()
    ):
        raise _RefusedError("Only a dict from names to tensors can be read.")
    return {name: _array(tensor) for name, tensor in content.items()}


def _array(tensor: _Tensor) -> np.ndarray:
    """Copies the values of a tensor, never a byte from outside its storage."""
    storage, offset, shape, strides = tensor
    if len(shape) != len(strides) or min((offset, *shape, *strides)) < 0:
        raise ValueError(f"a tensor of shape {shape} with strides {strides}")
    if 0 in shape:
        return np.empty(shape, storage.dtype)
    steps = zip(shape, strides, strict=True)
    end = 1 + offset + sum((size - 1) * stride for size, stride in steps)
    # Strides of zero could turn a small file into a huge array.
    if max(end, math.prod(shape)) > storage.size:
        raise ValueError(
            f"a tensor of shape {shape} that ends at {end} in {storage.size} values"
        )
    in_bytes = [stride * storage.itemsize for stride in strides]
    view = np.lib.stride_tricks.as_strided(storage[offset:], shape, in_bytes)
    return view.copy()
