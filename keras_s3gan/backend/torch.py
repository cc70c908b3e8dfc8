"""PyTorch: variables change in place, autograd records everything that it is let."""

import contextlib
import functools
import inspect
import os

import keras
import numpy as np
import torch
from torch import distributed
from torch.nn import functional

from keras_s3gan.backend.device_counts import check_devices, check_whole_models


def vjp(function, inputs=(), variables=(), state=()):
    """Runs `function(*inputs)`; see `keras_s3gan.backend.jax.vjp`."""
    del state  # assigned in place
    inputs = [_tracked(x) for x in inputs]
    sources = [*inputs, *[variable.value for variable in variables]]
    with torch.enable_grad():
        outputs, parts = function(*inputs)

    def pullback(cotangent):
        gradients = torch.autograd.grad(
            outputs, sources, grad_outputs=cotangent, allow_unused=True
        )
        gradients = [
            torch.zeros_like(source) if gradient is None else gradient
            for gradient, source in zip(gradients, sources, strict=True)
        ]
        return gradients[: len(inputs)], gradients[len(inputs) :]

    return outputs.detach(), _detached(parts), pullback


def _tracked(tensor):
    return tensor if tensor.requires_grad else tensor.detach().requires_grad_()


def _detached(parts):
    return keras.tree.map_structure(
        lambda x: x.detach() if isinstance(x, torch.Tensor) else x, parts
    )


def input_gradient(function, inputs, state=()):
    """Differentiable gradient; see `keras_s3gan.backend.jax.input_gradient`."""
    del state
    inputs = _tracked(keras.ops.convert_to_tensor(inputs))
    with torch.enable_grad():
        outputs = keras.ops.sum(function(inputs))
        (gradient,) = torch.autograd.grad(
            outputs, inputs, create_graph=True, allow_unused=True
        )
    return torch.zeros_like(inputs) if gradient is None else gradient


def run_if(condition, function, state=()):
    """`function()` or 0; see `keras_s3gan.backend.jax.run_if`."""
    del state
    return function() if condition else keras.ops.zeros(())


def repeat(function, inputs, state=()):
    """One part after the other; see `keras_s3gan.backend.jax.repeat`."""
    del state
    for index in range(len(keras.tree.flatten(inputs)[0])):
        function(_part(inputs, index))


def _part(inputs, index):
    return keras.tree.map_structure(
        lambda tensor: None if tensor is None else tensor[index], inputs
    )


def convolution(inputs, kernel, bias, strides, padding, dilation_rate, data_format):
    """A convolution; see `keras_s3gan.backend.jax.convolution`.

    Of images with the channels last Keras makes a copy with the channels first, and one
    back; PyTorch takes them as they lie.
    """
    inputs, kernel, bias = map(_tensor, (inputs, kernel, bias))
    last = data_format == "channels_last"
    images = inputs.permute(0, 3, 1, 2) if last else inputs
    kernel = _as_torch_has_it(kernel)
    if kernel.shape[2:] == (1, 1):
        # The same values as with strides, whose gradient ends the process on some
        # processors: oneDNN of PyTorch 2.13, uxlfoundation/oneDNN#6035.
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


def _as_torch_has_it(kernel):
    """The spatial axes last; in few bits as a copy.

    Where the processor has no instructions for them, PyTorch's gradient for a kernel
    wants it contiguous.
    """
    kernel = kernel.permute(3, 2, 0, 1)
    return kernel if kernel.dtype == torch.float32 else kernel.contiguous()


def _tensor(value):
    if value is None or isinstance(value, torch.Tensor):
        return value
    return keras.ops.convert_to_tensor(value)


