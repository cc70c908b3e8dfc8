import collections
import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest

from keras_s3gan.files import CorruptFileError, load_torch_state_dict
from tests.once import once

DTYPES = ("float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8")


@pytest.fixture(params=[True, False], ids=["zip", "legacy"])
def zip_format(request):
    return request.param


@once("NumPy alone, beside PyTorch")
def test_reads_what_pytorch_saved(tmp_path, zip_format):
    import torch

    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 2), torch.nn.BatchNorm2d(4))
    path = tmp_path / "module.pth"
    torch.save(module.state_dict(), path, _use_new_zipfile_serialization=zip_format)
    loaded = load_torch_state_dict(path)
    assert list(loaded) == list(module.state_dict())
    for name, tensor in module.state_dict().items():
        assert loaded[name].dtype == tensor.numpy().dtype
        np.testing.assert_array_equal(loaded[name], tensor.numpy())


@once("NumPy alone, beside PyTorch")
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype(tmp_path, zip_format, dtype):
    import torch

    tensor = torch.arange(6).reshape(2, 3).to(getattr(torch, dtype))
    path = tmp_path / "x.pth"
    torch.save({"x": tensor}, path, _use_new_zipfile_serialization=zip_format)
    loaded = load_torch_state_dict(path)["x"]
    assert loaded.dtype == dtype
    np.testing.assert_array_equal(loaded, tensor.numpy())


@once("NumPy alone, beside PyTorch")
def test_views_of_one_storage(tmp_path, zip_format):
    import torch

    base = torch.arange(24.0).reshape(4, 6)
    views = {
        "all": base,
        "transposed": base.T,
        "part": base[1:3, ::2],
        "scalar": base[2, 3],
        "none": base[:0],
        "flags": torch.tensor([True, False]),
    }
    path = tmp_path / "views.pth"
    torch.save(views, path, _use_new_zipfile_serialization=zip_format)
    loaded = load_torch_state_dict(path)
    for name, view in views.items():
        np.testing.assert_array_equal(loaded[name], view.numpy())
    loaded["all"][:] = -1
    assert loaded["part"][0, 0] == 6


