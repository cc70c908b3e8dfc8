"""PyTorch: the arithmetic of normalizations."""

import torch


def moments(inputs, axes):
    """See `keras_s3gan.backend.interface`."""
    return _Moments.apply(inputs, axes)


class _Moments(torch.autograd.Function):
    """Both means, whose gradient takes one pass over the inputs."""

    @staticmethod
    def forward(ctx, inputs, axes):
        ctx.save_for_backward(inputs)
        ctx.axes = axes
        return inputs.mean(axes), inputs.square().mean(axes)

    @staticmethod
    def backward(ctx, mean, square):
        (inputs,) = ctx.saved_tensors
        shape = [
            1 if axis in ctx.axes else size for axis, size in enumerate(inputs.shape)
        ]
        count = inputs.numel() // mean.numel()
        mean, square = mean.reshape(shape) / count, square.reshape(shape) * 2 / count
        return torch.addcmul(mean, inputs, square), None


def coarse(inputs):
    """See `keras_s3gan.backend.interface`."""
    return (inputs.detach().view(torch.int32) & -(2**8)).view(torch.float32)


def multiply_add(inputs, scale, shift):
    """See `keras_s3gan.backend.interface`.

    In one pass over the inputs.
    """
    return torch.addcmul(shift, inputs, scale)
