"""What the package of each framework offers: the description, nothing that runs.

`jax/`, `tensorflow/` and `torch/` have the same functions in files of the same names,
and `keras_s3gan.backend` takes them from the one of `keras.backend.backend()`.
`tests/backend/test_interface.py` compares names and parameters with these.

| file | names |
| --- | --- |
| `gradients.py` | `vjp`, `input_gradient`, `no_gradient` |
| `control_flow.py` | `cond`, `scan` |
| `convolutions.py` | `convolution`, `transposed_convolution` |
| `resampling.py` | `average_pool`, `repeat_pixels` |
| `arithmetic.py` | `moments`, `multiply_add` |
| `layer_call.py` | `call` |
| `optimizers.py` | `apply_gradients`, `update_ema` |
| `collectives.py` | `replica_count`, `replica_part`, `replica_mean` |
| `devices.py` | `Devices`, `unsharded`, `default_device`, `make_deterministic` |
| `compilation.py` | `compiled`, `data_parallel`, `default_jit_compile` |
| `step.py` | `TrainStep` |

On JAX nothing may have side effects, so a function that is transformed or compiled must
be told its variables: the arguments `variables` and `state`. What the function assigns
to them is kept, on every framework.
"""

import types

ops: types.ModuleType
"""`keras.ops`, or functions of the same names and results for tensors alone.

On PyTorch, where `keras.ops` costs more than a small operation itself, it is
`torch/ops.py`, which has what layers use.
"""


def vjp(function, inputs=(), variables=(), state=()):
    """Runs `function(*inputs)`; its gradients are computed later, from a cotangent.

    Args:
        function: callable that returns `(outputs, aux)`: one tensor, which is
            differentiated, and any nest of tensors, which is not.
        inputs: sequence of float tensors.
        variables: list of Keras variables to differentiate with respect to.
        state: list of every other variable that `function` may read or assign.

    Returns:
        `(outputs, aux, pullback)`. `pullback(cotangent)`, to be called at most once,
        takes a tensor like `outputs` and returns the pair of lists
        `(input_gradients, variable_gradients)`, zeros where `outputs` do not depend on
        an input or a variable.
    """


def input_gradient(function, inputs, state=()):
    """Gradient of `sum(function(inputs))`, itself differentiable.

    Args:
        function: callable from one tensor to a tensor.
        inputs: float tensor.
        state: list of every variable that `function` may read or assign.

    Returns:
        A tensor of the shape of `inputs`, zeros where nothing depends on them.
    """


def no_gradient():
    """A context in which no operation is recorded for a gradient."""


def cond(condition, function, state=()):
    """`function()` if a condition holds that is known only as a step runs, else 0.

    Args:
        condition: boolean scalar tensor.
        function: callable without arguments that returns a scalar in float32. It is
            not computed where the condition does not hold.
        state: list of every variable that `function` may read or assign. Trainable
            ones it only reads.

    Returns:
        A differentiable scalar.
    """


def scan(function, inputs, state=()):
    """Calls a function with each slice of the inputs in turn, for what it assigns.

    On JAX and TensorFlow the compiled program holds the function once, except on
    TensorFlow with several replicas, which cannot communicate within a loop.

    Args:
        function: callable over a nest of slices `[…]`. What it returns is dropped.
        inputs: nest of tensors `[count, …]`, `count` static, or `None` in the place of
            one, which stays `None`.
        state: list of every variable that `function` may read or assign.
    """


def convolution(inputs, kernel, bias, strides, padding, dilation_rate, data_format):
    """`keras.ops.conv` of images, and a bias; as fast as the framework can.

    Fast also within `cond` and `scan`. Its gradients can be differentiated again,
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
        `[N, H', W', out]` or `[N, out, H', W']`, of the size that `keras.ops.conv` has.
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
        axes: tuple of non-negative ints. What is averaged over.

    Returns:
        Two tensors with the other axes.
    """


def multiply_add(inputs, scale, shift):
    """`inputs * scale + shift`, broadcast.

    Args:
        inputs, scale, shift: float tensors of one dtype.
    """


