"""TensorFlow: whether it started with the settings that it needs."""

import pathlib

import tensorflow as tf

from keras_s3gan import environment

# With one of these instructions, TensorFlow uses oneDNN without being asked.
_INSTRUCTIONS = {
    *("avx512_vnni", "avx512_bf16", "avx_vnni"),
    *("amx_tile", "amx_int8", "amx_bf16"),
}
_PROCESSOR = pathlib.Path("/proc/cpuinfo")


def startup_problem() -> str | None:
    """See `keras_s3gan.backend.interface`."""
    if not environment.came_late("tensorflow") or tf.config.list_physical_devices(
        "GPU"
    ):
        return None
    try:
        words = set(_PROCESSOR.read_text().split())
    except OSError:
        return None
    if words & _INSTRUCTIONS:
        return None
    return "TensorFlow works without oneDNN, several times slower on this CPU"
