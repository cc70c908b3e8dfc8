"""The shared check accepts sound layers and refuses each kind of broken one."""

import keras
import numpy as np
import pytest

from tests.harness import check_layer

IMAGES = np.random.default_rng(0).normal(size=[4, 6, 6, 3]).astype("float32")
VECTORS = np.random.default_rng(1).normal(size=[4, 5]).astype("float32")
LABELS = np.array([0, 2, 1, 2], "int32")
PLAIN = {"formats": (), "dtypes": ("float32",)}


@keras.saving.register_keras_serializable("keras_s3gan")
class Shift(keras.layers.Layer):
    """`inputs * (1 + scale) + amount * factor`, `amount` learned."""

    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        size = (input_shape[-1],)
        self.scale = self.add_weight(shape=size, initializer="zeros", name="scale")
        self.amount = self.add_weight(shape=size, initializer="ones", name="amount")

    def call(self, inputs):
        return inputs * (1 + self.scale) + self.amount * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


@keras.saving.register_keras_serializable("keras_s3gan")
class Conditioned(keras.layers.Layer):
    """An embedding of a label scales images; the vectors come back as they are."""

    def build(self, images_shape, vectors_shape, labels_shape):
        self.table = self.add_weight(shape=(3, images_shape[-1]), name="table")

    def call(self, images, vectors, labels):
        scale = keras.ops.take(self.table, labels, axis=0)[:, None, None, :]
        return {"images": images * scale, "vectors": vectors}


@pytest.mark.parametrize("dtypes", [("float32", "mixed_bfloat16"), ("float32",)])
def test_own_layer_passes(dtypes):
    check_layer(
        lambda **options: Shift(2.0, **options),
        VECTORS,
        trainable=2,
        formats=(),
        dtypes=dtypes,
    )


def test_several_inputs_and_nested_outputs_pass():
    check_layer(
        Conditioned,
        (IMAGES, VECTORS),
        {"labels": LABELS},
        trainable=1,
        formats=(),
    )


@pytest.mark.parametrize(
    "make_layer",
    [
        lambda data_format, **options: keras.layers.BatchNormalization(
            axis=1 if data_format == "channels_first" else -1, **options
        ),
        lambda **options: keras.layers.AveragePooling2D(2, **options),
    ],
    ids=["with_state", "without_weights"],
)
def test_keras_layer_in_both_formats_passes(make_layer):
    check_layer(make_layer, IMAGES, package=None)


def test_keras_convolution_passes():
    check_layer(
        lambda **options: keras.layers.Conv2D(4, 3, padding="same", **options),
        IMAGES,
        trainable=2,
        package=None,
    )


class Unregistered(Shift):
    pass


class ForgetsAnArgument(Shift):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


class ChangesItsConfiguration(Shift):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(factor + 1, **kwargs)


class AnnouncesAnotherShape(Shift):
    def compute_output_shape(self, input_shape):
        return (input_shape[0], 1)


class AnnouncesAnotherDtype(Shift):
    def call(self, inputs):
        return keras.ops.cast(super().call(inputs), "int32")


class MovesAtInference(Shift):
    def call(self, inputs):
        self.amount.assign(self.amount + 1)
        return super().call(inputs)


class RandomAtInference(Shift):
    def call(self, inputs):
        noise = keras.random.normal(keras.ops.shape(inputs), dtype=inputs.dtype)
        return super().call(inputs) + noise


class NotFiniteInTraining(Shift):
    def call(self, inputs, training=False):
        return super().call(inputs) * (np.nan if training else 1.0)


class CutsAGradient(Shift):
    def call(self, inputs):
        return inputs + keras.ops.stop_gradient(self.amount) + self.scale


class LosesWeights(Shift):
    def load_own_variables(self, store):
        pass


class AlwaysFloat32(Shift):
    def call(self, inputs):
        return keras.ops.cast(super().call(inputs), "float32")

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(inputs.shape, "float32")


class LowPrecisionWeights(Shift):
    def build(self, input_shape):
        super().build(input_shape)
        self.extra = self.add_weight(shape=(), dtype=self.compute_dtype, name="extra")

    def call(self, inputs):
        return super().call(inputs) + self.extra


class IgnoresTheFormat(Shift):
    def __init__(self, factor=1.0, data_format=None, **kwargs):
        super().__init__(factor, **kwargs)
        self.data_format = data_format

    def get_config(self):
        return {**super().get_config(), "data_format": self.data_format}


REGISTER = keras.saving.register_keras_serializable("keras_s3gan")
MIXED = {"formats": (), "dtypes": ("float32", "mixed_bfloat16")}


@pytest.mark.parametrize(
    ("layer", "options", "message"),
    [
        (ForgetsAnArgument, PLAIN, r"lacks \['factor'\]"),
        (ChangesItsConfiguration, PLAIN, "changes on the way"),
        (AnnouncesAnotherShape, PLAIN, r"shape \(4, 5\), but \(4, 1\)"),
        (AnnouncesAnotherDtype, PLAIN, "dtype int32, but float32"),
        (MovesAtInference, PLAIN, "error|moves at inference"),
        (RandomAtInference, PLAIN, "error"),
        (NotFiniteInTraining, PLAIN, "not finite with training=True"),
        (CutsAGradient, PLAIN, r"does not move \[.*amount'\]"),
        (LosesWeights, PLAIN, "load: relative error"),
        (AlwaysFloat32, MIXED, "float32 comes out of mixed_bfloat16"),
        (LowPrecisionWeights, MIXED, "extra is bfloat16 under mixed_bfloat16"),
        (Shift, PLAIN | {"trainable": 1}, "2 trainable weights"),
    ],
)
def test_broken_layer_is_refused(layer, options, message):
    with pytest.raises(AssertionError, match=message):
        check_layer(REGISTER(layer), VECTORS, **options)


def test_unregistered_layer_is_refused():
    with pytest.raises(AssertionError, match="register Unregistered with"):
        check_layer(Unregistered, VECTORS, **PLAIN)


def test_layer_that_ignores_the_format_is_refused():
    with pytest.raises(AssertionError, match=r"scale \(3,\), .*scale \(6,\)"):
        check_layer(REGISTER(IgnoresTheFormat), IMAGES, dtypes=("float32",))


def test_weight_that_is_said_to_stay_may_stay():
    check_layer(REGISTER(CutsAGradient), VECTORS, unmoved=("amount",), **PLAIN)
