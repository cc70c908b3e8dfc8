"""PyTorch: updates of variables."""

import torch

from keras_s3gan.backend.torch.collectives import replica_mean


def update_ema(averages, variables, decay):
    """See `keras_s3gan.backend.interface`."""
    averages = [average.value for average in averages]
    variables = [variable.value for variable in variables]
    moved = torch._foreach_sub(averages, variables)
    torch._foreach_mul_(moved, decay)
    torch._foreach_add_(moved, variables)
    torch._foreach_copy_(averages, moved)


def apply_gradients(optimizer, gradients, variables):
    """See `keras_s3gan.backend.interface`."""
    optimizer.apply(replica_mean(*gradients), variables)
