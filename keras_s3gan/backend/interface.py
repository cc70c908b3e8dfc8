"""The functions of the package of each framework: a description, no code to run.

`jax/`, `tensorflow/` and `torch/` have the same functions in files of the same names,
and `keras_s3gan.backend` imports those of `keras.backend.backend()`.
`tests/backend/test_interface.py` compares their names and parameters with this file.

| file | names |
| --- | --- |
| `gradients.py` | `vjp`, `input_gradient`, `no_gradient` |
| `control_flow.py` | `cond`, `scan` |
| `convolutions.py` | `convolution`, `transposed_convolution` |
| `resampling.py` | `average_pool`, `repeat_pixels` |
| `arithmetic.py` | `moments`, `coarse`, `multiply_add` |
| `layer_call.py` | `call` |
| `optimizers.py` | `apply_gradients`, `update_ema` |
| `collectives.py` | `replica_count`, `replica_part`, `replica_mean` |
| `devices.py` | `Devices`, `unsharded`, `default_device`, `make_deterministic` |
| `compilation.py` | `compiled`, `data_parallel`, `default_jit_compile` |
| `startup.py` | `startup_problem` |
| `step.py` | `TrainStep` |

On JAX a function that is transformed or compiled must not have side effects. So it gets
its variables as arguments, `variables` and `state`. Its assignments to them are kept on
every framework.
"""

import types
from contextlib import AbstractContextManager

import numpy as np

ops: types.ModuleType
"""`keras.ops`, or functions of the same names and results for tensors only.

On PyTorch, where `keras.ops` takes longer than a small operation, it is `torch/ops.py`,
with the functions that layers use.
"""


def vjp(function, inputs=(), variables=(), state=()):
    """Runs `function(*inputs)`; a pullback computes its gradients from a cotangent.

    Args:
        function: callable that returns `(outputs, aux)`: one tensor, which is
            differentiated, and any nest of tensors, which is not.
        inputs: sequence of float tensors.
        variables: list of Keras variables to differentiate with respect to.
        state: list of every other variable that `function` may read or assign.

    Returns:
        `(outputs, aux, pullback)`. `pullback(cotangent)`, which may be called once,
        takes a tensor like `outputs` and returns the pair of lists
        `(input_gradients, variable_gradients)`. A gradient is zero if `outputs` do not
        depend on the input or variable.
    """


def input_gradient(function, inputs, state=()):
    """Gradient of `sum(function(inputs))`, itself differentiable.

    Args:
        function: callable from one tensor to a tensor.
        inputs: float tensor.
        state: list of every variable that `function` may read or assign.

    Returns:
        A tensor of the shape of `inputs`.
    """


def no_gradient():
    """A context in which no operation is recorded for a gradient."""


def cond(condition, function, state=()):
    """`function()` if a condition is true, else 0; decided when the step runs.

    Args:
        condition: boolean scalar tensor.
        function: callable without arguments that returns a scalar in float32. It is
            not computed if the condition is false.
        state: list of every variable that `function` may read or assign. It must not
            assign trainable ones.

    Returns:
        A differentiable scalar.
    """


def scan(function, inputs, state=()):
    """Calls a function with each slice of the inputs in turn, for its assignments.

    On JAX and TensorFlow the compiled program contains the function once, except on
    TensorFlow with several replicas, which cannot communicate within a loop.

    Args:
        function: callable over a nest of slices `[…]`. Its result is not used.
        inputs: nest of tensors `[count, …]`, `count` static. It may contain `None`,
            which `function` then gets.
        state: list of every variable that `function` may read or assign.
    """


def convolution(inputs, kernel, bias, strides, padding, dilation_rate, data_format):
    """`keras.ops.conv` of images, and a bias, in the framework's fastest form.

    It is also fast within `cond` and `scan`. Its gradients can be differentiated again,
    in reverse mode.

    Args:
        inputs: `[N, H, W, C]` or `[N, C, H, W]`.
        kernel: `[h, w, in, out]`. With `in` smaller than C there are `C / in` groups.
        bias: `[out]`, or `None`.
        strides: pair of ints.
        padding: `"same"` or `"valid"`.
        dilation_rate: pair of ints. Not above 1 together with strides above 1.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        `[N, H', W', out]` or `[N, out, H', W']`, as `keras.ops.conv`.
    """


def transposed_convolution(images, kernel, bias, data_format):
    """`keras.ops.conv_transpose` with strides of 2, padding `"same"`, and a bias.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`.
        kernel: `[h, w, out, C]`, h and w even.
        bias: `[out]`, or `None`.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        `[N, 2H, 2W, out]` or `[N, out, 2H, 2W]`.
    """


def average_pool(images, data_format):
    """Means over windows of 2x2 that do not overlap.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`, H and W even.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        `[N, H/2, W/2, C]` or `[N, C, H/2, W/2]`.
    """


def repeat_pixels(images, data_format):
    """Nearest-neighbour upsampling by 2.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        `[N, 2H, 2W, C]` or `[N, C, 2H, 2W]`.
    """


def moments(inputs, axes):
    """Means of inputs and of their squares.

    Args:
        inputs: float tensor.
        axes: tuple of non-negative ints. The axes of the means.

    Returns:
        Two tensors with the other axes.
    """


def coarse(inputs):
    """Inputs with only the first 16 bits of each significand, for exact differences.

    A compiler may compute `x - mean` from the sum, without rounding the mean, in one
    place and not in another. The difference of the two is large if the mean is. It
    computes `x - coarse(mean)` alike everywhere.

    Args:
        inputs: float32 tensor. There is no gradient.

    Returns:
        A tensor of the same shape and dtype.
    """


