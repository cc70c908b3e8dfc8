"""JAX: nothing may have side effects, so state is threaded through stateless scopes."""

import contextlib
import contextvars
import functools

import jax
import keras
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from keras_s3gan.backend import jax_convolution
from keras_s3gan.backend.jax_devices import Devices


def _run(function, inputs, variables, values):
    """Calls `function` with `values` in place of `variables`; returns what it assigned.

    Only values that were replaced come back, so that what nobody touches costs nothing.
    """
    with keras.StatelessScope(
        state_mapping=list(zip(variables, values, strict=True))
    ) as scope:
        before = [scope.get_current_value(variable) for variable in variables]
        outputs = function(*inputs)
    after = [scope.get_current_value(variable) for variable in variables]
    updates = {
        index: new
        for index, (old, new) in enumerate(zip(before, after, strict=True))
        if new is not old
    }
    return outputs, updates


def vjp(function, inputs=(), variables=(), state=()):
    """Runs `function(*inputs)` and returns what pulls a cotangent back through it.

    Args:
        function: callable that returns `(outputs, parts)`; only `outputs` (one tensor)
            is differentiated.
        inputs: sequence of float tensors.
        variables: list of Keras variables to differentiate with respect to.
        state: list of every other variable that `function` may read or assign.

    Returns:
        `(outputs, parts, pullback)`; `pullback(cotangent)` gives the pair of lists
        `(input_gradients, variable_gradients)`.
    """
    chosen = {id(variable) for variable in variables}
    state = [variable for variable in state if id(variable) not in chosen]
    state_values = [variable.value for variable in state]

    def pure(inputs, values):
        (outputs, parts), updates = _run(
            function, inputs, [*variables, *state], [*values, *state_values]
        )
        return outputs, (parts, updates)

    values = [variable.value for variable in variables]
    outputs, pull, (parts, updates) = jax.vjp(pure, list(inputs), values, has_aux=True)
    every = [*variables, *state]
    for index, value in updates.items():
        every[index].assign(value)
    return outputs, parts, pull


def input_gradient(function, inputs, state=()):
    """Gradient of `sum(function(inputs))`, itself differentiable.

    Args:
        function: callable from one tensor to a tensor.
        inputs: float tensor.
        state: list of every variable that `function` may read or assign.

    Returns:
        A tensor of the shape of `inputs`.
    """
    outputs, _, pull = vjp(
        lambda inputs: (keras.ops.sum(function(inputs)), ()), [inputs], state=state
    )
    ((gradient,), _) = pull(keras.ops.ones_like(outputs))
    return gradient


def run_if(condition, function, state=()):
    """`function()` where a condition holds that is known only as a step runs, else 0.

    Args:
        condition: boolean scalar.
        function: callable without arguments that returns a scalar in float32.
        state: list of every variable that `function` may read or assign. Trainable
            ones it only reads.

    Returns:
        A scalar, differentiable. What was assigned is kept.
    """
    fixed = [variable for variable in state if variable.trainable]
    moving = [variable for variable in state if not variable.trainable]
    fixed_values = [variable.value for variable in fixed]

    def taken(values):
        output, updates = _run(
            function, (), [*moving, *fixed], [*values, *fixed_values]
        )
        return output, [updates.get(i, value) for i, value in enumerate(values)]

    def skipped(values):
        return jax.numpy.zeros((), "float32"), values

    values = [variable.value for variable in moving]
    output, values = jax.lax.cond(condition, taken, skipped, values)
    for variable, value in zip(moving, values, strict=True):
        variable.assign(value)
    return output


def repeat(function, inputs, state=()):
    """Calls a function with one part after the other; the program holds it once.

    Args:
        function: callable over one part of `inputs`, for what it assigns.
        inputs: nest of tensors `[count, …]`, or `None` in the place of one. The
            function gets its parts `[…]`.
        state: list of every variable that `function` may read or assign.
    """
    assigned = set()

    def body(values, part):
        _, updates = _run(function, (part,), state, values)
        assigned.update(updates)
        values = [updates.get(index, value) for index, value in enumerate(values)]
        return values, None

    # XLA counts what a loop costs once, and a plan is to count all of it.
    values, _ = jax.lax.scan(
        body,
        [variable.value for variable in state],
        jax.tree.map(_each_part_divided, inputs),
        unroll=_elsewhere.get() is not None,
    )
    for index in assigned:
        state[index].assign(values[index])


