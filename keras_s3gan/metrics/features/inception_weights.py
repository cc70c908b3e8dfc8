"""The file of weights that makes a Fréchet distance an FID."""

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
# Its first digits stand in the file's name, as PyTorch's hub has it.
WEIGHTS_SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
# One file under two names: pytorch-fid's and torch-fidelity's.
_NAMES = (
    "pt_inception-2015-12-05-6726825d.pth",
    "weights-inception-2015-12-05-6726825d.pth",
)


def find_inception_weights(download=False):
    """Where the weights of FID's Inception lie on this machine.

    Looked for in this package's cache (`KERAS_S3GAN_CACHE`, else
    `~/.cache/keras_s3gan`), then where PyTorch's hub keeps what pytorch-fid and
    torch-fidelity download (`TORCH_HOME`, else `XDG_CACHE_HOME/torch`, else
    `~/.cache/torch`; there in `hub/checkpoints`). clean-fid keeps the same network as a
    program of TorchScript, which cannot be read without PyTorch.

    Args:
        download: bool. Whether to fetch the file (96 MB) into this package's cache
            where it lies nowhere.

    Returns:
        A `Path`.

    Raises:
        FileNotFoundError: if it lies nowhere and must not be downloaded; the message
            says where to get it and where to put it.
        ValueError: if what was downloaded is not the file.
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
            "FID needs the weights of the Inception network of 2015, which are not on "
            f"this machine. Download {WEIGHTS_URL} to {target}, or pass download=True "
            f"or the path of the file. Looked in: {looked}"
        )
    with urllib.request.urlopen(WEIGHTS_URL) as response:
        content = response.read()
    _check(hashlib.sha256(content).hexdigest(), WEIGHTS_SHA256, WEIGHTS_URL)
    with atomic_write(target) as file:
        file.write(content)
    return target


def checked_sha256(path, begins_with):
    """SHA-256 of a file, hexadecimal, which must begin as said.

    Raises:
        ValueError: if it does not.
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
            f"The SHA-256 of the weights must begin with {begins_with}: this file is "
            f"damaged, or another one. Received: {origin} with {sha256}"
        )


def _torch_hub():
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("TORCH_HOME") or os.path.join(cache, "torch")
    return Path(home).expanduser() / "hub" / "checkpoints"