def transposed_convolution(images, kernel, bias, data_format):
    """Doubles; see `keras_s3gan.backend.jax.transposed_convolution`."""
    images, kernel, bias = map(_tensor, (images, kernel, bias))
    last = data_format == "channels_last"
    outputs = functional.conv_transpose2d(
        images.permute(0, 3, 1, 2) if last else images,
        _as_torch_has_it(kernel),
        bias,
        stride=2,
        padding=[size // 2 - 1 for size in kernel.shape[:2]],
    )
    return outputs.permute(0, 2, 3, 1) if last else outputs


def average_pool(images, data_format):
    """Means over windows; see `keras_s3gan.backend.jax.average_pool`.

    Without the copy that Keras makes of images with the channels last.
    """
    if data_format == "channels_first":
        return functional.avg_pool2d(images, 2)
    return functional.avg_pool2d(images.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)


def repeat_pixels(images, data_format):
    """Doubles height and width; see `keras_s3gan.backend.jax.repeat_pixels`."""
    if data_format == "channels_first":
        return functional.interpolate(images, scale_factor=2)
    images = functional.interpolate(images.permute(0, 3, 1, 2), scale_factor=2)
    return images.permute(0, 2, 3, 1)


def call(parent, layer, *inputs, training):
    """A layer within another; see `keras_s3gan.backend.jax.call`.

    What Keras does around a call takes longer than many a layer, and PyTorch does it in
    every step. Where nothing is to be built, cast or watched, it is left out.
    """
    bare = (
        layer.built
        and parent.dtype_policy.name == layer.dtype_policy.name == "float32"
        and layer.activity_regularizer is None
        and all(tensor.dtype == torch.float32 for tensor in inputs)
    )
    if not bare:
        return layer(*inputs)
    if _takes_training(type(layer)):
        return layer.call(*inputs, training=training)
    return layer.call(*inputs)


@functools.cache
def _takes_training(kind):
    return "training" in inspect.signature(kind.call).parameters


def moments(inputs, axes):
    """Means; see `keras_s3gan.backend.jax.moments`."""
    return _Moments.apply(inputs, axes)


class _Moments(torch.autograd.Function):
    """Both gradients in one pass over the inputs."""

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


def multiply_add(inputs, scale, shift):
    """`inputs · scale + shift` in one pass over the inputs."""
    return torch.addcmul(shift, inputs, scale)


def move_averages(averages, variables, decay):
    """Moves averages; see `keras_s3gan.backend.jax.move_averages`."""
    averages = [average.value for average in averages]
    variables = [variable.value for variable in variables]
    moved = torch._foreach_sub(averages, variables)
    torch._foreach_mul_(moved, decay)
    torch._foreach_add_(moved, variables)
    torch._foreach_copy_(averages, moved)


def _same(size, kernel_size, stride, dilation):
    """Padding before and after, so that the outputs are `size / stride`, rounded up."""
    span = dilation * (kernel_size - 1) + 1
    total = max(0, (-(-size // stride) - 1) * stride + span - size)
    return total // 2, total - total // 2


def apply_gradients(optimizer, gradients, variables):
    """Moves `variables`; see `keras_s3gan.backend.jax.apply_gradients`."""
    optimizer.apply(replica_mean(*gradients), variables)


def replica_count():
    """The processes; see `keras_s3gan.backend.jax.replica_count`."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return 1
    return distributed.get_world_size() if Devices.together else 1


def replica_part(tensor):
    """Every n-th row; see `keras_s3gan.backend.jax.replica_part`."""
    count = replica_count()
    return tensor if count == 1 else tensor[distributed.get_rank() :: count]


def replica_mean(*tensors):
    """Means over processes; see `keras_s3gan.backend.jax.replica_mean`."""
    count = replica_count()
    if count == 1:
        return tensors
    # One message for all of them.
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    flat = _Sum.apply(flat) / count
    parts = flat.split([tensor.numel() for tensor in tensors])
    return [
        part.reshape(tensor.shape) for part, tensor in zip(parts, tensors, strict=True)
    ]


class _Sum(torch.autograd.Function):
    """A sum over processes, whose gradient is one too."""

    @staticmethod
    def forward(ctx, tensor):
        tensor = tensor.clone()
        distributed.all_reduce(tensor)
        return tensor

    @staticmethod
    def backward(ctx, gradient):
        return _Sum.apply(gradient)


class Devices:
    """Devices that share every batch; see `keras_s3gan.backend.jax.Devices`.

    One for each process that `torchrun` has started, and `torchrun` says how many.
    """

    # Whether processes average; a group that others made always does.
    together = True
    in_use = None

    def __init__(
        self,
        count=None,
        coordinator=None,
        processes=None,
        process=None,
        model_parallel=1,
    ):
        check_whole_models(model_parallel)
        if coordinator or processes or process:
            raise ValueError(
                "PyTorch finds other processes by torchrun. "
                f"Received: coordinator={coordinator}"
            )
        if "WORLD_SIZE" not in os.environ:
            raise ValueError(
                "On PyTorch each device has a process, which torchrun starts: "
                "torchrun --nproc-per-node N -m keras_s3gan.cli train … "
                f"Received: devices={count}"
            )
        check_devices(count, int(os.environ.get("LOCAL_WORLD_SIZE", 1)))
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        if not distributed.is_initialized():
            distributed.init_process_group()
        self.total = self.processes = distributed.get_world_size()
        self.process = distributed.get_rank()
        Devices.together = False
        Devices.in_use = self

    def building(self):
        """Nothing: every process builds the same."""
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def training(self):
        """A context in which processes average."""
        Devices.together = True
        try:
            yield
        finally:
            Devices.together = False

    def rows(self, count):
        """The rows of a batch that are this process' own."""
        return np.arange(self.process, count, self.processes)

    def wait(self, name):
        """Until all processes have come to this point."""
        distributed.barrier()


def undivided():
    """Nothing is divided by itself; see `keras_s3gan.backend.jax.undivided`."""
    return contextlib.nullcontext()


def no_gradient():
    """Nothing inside is recorded."""
    return torch.no_grad()


def compiled(function, variables):
    """`function` without recording; see `keras_s3gan.backend.jax.compiled`."""
    del variables

    def call(*inputs):
        with torch.no_grad():
            return function(
                *keras.tree.map_structure(keras.ops.convert_to_tensor, inputs)
            )

    return call


def spread(function, variables):
    """A function over rows on all devices; see `keras_s3gan.backend.jax.spread`."""
    run = compiled(function, variables)
    devices = Devices.in_use
    count, own = (1, 0) if devices is None else (devices.total, devices.process)

    def whole(output):
        if count > 1:
            parts = [torch.empty_like(output) for _ in range(count)]
            distributed.all_gather(parts, output.contiguous())
            output = torch.cat(parts)
        return keras.ops.convert_to_numpy(output)

    def call(*inputs):
        outputs = run(*[np.split(array, count)[own] for array in inputs])
        return keras.tree.map_structure(whole, outputs)

    return call, count


def default_jit_compile():
    """Compiling a whole step takes minutes and gains nothing on CPU."""
    return False


def default_device():
    """What steps run on; see `keras_s3gan.backend.jax.default_device`."""
    if torch.cuda.is_available():
        return "gpu", torch.cuda.get_device_name()
    return "cpu", "cpu"


def make_deterministic():
    """Refuses nothing, but prefers kernels that repeat themselves bit for bit."""
    torch.use_deterministic_algorithms(True, warn_only=True)


class TrainStep:
    """The gradients are taken by `vjp`, so nothing else needs to be recorded."""

    def train_step(self, data):
        with torch.no_grad():
            return self.step(data)
