"""One check for every layer and network: what Keras users take for granted.

`check_layer` runs all of it; the parts can be called alone. A test of the mathematics
belongs beside it, not in it.
"""

import inspect
import json
import os
import pathlib
import tempfile

import keras
import numpy as np

from tests.tolerance import assert_close

FLOAT_DTYPES = ("float16", "bfloat16", "float32", "float64")


def check_layer(
    make_layer,
    inputs,
    call_kwargs=None,
    *,
    trainable=None,
    unmoved=(),
    formats=("channels_last", "channels_first"),
    dtypes=("float32", "mixed_bfloat16"),
    tolerance=1e-5,
    low_precision_tolerance=0.1,
    output_dtype=None,
    pure_inference=True,
    package="keras_s3gan",
):
    """Checks that a layer keeps the promises of a Keras layer.

    Args:
        make_layer: callable that returns a new layer, with its arguments set to other
            than their defaults where that is possible. It is given `dtype=` and, where
            `formats` is not empty, `data_format=`.
        inputs: array `[N, ...]` (`[N, H, W, C]` for images), or a tuple of arrays for
            a layer with several positional arguments.
        call_kwargs: dictionary of further call arguments; arrays in it are tensors.
        trainable: int. Number of trainable weights expected. `None`: not checked.
        unmoved: names (or ends of paths) of trainable weights that training on these
            inputs cannot move. Every other one has to move.
        formats: data formats that must agree up to a transposition; the first is the
            one that `inputs` and the other checks use. Empty: the layer has none.
        dtypes: dtype policies, the first of them the reference.
        tolerance: float. Relative error allowed where the same values are expected.
        low_precision_tolerance: float. The same for a mixed policy against the first.
        output_dtype: str. What floats come out in, whatever the policy. `None`: the
            policy's compute dtype.
        pure_inference: bool. Whether inference must leave every variable alone.
        package: str. Package that the class is registered under. `None`: any or none.
    """
    arguments = (inputs if isinstance(inputs, tuple) else (inputs,), call_kwargs or {})
    chosen = {"data_format": formats[0]} if formats else {}

    layer = make_layer(dtype=dtypes[0], **chosen)
    _call(layer, arguments)
    if trainable is not None:
        names = [weight.path for weight in layer.trainable_weights]
        assert len(names) == trainable, f"{len(names)} trainable weights: {names}"
    check_config(layer, arguments, tolerance, package)
    check_symbolic(make_layer(dtype=dtypes[0], **chosen), arguments)
    check_modes(layer, arguments, pure_inference)

    for dtype in dtypes[1:]:
        check_policy(
            make_layer(dtype=dtype, **chosen),
            layer,
            keras.dtype_policies.get(dtype),
            output_dtype,
            arguments,
            low_precision_tolerance,
        )
    for dtype in dtypes:
        trained = make_layer(dtype=dtype, **chosen)
        check_fit(trained, arguments, unmoved)
        check_saving(trained, arguments, tolerance)
    for data_format in formats[1:]:
        other = make_layer(dtype=dtypes[0], data_format=data_format)
        check_format(other, layer, data_format, formats[0], arguments, tolerance)


def check_config(layer, arguments, tolerance=1e-5, package="keras_s3gan"):
    """The configuration holds every argument and brings back the same layer."""
    name = keras.saving.get_registered_name(type(layer))
    assert package is None or name.startswith(f"{package}>"), (
        f"register {name} with keras.saving.register_keras_serializable('{package}')"
    )
    config = layer.get_config()
    signature = inspect.signature(type(layer).__init__)
    expected = {
        parameter.name
        for parameter in list(signature.parameters.values())[1:]
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }
    missing = sorted(expected - set(config))
    assert not missing, f"get_config() of {name} lacks {missing}"

    serialized = json.dumps(keras.saving.serialize_keras_object(layer))
    copies = (
        type(layer).from_config(config),
        keras.saving.deserialize_keras_object(json.loads(serialized)),
    )
    for copy in copies:
        again = json.dumps(keras.saving.serialize_keras_object(copy))
        assert json.loads(again)["config"] == json.loads(serialized)["config"], (
            f"the configuration of {name} changes on the way: {again} {serialized}"
        )
        _call(copy, arguments)
        _copy_variables(layer, copy)
        _assert_same(
            _call(copy, arguments), _call(layer, arguments), tolerance, "from_config"
        )


