"""PyTorch: convolutions."""

import keras
import torch
from torch.nn import functional


def convolution(inputs, kernel, bias, strides, padding, dilation_rate, data_format):
    """See `keras_s3gan.backend.interface`.

    Keras copies images from channels last to channels first, and back; PyTorch does not
    need these copies.
    """
    inputs, kernel, bias = map(_tensor, (inputs, kernel, bias))
    last = data_format == "channels_last"
    images = inputs.permute(0, 3, 1, 2) if last else inputs
    kernel = _torch_kernel(kernel)
    if kernel.shape[2:] == (1, 1) and max(strides) > 1:
        # Equivalent to strides. Otherwise training ended its process on some
        # processors: PyTorch 2.13, uxlfoundation/oneDNN#6035.
        images, strides = images[:, :, :: strides[0], :: strides[1]], (1, 1)
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        sizes = zip(images.shape[2:], kernel.shape[2:], strict=True)
        rates = zip(strides, dilation_rate, strict=True)
        pads = [_same(*size, *rate) for size, rate in zip(sizes, rates, strict=True)]
    if any(before != after for before, after in pads):
        images = functional.pad(images, [*pads[1], *pads[0]])
        pads = [(0, 0), (0, 0)]
    outputs = functional.conv2d(
        images,
        kernel,
        bias,
        stride=strides,
        padding=[before for before, _ in pads],
        dilation=dilation_rate,
        groups=images.shape[1] // kernel.shape[1],
    )
    return outputs.permute(0, 2, 3, 1) if last else outputs


def _same(size, kernel_size, stride, dilation):
    """Padding before and after, so that the outputs are `size / stride`, rounded up."""
    span = dilation * (kernel_size - 1) + 1
    total = max(0, (-(-size // stride) - 1) * stride + span - size)
    return total // 2, total - total // 2


def _torch_kernel(kernel):
    """`[out, in, H, W]`; in 16 bits a copy.

    On processors without 16-bit instructions, PyTorch's gradient of a kernel needs it
    to be contiguous.
    """
    kernel = kernel.permute(3, 2, 0, 1)
    return kernel if kernel.dtype == torch.float32 else kernel.contiguous()


def _tensor(value):
    if value is None or isinstance(value, torch.Tensor):
        return value
    return keras.ops.convert_to_tensor(value)


def transposed_convolution(images, kernel, bias, data_format):
    """See `keras_s3gan.backend.interface`."""
    images, kernel, bias = map(_tensor, (images, kernel, bias))
    last = data_format == "channels_last"
    outputs = functional.conv_transpose2d(
        images.permute(0, 3, 1, 2) if last else images,
        _torch_kernel(kernel),
        bias,
        stride=2,
        padding=[size // 2 - 1 for size in kernel.shape[:2]],
    )
    return outputs.permute(0, 2, 3, 1) if last else outputs
