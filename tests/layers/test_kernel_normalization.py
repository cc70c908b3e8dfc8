"""The choice between the normalizations of kernels."""

import keras
import pytest

from keras_s3gan.layers import (
    SpectralNormalization,
    WeightNormalization,
    with_kernel_normalization,
)


def test_none_leaves_the_layer_alone():
    inner = keras.layers.Dense(3)
    assert with_kernel_normalization(inner, None) is inner


@pytest.mark.parametrize(
    ("scheme", "wrapper"),
    [("spectral", SpectralNormalization), ("weight", WeightNormalization)],
)
def test_a_scheme_by_name_or_with_arguments(scheme, wrapper):
    inner = keras.layers.Dense(3)
    by_name = with_kernel_normalization(inner, scheme)
    assert type(by_name) is wrapper and by_name.layer is inner
    options = {"scheme": scheme, "epsilon": 1e-6}
    with_arguments = with_kernel_normalization(inner, options)
    assert type(with_arguments) is wrapper and with_arguments.epsilon == 1e-6
    assert options == {"scheme": scheme, "epsilon": 1e-6}, "the caller's is kept"


@pytest.mark.parametrize("wrong", ["left", {}, {"side": "left"}, {"scheme": "batch"}])
def test_anything_else_is_named(wrong):
    with pytest.raises(
        ValueError, match="spectral.*weight.*kernel_normalization="
    ) as e:
        with_kernel_normalization(keras.layers.Dense(3), wrong)
    assert str(e.value).endswith(f"kernel_normalization={wrong}")
