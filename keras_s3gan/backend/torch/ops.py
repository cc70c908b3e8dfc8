"""PyTorch: some functions of `keras.ops`, for tensors only.

Each function of `keras.ops` searches its arguments for symbolic tensors. On PyTorch
this happens in every step, and takes longer than a small operation.
"""

import torch
from torch.nn import functional


def cast(x, dtype):
    """`x` in another dtype; `x` itself if it has this dtype."""
    return x.to(getattr(torch, dtype))


def maximum(x, limit):
    """The larger of `x` and the number `limit`."""
    return torch.clamp_min(x, limit)


def flip(x, axes):
    return torch.flip(x, axes)


def pad(x, widths):
    """Pads `x` with zeros."""
    return functional.pad(x, [count for pair in widths[::-1] for count in pair])


def transpose(x, axes=(1, 0)):
    return x.permute(axes)


def stop_gradient(x):
    return x.detach()


matmul = torch.matmul
mean = torch.mean
norm = torch.linalg.vector_norm
relu = torch.relu
reshape = torch.reshape
rsqrt = torch.rsqrt
square = torch.square
sum = torch.sum