class Reduced:
    """Pickled as a call of `function`, which is then what the unpickler would run."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


class StoragePickler(pickle.Pickler):
    """Writes a storage as PyTorch does, by a description outside of the pickle."""

    def persistent_id(self, value):
        return value[1:] if isinstance(value, tuple) and value[:1] == ("!",) else None


def pickled(content, protocol=2):
    file = io.BytesIO()
    StoragePickler(file, protocol).dump(content)
    # The names below are stood in for by functions of this module.
    return (
        file.getvalue()
        .replace(f"c{__name__}\n_rebuild".encode(), b"ctorch._utils\n_rebuild")
        .replace(f"c{__name__}\nFloatStorage".encode(), b"ctorch\nFloatStorage")
    )


def _rebuild_tensor():
    pass


def _rebuild_tensor_v2():
    pass


def _rebuild_parameter():
    pass


class FloatStorage:
    pass


def tensor(offset=0, shape=(2, 3), strides=(3, 1), count=6, key="0", view=()):
    storage = ("!", "storage", FloatStorage, key, "cpu", count, *view)
    return Reduced(
        _rebuild_tensor_v2,
        *(storage, offset, shape, strides, False, collections.OrderedDict()),
    )


VALUES = np.arange(6, dtype="<f4")


def write(path, content, zip_format, values=VALUES, byteorder="little"):
    if zip_format:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x/data.pkl", pickled(content))
            archive.writestr("x/byteorder", byteorder)
            archive.writestr("x/data/0", values.tobytes())
    else:
        parts = (
            pickled(0x1950A86A20F9469CFC6C),
            pickled(1001),
            pickled({"little_endian": byteorder == "little"}),
            pickled(content),
            pickled(["0"]),
            struct.pack("<q", values.size),
            values.tobytes(),
        )
        path.write_bytes(b"".join(parts))
    return path


def test_file_written_by_hand(tmp_path, zip_format):
    path = write(tmp_path / "x.pth", {"x": tensor()}, zip_format)
    np.testing.assert_array_equal(
        load_torch_state_dict(path)["x"], VALUES.reshape(2, 3)
    )


def test_tensors_as_older_versions_wrote_them_and_parameters(tmp_path, zip_format):
    *first, _, _ = tensor().call[1]
    older = Reduced(_rebuild_tensor, *first)
    parameter = Reduced(_rebuild_parameter, tensor(), True, collections.OrderedDict())
    path = write(tmp_path / "x.pth", {"x": older, "y": parameter}, zip_format)
    loaded = load_torch_state_dict(path)
    np.testing.assert_array_equal(loaded["x"], VALUES.reshape(2, 3))
    np.testing.assert_array_equal(loaded["y"], VALUES.reshape(2, 3))


def set_mark():
    os.environ["MARK_OF_A_PICKLE"] = "it ran"


@pytest.mark.parametrize(
    "content",
    [
        Reduced(os.system, "exit 1"),
        Reduced(eval, "1 + 1"),
        Reduced(set_mark),
        Reduced(getattr, collections.OrderedDict, "fromkeys"),
        {"x": Reduced(set_mark)},
        {"x": Reduced(np.zeros, 3)},
        {"x": FloatStorage, "y": Reduced},
    ],
    ids=["system", "eval", "own", "getattr", "inside", "numpy", "class"],
)
def test_pickle_that_would_run_code_is_refused(tmp_path, zip_format, content):
    path = write(tmp_path / "evil.pth", content, zip_format)
    with pytest.raises(ValueError, match=r"could run code.*Received: path=.*evil\.pth"):
        load_torch_state_dict(path)
    assert "MARK_OF_A_PICKLE" not in os.environ


def test_name_by_the_instruction_of_newer_pickles_is_refused(tmp_path):
    path = tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps(Reduced(set_mark), protocol=5))
    with pytest.raises(ValueError, match="could run code"):
        load_torch_state_dict(path)


def test_what_is_no_state_dict_is_refused(tmp_path, zip_format):
    x = tensor()
    for content in ([x], {"x": x, "epoch": 1}, {"module": {"x": x}}, {1: x}, x):
        path = write(tmp_path / "x.pth", content, zip_format)
        with pytest.raises(ValueError, match="names to tensors"):
            load_torch_state_dict(path)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"offset": 1}, "ends at 7 in 6"),
        ({"offset": -1}, "shape"),
        ({"strides": (4, 1)}, "ends at 7 in 6"),
        ({"strides": (-3, 1)}, "strides"),
        ({"strides": (0, 0), "shape": (10**6, 10**6)}, "in 6 values"),
        ({"strides": (1,)}, "strides"),
    ],
)
def test_tensor_outside_of_its_storage_is_refused(
    tmp_path, zip_format, settings, message
):
    path = write(tmp_path / "x.pth", {"x": tensor(**settings)}, zip_format)
    with pytest.raises(CorruptFileError, match=message):
        load_torch_state_dict(path)


@pytest.mark.parametrize("settings", [{"count": 7}, {"count": 10**12}, {"key": "1"}])
def test_storage_that_is_not_there_is_refused(tmp_path, zip_format, settings):
    path = write(tmp_path / "x.pth", {"x": tensor(**settings)}, zip_format)
    with pytest.raises(CorruptFileError):
        load_torch_state_dict(path)


def test_big_endian_is_refused(tmp_path, zip_format):
    path = write(tmp_path / "x.pth", {"x": tensor()}, zip_format, byteorder="big")
    with pytest.raises(CorruptFileError, match="little-endian"):
        load_torch_state_dict(path)


def test_damaged_file_is_refused(tmp_path, zip_format):
    path = write(tmp_path / "x.pth", {"x": tensor()}, zip_format)
    whole = path.read_bytes()
    for content in (b"", b"<html>not found</html>", whole[:-30], whole[:40]):
        path.write_bytes(content)
        with pytest.raises(CorruptFileError, match="damaged"):
            load_torch_state_dict(path)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_torch_state_dict(tmp_path / "none.pth")
