"""Prepares the process for a plan, before Keras is imported."""

import os
from collections.abc import Sequence

from keras_s3gan.experiment.planning.tpu_hardware import find_slice
from keras_s3gan.experiment.start.backend import choose_backend, is_installed

# The compiler for TPUs looks for TPUs, for the service that knows of them and for other
# processes that have one; there are none.
_COMPILE_ONLY = {
    "JAX_PLATFORMS": "cpu",
    # A program for devices that are elsewhere cannot be loaded from the cache.
    "JAX_ENABLE_COMPILATION_CACHE": "false",
    "TPU_SKIP_MDS_QUERY": "1",
    "TPU_ACCELERATOR_TYPE": "v5litepod-16",
    "TPU_WORKER_HOSTNAMES": "localhost",
    "ALLOW_MULTIPLE_LIBTPU_LOAD": "1",
    # It logs into a folder that all users share otherwise, and what it warns of is no
    # matter of the user.
    "TPU_LOG_DIR": "disabled",
    "TPU_STDERR_LOG_LEVEL": "3",
}
DEVICES = ("cpu", "gpu")


def check_request(
    topologies: Sequence[str],
    batch_sizes: Sequence[int],
    sweep: bool = False,
    device: str | None = None,
    backend: str | None = None,
) -> None:
    """Refuses contradicting options, before anything slow is imported.

    Args:
        topologies: list of strings.
        batch_sizes: list of integers.
        sweep: bool. Whether there may be several of each.
        device: string or `None`.
        backend: string or `None`.

    Raises:
        ValueError: that says what goes with what, or which slices there are.
    """
    if bool(topologies) == bool(device):
        raise ValueError(
            "A plan is for --topology, as in v3:8x8x1, or for --device, cpu or gpu. "
            f"Received: --topology={','.join(topologies) or None}, --device={device}"
        )
    if backend and not device:
        raise ValueError(
            "A plan for TPUs is always made by JAX. "
            f"Received: --backend={backend} without --device"
        )
    if max(len(topologies), len(batch_sizes)) > 1 and not (sweep and topologies):
        raise ValueError(
            "Several slices or batches are a matter of --topology with --sweep. "
            f"Received: --topology={','.join(topologies) or None}, "
            f"--batch={','.join(map(str, batch_sizes)) or None}"
        )
    for topology in topologies:
        find_slice(topology)


def prepare_for_tpus() -> None:
    """Lets Keras start on JAX, and JAX compile for TPUs that are elsewhere.

    Raises:
        ValueError: if JAX or libtpu is not installed.
    """
    for name in ("jax", "libtpu"):
        if not is_installed(name):
            raise ValueError(
                f"A plan for TPUs is compiled by JAX and libtpu, which need no TPU; "
                f"{name} is not installed. Install both, on Linux, with: "
                'pip install "keras-s3gan[tpu]"'
            )
    os.environ.update(_COMPILE_ONLY)
    choose_backend("jax")


def prepare_for(device: str, backend: str | None) -> str:
    """Lets Keras start on a backend that sees no more than `device`.

    Args:
        device: `"cpu"` or `"gpu"`.
        backend: a name, or `None` for the configured one.

    Raises:
        ValueError: if there is no such device or backend.
    """
    if device not in DEVICES:
        raise ValueError(
            f"--device must be one of {', '.join(DEVICES)}. Received: --device={device}"
        )
    if device == "cpu":
        os.environ.update(JAX_PLATFORMS="cpu", CUDA_VISIBLE_DEVICES="-1")
    return choose_backend(backend)
