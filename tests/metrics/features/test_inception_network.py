"""The network of FID, and whose weights it takes."""

import numpy as np
import pytest

from keras_s3gan.metrics.features.inception_network import (
    build_inception,
    load_inception,
)


def test_wrong_weights_are_refused():
    model = build_inception(64)
    name = "Conv2d_1a_3x3"
    with pytest.raises(ValueError, match=f"1 arrays, none named '{name}.conv.weight'"):
        load_inception(model, {"fc.bias": np.zeros(1008)})
    arrays = {
        f"{name}.bn.{part}": np.ones(32)
        for part in ("weight", "bias", "running_mean", "running_var")
    }
    arrays[f"{name}.conv.weight"] = np.zeros((32, 1, 3, 3))
    with pytest.raises(ValueError, match=rf"'{name}'.*\(3, 3, 1, 32\)"):
        load_inception(model, arrays)


def test_earlier_features_need_fewer_layers():
    small, large = build_inception(64), build_inception(192)
    assert set(small.output) == {"features"}
    assert [small.output["features"].shape, large.output["features"].shape] == [
        (None, 64),
        (None, 192),
    ]
    names = [{layer.name for layer in model.layers} for model in (small, large)]
    assert "Conv2d_2b_3x3" in names[0] and "Conv2d_4a_3x3" not in names[0]
    assert "Conv2d_4a_3x3" in names[1]


def test_other_dimensions_are_refused():
    with pytest.raises(ValueError, match="Received: dimension=100"):
        build_inception(100)


def test_batch_normalization_is_folded_into_the_kernel():
    model = build_inception(64)
    random = np.random.default_rng(0)
    arrays = {}
    for layer in model.layers:
        if layer.weights:
            kernel, _ = layer.get_weights()
            name = layer.name.replace("-", ".")
            shape = kernel.transpose(3, 2, 0, 1).shape
            arrays[f"{name}.conv.weight"] = random.normal(size=shape)
            for part in ("weight", "bias", "running_mean", "running_var"):
                arrays[f"{name}.bn.{part}"] = random.uniform(1, 2, shape[0])
    load_inception(model, arrays)
    name = "Conv2d_1a_3x3"
    kernel, bias = model.get_layer(name).get_weights()
    part = {key: arrays[f"{name}.bn.{key}"] for key in ("weight", "bias")}
    mean, variance = (arrays[f"{name}.bn.running_{key}"] for key in ("mean", "var"))
    images = random.normal(size=(3, 3, 3))
    theirs = np.einsum("oihw,hwi->o", arrays[f"{name}.conv.weight"], images)
    expected = (
        part["weight"] * (theirs - mean) / np.sqrt(variance + 1e-3) + part["bias"]
    )
    found = np.einsum("hwio,hwi->o", kernel, images) + bias
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
