"""PyTorch: communication between replicas."""

import torch
from torch import distributed

from keras_s3gan.backend.torch.devices import Devices


def replica_count() -> int:
    """See `keras_s3gan.backend.interface`."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return 1
    return distributed.get_world_size() if Devices.averaging else 1


def replica_part(tensor):
    """See `keras_s3gan.backend.interface`."""
    count = replica_count()
    return tensor if count == 1 else tensor[distributed.get_rank() :: count]


def replica_mean(*tensors):
    """See `keras_s3gan.backend.interface`."""
    count = replica_count()
    if count == 1:
        return tensors
    # One message for all tensors.
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    flat = _Sum.apply(flat) / count
    parts = flat.split([tensor.numel() for tensor in tensors])
    return [
        part.reshape(tensor.shape) for part, tensor in zip(parts, tensors, strict=True)
    ]


class _Sum(torch.autograd.Function):
    """A sum over processes, whose gradient is also a sum over processes."""

    @staticmethod
    def forward(ctx, tensor):
        tensor = tensor.clone()
        distributed.all_reduce(tensor)
        return tensor

    @staticmethod
    def backward(ctx, gradient):
        return _Sum.apply(gradient)