def call(parent, layer, *inputs, training):
    """`layer(*inputs)` within the call of another layer, without needless overhead.

    Args:
        parent: layer in whose call this happens.
        layer: layer that `parent` holds.
        *inputs: tensors.
        training: bool that the call of `parent` was given.
    """


def apply_gradients(optimizer, gradients, variables):
    """Updates variables with gradients that are averaged over the replicas.

    Args:
        optimizer: Keras optimizer that was built for `variables`.
        gradients: list of tensors, one for each variable.
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
    """How many replicas run this program, each with its own part of the batch.

    1 on JAX, where one program sees the whole batch, whatever devices it lies on.
    """


def replica_part(tensor):
    """This replica's rows of a tensor that is the same on all of them.

    Every `replica_count()`th row, from the replica's own number on.

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
        A sequence of as many tensors, the same on every replica.
    """


class Devices:
    """Devices that share every batch, of this process or of several.

    To be made before anything is computed. Models that are built within `building()`
    and trained within `training()` use all of them; outside, each process works alone.

    Args:
        count: int. Devices of each process. Defaults to all that there are. On JAX and
            TensorFlow a CPU is divided into as many. On PyTorch each process has one,
            and `torchrun` says how many processes there are.
        coordinator: string. JAX alone: `HOST:PORT` of the first process, or `"auto"`
            where the cluster says it, if there are several processes. TensorFlow reads
            the variable `TF_CONFIG`, PyTorch is started by `torchrun`.
        processes: int. JAX alone: how many there are. `"auto"` needs no number.
        process: int. JAX alone: which one this is.
        model_parallel: int. JAX alone: so many devices, of one process, share the wide
            weights of a model. Defaults to `1`: each device has all of them.

    Attributes:
        in_use: the last one that was made in this process, or `None`.
        total: int. Devices of all processes.
        processes, process: int. How many processes there are, and which one this is.

    Raises:
        ValueError: if there are fewer devices, or for an argument of another framework.
    """

    in_use = None

    def __init__(
        self,
        count=None,
        coordinator=None,
        processes=None,
        process=None,
        model_parallel=1,
    ):
        """Arguments as in the class."""

    def building(self):
        """A context in which models are built."""

    def training(self):
        """A context in which models that were built so are trained."""

    def rows(self, count):
        """The rows of a batch that this process hands to `fit`, in order.

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
    """A context in which each process computes all of what it is given.

    On JAX with several processes Keras would take that for one part of the whole.
    """


def default_device() -> tuple[str, str]:
    """What steps run on: `"cpu"`, `"gpu"` or `"tpu"`, and the name of the hardware."""


def make_deterministic():
    """Asks the framework for kernels that give the same bits each time."""


def compiled(function, variables):
    """Compiles a function; nothing in it is recorded for a gradient outside.

    Args:
        function: callable over tensors, or nests of them.
        variables: list of every variable that it reads or assigns.

    Returns:
        A callable with the arguments of `function`, which may be arrays.
    """


def data_parallel(function, variables):
    """Compiles a function of rows that do not depend on each other, for all devices.

    Args:
        function: callable over tensors `[N, …]` to a nest of tensors `[N, …]`. It
            assigns nothing.
        variables: list of every variable that it reads.

    Returns:
        `(run, count)`. `run` takes arrays, the same in every process, of a multiple of
        `count` rows and returns all results in every process, as NumPy arrays.
    """


def default_jit_compile() -> bool:
    """Whether compiling a step by XLA (PyTorch: `torch.compile`) pays here."""


class TrainStep:
    """Mixin of a `keras.Model`, before it in the bases, with Keras' `train_step`.

    The model has all its variables before `fit`, and a method `step(data)`: it takes
    what `fit` hands over for a batch, updates variables, and returns a dictionary from
    the names of metrics to scalars.

    The model has its values after a call of `fit`, `evaluate` or `predict` that an
    error or Ctrl-C ended: those after the last step that was finished, and where
    variables change in place perhaps a part of the next. A callback may call `evaluate`
    and `predict` within `fit`.
    """
