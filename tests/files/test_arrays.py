import ml_dtypes
import numpy as np
import pytest

from keras_s3gan.files import CorruptFileError, load_arrays, save_arrays


@pytest.fixture
def arrays():
    random = np.random.default_rng(0)
    return {
        "a/kernel": random.normal(size=(3, 4)).astype("float32"),
        "transposed": random.normal(size=(3, 4)).T,
        "half": random.normal(size=(5,)).astype(ml_dtypes.bfloat16),
        "seed": np.array([2**32 - 1, 0], "uint32"),
        "scalar": np.int32(7),
        "empty": np.zeros((0, 2), "float16"),
        "flag": np.array([True, False]),
    }


def test_round_trip_keeps_names_dtypes_shapes_and_bits(tmp_path, arrays):
    digest = save_arrays(tmp_path / "x.npz", arrays, {"note": [1, "é"]})
    loaded, metadata, sha256 = load_arrays(tmp_path / "x.npz")
    assert list(loaded) == list(arrays)
    assert metadata == {"note": [1, "é"]}
    assert sha256 == digest
    for name, array in arrays.items():
        assert loaded[name].dtype == np.asarray(array).dtype, name
        assert loaded[name].shape == np.shape(array), name
        assert loaded[name].tobytes() == np.asarray(array).tobytes(), name


def test_any_changed_value_is_noticed(tmp_path, arrays):
    path = tmp_path / "x.npz"
    save_arrays(path, arrays)
    content = bytearray(path.read_bytes())
    position = content.find(arrays["a/kernel"].tobytes())
    assert position > 0
    content[position] ^= 1
    path.write_bytes(content)
    with pytest.raises(CorruptFileError, match=r"x\.npz"):
        load_arrays(path)


def test_exchanged_arrays_are_noticed_although_the_archive_is_sound(tmp_path, arrays):
    path = tmp_path / "x.npz"
    save_arrays(path, arrays)
    with np.load(path) as npz:
        members = dict(npz)
    members["0"] = members["0"] + 1
    np.savez(path, **members)
    with pytest.raises(CorruptFileError, match="SHA-256"):
        load_arrays(path)


@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.99])
def test_truncated_file_is_noticed(tmp_path, arrays, kept):
    path = tmp_path / "x.npz"
    save_arrays(path, arrays)
    content = path.read_bytes()
    path.write_bytes(content[: kept if kept >= 1 else int(kept * len(content))])
    with pytest.raises(CorruptFileError, match="damaged"):
        load_arrays(path)


def test_absent_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_arrays(tmp_path / "none.npz")
