"""Conditional image generators from few labels, in Keras 3.

The subpackages are attributes: `layers`, `losses`, `penalties`, `networks`, `models`,
`labels`, `metrics`, `data`, `callbacks`, `experiment`. The most common names are also
here. After `import keras_s3gan`, `keras.saving.load_model` loads saved models.
"""

import importlib
import itertools
import sys

from keras_s3gan import environment
from keras_s3gan.version import __version__

_ROOMS = (
    *("layers", "losses", "penalties", "networks", "models"),
    *("labels", "metrics", "data", "callbacks", "experiment"),
)
_EXPORTS = {
    "ACGAN": "models",
    "GAN": "models",
    "InfoGAN": "models",
    "OSSGAN": "models",
    "ReACGAN": "models",
    "S3GAN": "models",
    "SSGAN": "models",
    "BigGANDiscriminator": "networks",
    "BigGANGenerator": "networks",
    "SmallDiscriminator": "networks",
    "SmallGenerator": "networks",
    "mask_labels": "labels",
}

__all__ = [*_ROOMS, *_EXPORTS, "__version__"]


def __getattr__(name):
    # On access: not every program needs data, callbacks and experiment.
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _EXPORTS:
        return getattr(importlib.import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)


def _is_the_command():
    """Whether this process is `keras-s3gan`, or `python -m keras_s3gan.cli`."""
    module = ("-m", "keras_s3gan.cli") in itertools.pairwise(sys.orig_argv)
    return module or "keras_s3gan_command" in sys.modules


environment.prepare()
if not _is_the_command():
    # These register classes with Keras, so that saved models load. The command must
    # choose a backend first.
    from keras_s3gan import (  # noqa: F401
        labels,
        layers,
        losses,
        metrics,
        models,
        networks,
        penalties,
    )
