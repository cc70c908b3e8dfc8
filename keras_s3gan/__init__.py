"""Conditional image generators from few labels, in Keras 3.

Rooms: `layers`, `losses`, `penalties`, `networks`, `models`, `labels`, `metrics`,
`data`, `callbacks`, `experiment`. Import what you need from the room that it lives in;
the most wanted names are here too.
"""

from keras_s3gan import environment

__version__ = "0.1.0"

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

__all__ = [*_EXPORTS, "__version__"]

environment.prepare()


def __getattr__(name):
    # Late, so that `import keras_s3gan` costs nothing and the command line can choose
    # the backend before Keras is imported.
    if name in _EXPORTS:
        import importlib

        module = importlib.import_module(f"keras_s3gan.{_EXPORTS[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
