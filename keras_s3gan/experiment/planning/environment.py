"""Prepares the process for a plan, before Keras is imported."""

import os
from collections.abc import Sequence

from keras_s3gan.experiment.planning.tpu_hardware import find_slice
from keras_s3gan.experiment.start.backend import choose_backend, is_installed
from keras_s3gan.requirements import install_command

# The compiler for TPUs would search for TPUs, for their metadata service and for other
# processes that use one.
_COMPILE_ONLY = {
    "JAX_PLATFORMS": "cpu",
    # A program for other devices cannot be loaded from the cache.
    "JAX_ENABLE_COMPILATION_CACHE": "false",
    "TPU_SKIP_MDS_QUERY": "1",
    "TPU_ACCELERATOR_TYPE": "v5litepod-16",
    "TPU_WORKER_HOSTNAMES": "localhost",
    "ALLOW_MULTIPLE_LIBTPU_LOAD": "1",
    # By default it logs into a folder that all users share, and its warnings do not
    # concern the user.
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
    """Checks that the options do not contradict, before slow imports.

    Args:
        topologies: list of strings.
        batch_sizes: list of integers.
        sweep: bool. Whether several of each are allowed.
        device: string or `None`.
        backend: string or `None`.

    Raises:
        ValueError: if options contradict, or there is no such slice.
    """
    if bool(topologies) == bool(device):
        raise ValueError(
            "A plan needs either --topology, as in v3:8x8x1, or --device, cpu or gpu. "
            f"Received: --topology={','.join(topologies) or None}, --device={device}"
        )
    if backend and not device:
        raise ValueError(
            "A plan for TPUs is always computed by JAX. "
            f"Received: --backend={backend} without --device"
        )
    if max(len(topologies), len(batch_sizes)) > 1 and not (sweep and topologies):
        raise ValueError(
            "Several slices or batches need --topology and --sweep. "
            f"Received: --topology={','.join(topologies) or None}, "
            f"--batch={','.join(map(str, batch_sizes)) or None}"
        )
    for topology in topologies:
        find_slice(topology)


def prepare_for_tpus() -> None:
    """Makes Keras start on JAX, and JAX compile for TPUs of other machines.

    Raises:
        ValueError: if JAX or libtpu is not installed.
    """
    for name in ("jax", "libtpu"):
        if not is_installed(name):
            raise ValueError(
                f"A plan for TPUs is compiled by JAX and libtpu, which need no TPU; "
                f"{name} is not installed. Install both, on Linux, with: "
                + install_command("tpu")
            )
    os.environ.update(_COMPILE_ONLY)
    choose_backend("jax")


def prepare_for(device: str, backend: str | None) -> str:
    """Makes Keras start on a backend that uses `device` only.

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
