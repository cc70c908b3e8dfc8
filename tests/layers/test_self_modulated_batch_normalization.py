"""Self-modulation: the original's numbers and Keras' habits."""

import numpy as np
import pytest

from keras_s3gan.layers import BatchNormalization, SelfModulatedBatchNormalization
from tests.harness import check_layer
from tests.layers.batch_norm_protocol import EXAMPLE, SPECTRAL, run_protocol
from tests.tolerance import assert_close

CASES = {
    "sbn_hidden32": {},
    "sbn_hidden0": {"hidden_units": 0},
    "sbn_hidden32_sn": {"kernel_normalization": SPECTRAL},
}


@pytest.mark.parametrize("tag", CASES)
def test_values_of_the_original(tag):
    layer = SelfModulatedBatchNormalization(**EXAMPLE, **CASES[tag])
    # The 1 of our gain is in the original's bias.
    run_protocol(tag, layer, "z", "sbn", offsets={"sbn/gamma/bias": -1.0})


IMAGES = np.random.default_rng(0).standard_normal((6, 4, 4, 3)).astype("float32")
LATENTS = np.random.default_rng(1).standard_normal((6, 5)).astype("float32")


@pytest.mark.parametrize(("hidden_units", "trainable"), [(7, 6), (0, 4)])
def test_keras_habits(hidden_units, trainable):
    check_layer(
        lambda **kwargs: SelfModulatedBatchNormalization(
            hidden_units=hidden_units,
            kernel_normalization="spectral",
            momentum=0.8,
            epsilon=1e-4,
            **kwargs,
        ),
        (IMAGES, LATENTS),
        trainable=trainable,
    )


def test_starts_as_plain_normalization_where_the_kernels_are_zero():
    layer = SelfModulatedBatchNormalization(kernel_initializer="zeros")
    plain = BatchNormalization()
    assert_close(
        layer(IMAGES, LATENTS, training=True), plain(IMAGES, training=True), 1e-6
    )


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="hidden_units=-1"):
        SelfModulatedBatchNormalization(hidden_units=-1)
    with pytest.raises(ValueError, match="rank 2"):
        SelfModulatedBatchNormalization()(IMAGES, LATENTS[:, 0])
