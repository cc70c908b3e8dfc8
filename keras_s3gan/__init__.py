"""Conditional image generators from few labels, in Keras 3.

Every room is an attribute: `layers`, `losses`, `penalties`, `networks`, `models`,
`labels`, `metrics`, `data`, `callbacks`, `experiment`. The most wanted names are here
too. Models that were saved load by `keras.saving.load_model` once this package is
imported.
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
    # Late: data, callbacks and experiment are not for everybody.
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
    # What registers classes with Keras, so that saved models load. The command chooses
    # a backend first.
    from keras_s3gan import (  # noqa: F401
        labels,
        layers,
        losses,
        metrics,
        models,
        networks,
        penalties,
    )