def check_symbolic(layer, arguments):
    """Shapes and dtypes said in advance are those that come."""
    specification = _map_arrays(
        lambda array: keras.KerasTensor(array.shape, str(array.dtype)), arguments
    )
    unknown_batch = _map_arrays(
        lambda array: keras.KerasTensor((None, *array.shape[1:]), str(array.dtype)),
        arguments,
    )
    symbolic = _leaves(layer(*specification[0], **specification[1]))
    open_ended = _leaves(layer(*unknown_batch[0], **unknown_batch[1]))
    for training in _modes(layer, arguments):
        eager = _leaves(_call(layer, arguments, training))
        assert len(eager) == len(symbolic) == len(open_ended)
        for actual, said, half_said in zip(eager, symbolic, open_ended, strict=True):
            dtype = keras.backend.standardize_dtype(actual.dtype)
            assert tuple(actual.shape) == tuple(said.shape), (
                f"shape {tuple(actual.shape)}, but {tuple(said.shape)} was announced"
            )
            assert dtype == said.dtype, f"dtype {dtype}, but {said.dtype} was announced"
            assert len(half_said.shape) == len(said.shape) and all(
                known in (None, size)
                for known, size in zip(half_said.shape, said.shape, strict=True)
            ), f"without a batch size {half_said.shape} was announced for {said.shape}"


def check_modes(layer, arguments, pure_inference=True):
    """Both modes give finite values; inference repeats itself and moves nothing."""
    for training in _modes(layer, arguments):
        for array in _numpy(_call(layer, arguments, training)):
            assert np.all(np.isfinite(array)), f"not finite with training={training}"
    if not pure_inference:
        return
    before = _values(layer.variables)
    first, second = (_call(layer, arguments) for _ in range(2))
    _assert_same(second, first, 0.0, "a second time")
    for path, value in _values(layer.variables).items():
        np.testing.assert_array_equal(value, before[path], f"{path} moves at inference")


def check_policy(layer, reference_layer, policy, output_dtype, arguments, tolerance):
    """Computes in the policy's compute dtype, keeps variables in float32."""
    _call(layer, arguments)
    _copy_variables(reference_layer, layer)
    for variable in layer.variables:
        if variable.dtype in FLOAT_DTYPES:
            assert variable.dtype == policy.variable_dtype, (
                f"{variable.path} is {variable.dtype} under {policy.name}"
            )
    outputs = _leaves(_call(layer, arguments))
    for output in outputs:
        dtype = keras.backend.standardize_dtype(output.dtype)
        if dtype in FLOAT_DTYPES:
            assert dtype == (output_dtype or policy.compute_dtype), (
                f"{dtype} comes out of {policy.name}"
            )
    _assert_same(outputs, _call(reference_layer, arguments), tolerance, policy.name)


def check_fit(layer, arguments, unmoved=(), steps=3):
    """A few steps of `fit` move every trainable weight.

    Adam moves whatever has a gradient by about the learning rate, so a weight that
    stays where it was has none.
    """
    _call(layer, arguments)
    if not layer.trainable_weights:
        return
    tensors, symbolic = _inputs(arguments, with_batch=True)
    ops, generator = keras.ops, np.random.default_rng(0)
    count = len(_leaves(arguments)[0])
    total = 0.0
    for output in _leaves(layer(*symbolic[0], **symbolic[1])):
        if output.dtype in FLOAT_DTYPES:
            # A random direction: sums of normalized values have no gradient.
            target = generator.normal(size=output.shape).astype("float32")
            total += ops.mean(ops.square(ops.cast(output, "float32") - target))
    model = keras.Model(
        tensors, ops.broadcast_to(ops.reshape(total, (1, 1)), (count, 1))
    )
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2),
        loss=lambda _, total: ops.mean(total),
        jit_compile=keras.backend.backend() == "jax",
    )
    before = _values(layer.trainable_weights)
    arrays = [array for array in _leaves(arguments) if _is_array(array)]
    history = model.fit(
        arrays, np.zeros([count, 1]), batch_size=count, epochs=steps, verbose=0
    )
    assert np.all(np.isfinite(history.history["loss"])), history.history
    still = [
        path
        for path, value in _values(layer.trainable_weights).items()
        if np.array_equal(value, before[path]) and not path.endswith(tuple(unmoved))
    ]
    assert not still, f"fit under {layer.dtype_policy.name} does not move {still}"


