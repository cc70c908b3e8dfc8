"""PyTorch: compiled functions."""

import keras
import numpy as np
import torch
from torch import distributed

from keras_s3gan.backend.torch.devices import Devices


def compiled(function, variables):
    """See `keras_s3gan.backend.interface`."""
    del variables

    def call(*inputs):
        with torch.no_grad():
            return function(
                *keras.tree.map_structure(keras.ops.convert_to_tensor, inputs)
            )

    return call


def data_parallel(function, variables):
    """See `keras_s3gan.backend.interface`."""
    run = compiled(function, variables)
    devices = Devices.in_use
    count, own = (1, 0) if devices is None else (devices.total, devices.process)

    def gather(output):
        if count > 1:
            parts = [torch.empty_like(output) for _ in range(count)]
            distributed.all_gather(parts, output.contiguous())
            output = torch.cat(parts)
        return keras.ops.convert_to_numpy(output)

    def call(*inputs):
        outputs = run(*[np.split(array, count)[own] for array in inputs])
        return keras.tree.map_structure(gather, outputs)

    return call, count


def default_jit_compile() -> bool:
    """See `keras_s3gan.backend.interface`.

    Compiling a whole step takes minutes and gains nothing on a CPU.
    """
    return False
