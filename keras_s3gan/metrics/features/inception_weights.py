"""Finds, downloads and verifies the weights of the Inception network of FID."""

import functools
import hashlib
import os
import urllib.request
from pathlib import Path

from keras_s3gan.files import atomic_write, cache_directory

WEIGHTS_URL = (
    "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/"
    "pt_inception-2015-12-05-6726825d.pth"
)
# PyTorch's hub puts the first digits into the file's name.
WEIGHTS_SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
# pytorch-fid and torch-fidelity name the same file differently.
_NAMES = (
    "pt_inception-2015-12-05-6726825d.pth",
    "weights-inception-2015-12-05-6726825d.pth",
)


def find_inception_weights(download=False):
    """Finds the weights of the Inception network of FID.

    Looks in this package's cache (`KERAS_S3GAN_CACHE`, else `~/.cache/keras_s3gan`),
    then in the cache of PyTorch's hub, where pytorch-fid and torch-fidelity download
    them (`hub/checkpoints` in `TORCH_HOME`, else in `XDG_CACHE_HOME/torch`, else in
    `~/.cache/torch`). clean-fid stores the same network as TorchScript, which cannot be
    read without PyTorch.

    Args:
        download: bool. Whether to download the file (96 MB) into this package's cache
            if it is not found.

    Returns:
        The `Path` of the file.

    Raises:
        FileNotFoundError: if the file is not found and `download` is False; the message
            says where to get it.
        ValueError: if the downloaded file has another SHA-256.

    Example:
        >>> find_inception_weights(download=True).name
        'pt_inception-2015-12-05-6726825d.pth'
    """
    places = [cache_directory(), _torch_hub()]
    for place in places:
        for name in _NAMES:
            if (place / name).is_file():
                return place / name
    target = places[0] / _NAMES[0]
    if not download:
        looked = ", ".join(str(place) for place in places)
        raise FileNotFoundError(
            "FID needs the weights of the Inception network of 2015, which were not "
            f"found. Download {WEIGHTS_URL} to {target}, or pass download=True or the "
            f"path of the file. Received: no such file in {looked}"
        )
    with urllib.request.urlopen(WEIGHTS_URL) as response:
        content = response.read()
    _check(hashlib.sha256(content).hexdigest(), WEIGHTS_SHA256, WEIGHTS_URL)
    with atomic_write(target) as file:
        file.write(content)
    return target


def checked_sha256(path, begins_with):
    """Computes the SHA-256 of a file and checks how it begins.

    Args:
        path: str or `Path`.
        begins_with: str. Required first digits.

    Returns:
        The hexadecimal SHA-256.

    Raises:
        ValueError: if it begins with other digits.
        FileNotFoundError: if there is no such file.
    """
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(functools.partial(file.read, 2**20), b""):
            digest.update(part)
    _check(digest.hexdigest(), begins_with, path)
    return digest.hexdigest()


def _check(sha256, begins_with, origin):
    if not sha256.startswith(begins_with):
        raise ValueError(
            f"The SHA-256 of the weights must begin with {begins_with}; this file is "
            f"damaged or a different one. Received: {origin} with {sha256}"
        )


def _torch_hub():
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("TORCH_HOME") or os.path.join(cache, "torch")
    return Path(home).expanduser() / "hub" / "checkpoints"