def _each_part_divided(parts):
    """Devices share each part, instead of having some parts and waiting for others."""
    mesh = _mesh()
    if mesh is None or parts.ndim < 2:
        return parts
    rows = NamedSharding(mesh, PartitionSpec(None, mesh.axis_names[0]))
    return jax.lax.with_sharding_constraint(parts, rows)


def _mesh():
    if _elsewhere.get() is not None:
        return _elsewhere.get()
    distribution = keras.distribution.distribution()
    return distribution and distribution.device_mesh.backend_mesh


def convolution(inputs, kernel, bias, strides, padding, dilation_rate, data_format):
    """`keras.ops.conv`, with gradients that are fast on a CPU.

    Args: as there, and
        bias: `[out]`, added to each channel, or `None`.
    """
    channels = inputs.shape[1 if data_format == "channels_first" else -1]
    if channels == kernel.shape[-2] and _runs_on_cpu():
        outputs = _with_channels_last(
            lambda images: jax_convolution.convolution(
                images,
                keras.ops.convert_to_tensor(kernel),
                strides,
                padding,
                dilation_rate,
            ),
            inputs,
            data_format,
        )
    else:
        outputs = keras.ops.conv(
            inputs, kernel, strides, padding, data_format, dilation_rate
        )
    return _with_bias(outputs, bias, data_format)


def transposed_convolution(images, kernel, bias, data_format):
    """`keras.ops.conv_transpose` that doubles height and width, and a bias.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`.
        kernel: `[h, w, out, C]`, h and w even.
        bias: `[out]` or `None`.
        data_format: where the channels are.
    """
    if _runs_on_cpu():
        outputs = _with_channels_last(
            lambda images: jax_convolution.transposed_convolution(images, kernel),
            images,
            data_format,
        )
    else:
        outputs = keras.ops.conv_transpose(
            images, kernel, 2, "same", data_format=data_format
        )
    return _with_bias(outputs, bias, data_format)


def _runs_on_cpu():
    return _elsewhere.get() is None and jax.default_backend() == "cpu"