def multiply_add(inputs, scale, shift):
    """`inputs * scale + shift`, broadcast.

    Args:
        inputs, scale, shift: float tensors of one dtype.
    """


def call(parent, layer, *inputs, training):
    """`layer(*inputs)` within the call of another layer, with less overhead.

    Args:
        parent: the layer that calls.
        layer: a layer of `parent`.
        *inputs: tensors.
        training: bool. The `training` of the call of `parent`.
    """


def apply_gradients(optimizer, gradients, variables):
    """Updates variables with gradients that are averaged over the replicas.

    Args:
        optimizer: Keras optimizer that was built for `variables`.
        gradients: list of tensors, one per variable.
        variables: list of Keras variables.

    Raises:
        ValueError: on TensorFlow with several replicas, if the optimizer clips or
            accumulates gradients.
    """


def update_ema(averages, variables, decay):
    """Exponential moving averages: `decay * average + (1 - decay) * variable`.

    Args:
        averages, variables: lists of Keras variables. The former are assigned.
        decay: float scalar.
    """


def replica_count() -> int:
    """Number of replicas that run this program, each with its own part of the batch.

    1 on JAX, where one program has the whole batch, on any number of devices.
    """


def replica_part(tensor):
    """This replica's rows of a tensor that is the same on all replicas.

    Every `replica_count()`th row, starting at the number of the replica.

    Args:
        tensor: `[N, …]`, N a multiple of `replica_count()`.

    Returns:
        `[N / replica_count(), …]`.
    """


def replica_mean(*tensors):
    """Differentiable means over the replicas.

    Each replica has the same number of images, so the mean of means is the mean.

    Args:
        *tensors: float tensors.

    Returns:
        A sequence of equally many tensors, the same on every replica.
    """


class Devices:
    """Devices that share every batch, of this process or of several.

    Create it before any computation. Models that are built within `building()` and
    trained within `training()` use all devices; outside, each process works alone.

    Args:
        count: int. Number of devices of each process. Defaults to all. On JAX and
            TensorFlow a CPU is divided into this many devices. On PyTorch each process
            has one device, and `torchrun` sets the number of processes.
        coordinator: string. JAX only: `HOST:PORT` of the first of several processes, or
            `"auto"` on a cluster that JAX knows. TensorFlow reads the variable
            `TF_CONFIG`, PyTorch is started by `torchrun`.
        processes: int. JAX only: number of processes. Not needed with `"auto"`.
        process: int. JAX only: number of this process. Not needed with `"auto"`.
        model_parallel: int. JAX only: number of devices, in one process, that share
            the large weights of a model. Defaults to `1`: each device has all weights.

    Attributes:
        in_use: the last object that was made in this process, or `None`.
        total: int. Number of devices of all processes.
        processes, process: int. Number of processes, and number of this one.

    Raises:
        ValueError: if there are fewer devices, or for an argument of another framework.
    """

    in_use: "Devices | None" = None
    total: int
    processes: int
    process: int

    def __init__(
        self,
        count=None,
        coordinator=None,
        processes=None,
        process=None,
        model_parallel=1,
    ):
        """Arguments as in the class."""

    def building(self) -> AbstractContextManager[None]:
        """A context in which models are built."""

    def training(self) -> AbstractContextManager[None]:
        """A context in which models built within `building()` are trained."""

    def rows(self, count: int) -> np.ndarray:
        """The rows of a batch that this process passes to `fit`, in order.

        Args:
            count: int. Size of the whole batch, a multiple of `total`.

        Returns:
            Array of ints.
        """

    def wait(self, name):
        """Returns when every process has called it.

        Args:
            name: string, the same in all of them.
        """


def unsharded():
    """A context in which each process computes on all of its data.

    On JAX with several processes, Keras would treat the data as one part of a batch.
    """


def default_device() -> tuple[str, str]:
    """The device of steps: `"cpu"`, `"gpu"` or `"tpu"`, and the hardware's name."""


def make_deterministic():
    """Selects deterministic kernels, with results that are equal bit for bit."""


def compiled(function, variables):
    """Compiles a function that is not differentiated from outside.

    Args:
        function: callable over tensors, or nests of them.
        variables: list of every variable that it reads or assigns.

    Returns:
        A callable with the arguments of `function`, which may be arrays.
    """


def data_parallel(function, variables):
    """Compiles a function of independent rows for all devices.

    Args:
        function: callable over tensors `[N, …]` to a nest of tensors `[N, …]`. It
            assigns nothing.
        variables: list of every variable that it reads.

    Returns:
        `(run, count)`. `run` takes arrays with a multiple of `count` rows, the same in
        every process, and returns all results in every process, as NumPy arrays.
    """


def default_jit_compile() -> bool:
    """Whether a step is faster if compiled by XLA (PyTorch: by `torch.compile`)."""


def startup_problem() -> str | None:
    """What a framework lacks that was imported before its settings were made.

    Returns:
        A clause for a warning, or `None`.
    """


class TrainStep:
    """Mixin of a `keras.Model`, before it in the bases, with Keras' `train_step`.

    The model has all its variables before `fit`, and a method `step(data)`: it takes
    what `fit` hands over for a batch, updates variables, and returns a dictionary from
    the names of metrics to scalars.

    A model that sets `data_is_checked = False` has a method `check_data(data)`, which
    is called with each batch before the step, outside of what is compiled. Each of
    several processes hands over its own part of a batch. Batches may have different
    sizes.

    The model has its values after a call of `fit`, `evaluate` or `predict` that an
    error or Ctrl-C ended: those after the last step that was finished, and where
    variables change in place perhaps a part of the next. A callback may call `evaluate`
    and `predict` within `fit`.
    """
