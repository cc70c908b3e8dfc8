import hashlib
import io

import pytest

from keras_s3gan.metrics.features import inception_weights
from keras_s3gan.metrics.features.inception import InceptionExtractor
from keras_s3gan.metrics.features.inception_weights import (
    WEIGHTS_SHA256,
    WEIGHTS_URL,
    checked_sha256,
    find_inception_weights,
)

NAME = "pt_inception-2015-12-05-6726825d.pth"
VARIABLES = ("KERAS_S3GAN_CACHE", "TORCH_HOME", "XDG_CACHE_HOME")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home without any cache."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


def test_digits_in_the_name_are_those_of_the_hash():
    assert len(WEIGHTS_SHA256) == 64
    assert WEIGHTS_SHA256[:8] in NAME and NAME in WEIGHTS_URL


def put(path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    return path


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        (None, ".cache/keras_s3gan"),
        ("KERAS_S3GAN_CACHE", ""),
        (None, ".cache/torch/hub/checkpoints"),
        ("TORCH_HOME", "hub/checkpoints"),
        ("XDG_CACHE_HOME", "torch/hub/checkpoints"),
    ],
)
@pytest.mark.parametrize(
    "name", [NAME, NAME.replace("pt_", "weights-")], ids=["pytorch-fid", "fidelity"]
)
def test_found_where_it_usually_lies(home, monkeypatch, variable, folder, name):
    if variable:
        monkeypatch.setenv(variable, str(home / "elsewhere"))
        folder = f"elsewhere/{folder}"
    path = put(home / folder / name)
    assert find_inception_weights() == path


def test_missing_file_is_a_clear_error(home):
    with pytest.raises(FileNotFoundError) as raised:
        InceptionExtractor()
    message = str(raised.value)
    assert WEIGHTS_URL in message
    assert str(home / ".cache/keras_s3gan" / NAME) in message
    assert str(home / ".cache/torch/hub/checkpoints") in message
    assert "download=True" in message


def test_other_file_of_the_name_is_refused(home):
    put(home / ".cache/keras_s3gan" / NAME)
    with pytest.raises(ValueError, match="must begin with 6726825d"):
        InceptionExtractor(dimension=64)


def test_explicit_path_that_is_missing(home):
    with pytest.raises(FileNotFoundError, match="none.pth"):
        InceptionExtractor(home / "none.pth", dimension=64)


def test_hash_of_a_file(home):
    path = put(home / "cache" / NAME)
    sha256 = hashlib.sha256(b"weights").hexdigest()
    assert checked_sha256(path, sha256[:8]) == sha256
    assert checked_sha256(path, "") == sha256
    with pytest.raises(ValueError, match=f"must begin with 0000.*{sha256}"):
        checked_sha256(path, "0000")


def serve(monkeypatch, content):
    asked = []

    def urlopen(url):
        asked.append(url)
        return io.BytesIO(content)

    monkeypatch.setattr(inception_weights.urllib.request, "urlopen", urlopen)
    return asked


def test_downloads_only_when_asked_and_once(home, monkeypatch):
    asked = serve(monkeypatch, b"weights")
    sha256 = hashlib.sha256(b"weights").hexdigest()
    monkeypatch.setattr(inception_weights, "WEIGHTS_SHA256", sha256[:8])
    with pytest.raises(FileNotFoundError):
        find_inception_weights()
    assert asked == []
    path = find_inception_weights(download=True)
    assert path == home / ".cache/keras_s3gan" / NAME
    assert path.read_bytes() == b"weights"
    assert find_inception_weights(download=True) == path
    assert asked == [WEIGHTS_URL]


def test_other_file_is_not_kept(home, monkeypatch):
    serve(monkeypatch, b"not the weights")
    with pytest.raises(ValueError, match="must begin with 6726825d"):
        find_inception_weights(download=True)
    assert not list(home.rglob("*.pth"))
