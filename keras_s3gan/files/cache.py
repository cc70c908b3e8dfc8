"""Where things are kept that are made once and used by many runs."""

import os
from pathlib import Path


def cache_directory(path=None):
    """The folder of everything that can be made again.

    Args:
        path: str or `Path`. Defaults to the environment's `KERAS_S3GAN_CACHE`, else
            `~/.cache/keras_s3gan`.
    """
    default = os.environ.get("KERAS_S3GAN_CACHE") or "~/.cache/keras_s3gan"
    return Path(path or default).expanduser()
