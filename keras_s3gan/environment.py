"""Environment variables that a framework reads when it starts."""

import importlib.metadata
import os
import re
import sys

# An empty list turns fusions of XLA's library YNNPACK off.
_JAX_FLAG = "--xla_cpu_experimental_ynn_fusion_type"
# The first release with wrong results, and the first that was found without.
_JAX_WRONG = (0, 10, 2), (0, 12)

_late: set[str] = set()


def prepare() -> None:
    """Sets the variables of `framework_settings`, unless the user has set them.

    `import keras_s3gan` calls it. A framework reads the variables when it is imported.
    Your own program should therefore import `keras_s3gan` before Keras, or set the
    variables itself. Child processes inherit them.
    """
    for framework, settings in framework_settings().items():
        missing = {k: v for k, v in settings.items() if os.environ.get(k) != v}
        if missing and framework in sys.modules:
            _late.add(framework)
        else:
            os.environ.update(missing)


def came_late(framework: str) -> bool:
    """Whether a framework was imported before its variables could be set."""
    return framework in _late


def framework_settings() -> dict[str, dict[str, str]]:
    """The variables of each framework, as a dictionary of dictionaries of strings.

    What the user has set stays: a variable of TensorFlow, and any flag in `XLA_FLAGS`.

    - By default, TensorFlow uses oneDNN only on processors with instructions for neural
      networks, such as AVX512_VNNI. Without oneDNN a training step takes several times
      as long.
    - jaxlib 0.10.2 and 0.11 compute some reductions on a CPU wrongly, unless a flag
      turns the fusions of YNNPACK off. Other releases may not know the flag, and then
      do not start.

    Reference:
        - https://github.com/tensorflow/tensorflow/releases/tag/v2.9.0
        - https://github.com/jax-ml/jax/issues/39103
    """
    one_dnn = "TF_ENABLE_ONEDNN_OPTS"
    settings = {"tensorflow": {one_dnn: os.environ.get(one_dnn, "1")}}
    if _jax_is_wrong():
        flags = os.environ.get("XLA_FLAGS", "").split()
        if not any(flag.partition("=")[0] == _JAX_FLAG for flag in flags):
            flags.append(f"{_JAX_FLAG}=")
        settings["jax"] = {"XLA_FLAGS": " ".join(flags)}
    return settings


def _jax_is_wrong() -> bool:
    try:
        version = importlib.metadata.version("jaxlib")
    except importlib.metadata.PackageNotFoundError:
        return False
    found = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    first, right = _JAX_WRONG
    return first <= found < right


def settings_in_use() -> dict[str, str]:
    """What the variables of `framework_settings` hold now, without those not set."""
    names = ("TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS")
    return {name: os.environ[name] for name in names if name in os.environ}


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