def _with_channels_last(function, images, data_format):
    if data_format == "channels_last":
        return function(images)
    return function(images.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def _with_bias(outputs, bias, data_format):
    if bias is None:
        return outputs
    shape = (-1, 1, 1) if data_format == "channels_first" else (-1,)
    return outputs + keras.ops.reshape(bias, shape)


def average_pool(images, data_format):
    """Means over windows of 2x2, as the framework is fast at.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`, of even height and width.
        data_format: which of the two.
    """
    return keras.ops.average_pool(images, 2, 2, "valid", data_format)


def repeat_pixels(images, data_format):
    """Doubles height and width, as the framework is fast at; args of `average_pool`."""
    for axis in (2, 3) if data_format == "channels_first" else (1, 2):
        images = jax.numpy.repeat(images, 2, axis)
    return images


_elsewhere = contextvars.ContextVar("elsewhere", default=None)


@contextlib.contextmanager
def traced_for(mesh):
    """What is traced within is for the devices of a mesh, wherever it is traced.

    Args:
        mesh: `jax.sharding.Mesh` with one axis.
    """
    token = _elsewhere.set(mesh)
    try:
        yield
    finally:
        _elsewhere.reset(token)


def call(parent, layer, *inputs, training):
    """`layer(*inputs)` in the call of a layer that holds it, as fast as it can be.

    Args:
        parent: layer in whose call this happens.
        layer: layer.
        *inputs: tensors.
        training: bool that the call of `parent` was given.
    """
    del parent, training  # Keras passes it on.
    return layer(*inputs)


def moments(inputs, axes):
    """Means of inputs and of their squares.

    Args:
        inputs: float tensor.
        axes: tuple of ints. What is averaged over.
    """
    squares = keras.ops.square(inputs)
    return keras.ops.mean(inputs, axis=axes), keras.ops.mean(squares, axis=axes)


def multiply_add(inputs, scale, shift):
    """`inputs · scale + shift`."""
    return inputs * scale + shift


def move_averages(averages, variables, decay):
    """Moves averages towards variables, `decay · average + (1 - decay) · variable`.

    Args:
        averages, variables: lists of Keras variables.
        decay: float scalar.
    """
    for average, variable in zip(averages, variables, strict=True):
        weight = keras.ops.cast(decay, average.dtype)
        average.assign(variable + (average - variable) * weight)


def apply_gradients(optimizer, gradients, variables):
    """Lets a built optimizer move `variables` by gradients, averaged over replicas.

    Here by its stateless form: the stateful form of loss scaling assigns inside a
    `lax.cond`, which nothing may.

    Args:
        optimizer: Keras optimizer that was built for `variables`.
        gradients: list of tensors, one for each variable.
        variables: list of Keras variables.
    """
    states = optimizer.variables
    values = optimizer.stateless_apply(
        [state.value for state in states],
        gradients,
        [variable.value for variable in variables],
    )
    for group, new_values in zip((variables, states), values, strict=True):
        for variable, value in zip(group, new_values, strict=True):
            variable.assign(value)


def replica_count():
    """How many replicas run this program, each on its own part of the batch.

    On JAX one program sees the whole batch, whatever devices it lies on.
    """
    return 1


def replica_part(tensor):
    """This replica's rows of a tensor that is the same on all of them.

    Every `replica_count()`th row, from the replica's own number on: so a batch's last
    rows are those of every replica's part, as its first ones are.
    """
    return tensor


def replica_mean(*tensors):
    """Averages over the replicas of data-parallel training, differentiably.

    Each replica has the same number of images, so the mean of means is the mean.

    Args:
        *tensors: float tensors.

    Returns:
        A sequence of as many tensors.
    """
    return tensors


@contextlib.contextmanager
def undivided():
    """A context in which every process computes the whole of what it is given.

    Keras would take it for one part of several.
    """
    divided = keras.distribution.distribution()
    if jax.process_count() > 1:
        keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(divided)


def no_gradient():
    """JAX records nothing outside of a transformation."""
    return contextlib.nullcontext()


def compiled(function, variables):
    """`function` over tensors, compiled; `variables` are read and assigned as usual.

    Args:
        function: callable over tensors that may assign to `variables`.
        variables: list of every variable that it reads or assigns.

    Returns:
        A callable with the arguments of `function`.
    """
    variables = list(variables)

    @jax.jit
    def pure(values, inputs):
        return _run(function, inputs, variables, values)

    def call(*inputs):
        outputs, updates = pure([variable.value for variable in variables], inputs)
        for index, value in updates.items():
            variables[index].assign(value)
        return outputs

    return call


def spread(function, variables):
    """A function over rows, compiled for all devices that are in use.

    Args:
        function: callable over tensors `[N, …]` to a nest of tensors `[N, …]`, where
            no row depends on another. It assigns nothing.
        variables: list of every variable that it reads.

    Returns:
        The compiled function, which takes arrays of a multiple of so many rows, and
        that number. Every process gets all of its results.
    """
    if Devices.in_use is None:
        run = compiled(function, variables)
        return lambda *inputs: keras.tree.map_structure(
            keras.ops.convert_to_numpy, run(*inputs)
        ), 1
    variables = list(variables)
    mesh = Devices.in_use.mesh
    everywhere = NamedSharding(mesh, PartitionSpec())
    rows = NamedSharding(mesh, PartitionSpec(mesh.axis_names))

    @functools.partial(jax.jit, out_shardings=everywhere)
    def pure(values, inputs):
        return _run(function, inputs, variables, values)[0]

    # A value that stays is laid on all devices once.
    held = [(None, None)] * len(variables)

    def call(*inputs):
        for index, variable in enumerate(variables):
            if variable.value is not held[index][0]:
                held[index] = variable.value, _placed(variable.value, everywhere)
        values = [placed for _, placed in held]
        outputs = pure(values, [_placed(array, rows) for array in inputs])
        return jax.tree.map(np.asarray, outputs)

    return call, mesh.size


def _placed(array, sharding):
    """An array that every process has, laid on the devices of all."""
    if getattr(array, "sharding", None) == sharding:
        return array
    array = keras.ops.convert_to_numpy(array)
    return jax.make_array_from_callback(array.shape, sharding, lambda part: array[part])


def default_jit_compile():
    """XLA is what JAX is for, on every device."""
    return True


def default_device():
    """What steps run on: `"cpu"`, `"gpu"` or `"tpu"`, and its name."""
    device = jax.devices()[0]
    return device.platform, device.device_kind


def make_deterministic():
    """XLA on CPU and TPU repeats itself bit for bit; nothing to ask for."""


class TrainStep:
    """Turns `self.step(data)` into the stateless `train_step(state, data)` of Keras."""

    def train_step(self, state, data):
        groups = [
            self.trainable_variables,
            self.non_trainable_variables,
            self.optimizer.variables,
            self.metrics_variables,
        ]
        mapping = [
            pair
            for variables, values in zip(groups, state, strict=True)
            for pair in zip(variables, values, strict=True)
        ]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            logs = self.step(data)
        state = tuple(
            [scope.get_current_value(variable) for variable in variables]
            for variables in groups
        )
        return logs, state
