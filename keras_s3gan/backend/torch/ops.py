"""PyTorch: some of `keras.ops`, for tensors alone.

Each function of `keras.ops` searches its arguments for symbolic tensors. PyTorch does
that again in every step, and it takes longer than a small operation.
"""

import torch
from torch.nn import functional


def cast(x, dtype):
    """`x` itself, where it is of that type."""
    return x.to(getattr(torch, dtype))


def maximum(x, limit):
    """`x`, or the number `limit` where that is larger."""
    return torch.clamp_min(x, limit)


def flip(x, axes):
    return torch.flip(x, axes)


def pad(x, widths):
    """With zeros."""
    return functional.pad(x, [count for pair in widths[::-1] for count in pair])


def transpose(x, axes=(1, 0)):
    return x.permute(axes)


def stop_gradient(x):
    return x.detach()


matmul = torch.matmul
norm = torch.linalg.vector_norm
relu = torch.relu
reshape = torch.reshape
rsqrt = torch.rsqrt
square = torch.square
sum = torch.sum