def check_saving(layer, arguments, tolerance=1e-5):
    """A `.keras` file of a functional model brings back the same predictions."""
    tensors, symbolic = _inputs(arguments)
    model = keras.Model(tensors, layer(*symbolic[0], **symbolic[1]))
    arrays = [array for array in _leaves(arguments) if _is_array(array)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.keras"
        model.save(path)
        loaded = keras.saving.load_model(path)
    assert type(loaded.get_layer(layer.name)) is type(layer)
    _assert_same(
        loaded(arrays, training=False), model(arrays, training=False), tolerance, "load"
    )


def check_format(layer, reference_layer, data_format, inputs_format, arguments, rtol):
    """Gives the same in another data format, up to the transposition of images."""
    first = [0, 3, 1, 2] if data_format == "channels_first" else [0, 2, 3, 1]
    back = [0, 2, 3, 1] if data_format == "channels_first" else [0, 3, 1, 2]

    def transposed(array, axes):
        return np.transpose(array, axes) if array.ndim == 4 else array

    turned = _map_arrays(lambda array: transposed(array, first), arguments)
    expected = _numpy(_call(reference_layer, arguments))
    try:
        _call(layer, turned)
        _copy_variables(reference_layer, layer)
        actual = _numpy(_call(layer, turned))
    except Exception as error:
        # Keras' own convolution, where TensorFlow has no kernel for it.
        if not (data_format == "channels_first" and lacks_channels_first(error)):
            raise
        return
    actual = [transposed(array, back) for array in actual]
    _assert_same(actual, expected, rtol, f"{data_format} against {inputs_format}")


def lacks_channels_first(error):
    """Whether TensorFlow says so of convolutions on a CPU without oneDNN."""
    return (
        keras.backend.backend() == "tensorflow"
        and os.environ.get("TF_ENABLE_ONEDNN_OPTS") == "0"
        and "NHWC" in str(error)
    )


def _is_array(value):
    return isinstance(value, np.ndarray)


def _leaves(structure):
    return keras.tree.flatten(structure)


def _map_arrays(function, structure):
    return keras.tree.map_structure(
        lambda leaf: function(leaf) if _is_array(leaf) else leaf, structure
    )


def _call(layer, arguments, training=False):
    positional, named = _map_arrays(keras.ops.convert_to_tensor, arguments)
    if "training" in inspect.signature(layer.call).parameters:
        named = {"training": training} | named
    return layer(*positional, **named)


def _modes(layer, arguments):
    takes_mode = "training" in inspect.signature(layer.call).parameters
    return (False, True) if takes_mode and "training" not in arguments[1] else (False,)


def _inputs(arguments, with_batch=False):
    """Symbolic inputs in the place of the arrays, and the list of them."""
    tensors = []

    def symbolic(array):
        batch_size = len(array) if with_batch else None
        shape = (batch_size, *array.shape[1:])
        tensors.append(keras.Input(batch_shape=shape, dtype=str(array.dtype)))
        return tensors[-1]

    structure = _map_arrays(symbolic, arguments)
    return tensors, structure


def _numpy(outputs):
    def convert(tensor):
        if keras.backend.standardize_dtype(tensor.dtype) in FLOAT_DTYPES:
            tensor = keras.ops.cast(tensor, "float32")
        return keras.ops.convert_to_numpy(tensor)

    return [convert(tensor) for tensor in _leaves(outputs)]


def _values(variables):
    return {v.path: np.array(keras.ops.convert_to_numpy(v.value)) for v in variables}


def _copy_variables(source, target):
    assert len(source.variables) == len(target.variables), (
        f"{[v.path for v in source.variables]}, {[v.path for v in target.variables]}"
    )
    for old, new in zip(source.variables, target.variables, strict=True):
        assert old.shape == new.shape, f"{old.path} {old.shape}, {new.path} {new.shape}"
        new.assign(old.value)


def _assert_same(actual, expected, tolerance, name):
    pairs = zip(_numpy(actual), _numpy(expected), strict=True)
    for index, (one, other) in enumerate(pairs):
        assert_close(one, other, tolerance, f"output {index}, {name}")
