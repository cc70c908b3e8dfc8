"""What a framework must find in the environment before it starts."""

import os
import sys


def prepare() -> None:
    """Sets what makes the framework fast, unless the user has set it.

    `import keras_s3gan` calls it. A framework reads the environment when it is
    imported, so what is imported already stays as it is: a program of your own imports
    `keras_s3gan` before Keras, or sets the variables of `framework_settings` itself.
    Child processes inherit them.
    """
    for framework, settings in framework_settings().items():
        if framework not in sys.modules:
            for name, value in settings.items():
                os.environ.setdefault(name, value)


def framework_settings() -> dict[str, dict[str, str]]:
    """The settings of each framework, as a dictionary of dictionaries of strings.

    TensorFlow uses oneDNN by itself only on processors with instructions for neural
    networks, such as AVX512_VNNI. Without it a training step takes several times as
    long.

    Reference:
        - https://github.com/tensorflow/tensorflow/releases/tag/v2.9.0
    """
    return {"tensorflow": {"TF_ENABLE_ONEDNN_OPTS": "1"}}


def compile_cache_settings(folder: str | os.PathLike[str]) -> dict[str, str]:
    """What lets JAX find what other processes have compiled.

    Args:
        folder: where compiled programs are kept.

    Returns:
        A dictionary of strings.
    """
    return {
        "JAX_COMPILATION_CACHE_DIR": str(folder),
        # Small programs, too: a network is built by hundreds.
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
