"""Environment variables that a framework reads when it starts."""

import os
import sys


def prepare() -> None:
    """Sets the variables of `framework_settings`, unless the user has set them.

    `import keras_s3gan` calls it. A framework reads the variables when it is imported.
    Your own program should therefore import `keras_s3gan` before Keras, or set the
    variables itself. Child processes inherit them.
    """
    for framework, settings in framework_settings().items():
        if framework not in sys.modules:
            for name, value in settings.items():
                os.environ.setdefault(name, value)


def framework_settings() -> dict[str, dict[str, str]]:
    """The settings of each framework, as a dictionary of dictionaries of strings.

    By default, TensorFlow uses oneDNN only on processors with instructions for neural
    networks, such as AVX512_VNNI. Without oneDNN a training step takes several times as
    long.

    Reference:
        - https://github.com/tensorflow/tensorflow/releases/tag/v2.9.0
    """
    return {"tensorflow": {"TF_ENABLE_ONEDNN_OPTS": "1"}}


def compile_cache_settings(folder: str | os.PathLike[str]) -> dict[str, str]:
    """The variables of JAX's compile cache, which processes share.

    Args:
        folder: the folder of the cache.

    Returns:
        A dictionary of strings.
    """
    return {
        "JAX_COMPILATION_CACHE_DIR": str(folder),
        # Small programs, too: building a network runs hundreds of them.
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
