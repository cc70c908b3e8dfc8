"""How strong the adaptive augmentation is; its operations have their own tests."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import AdaptiveAugmentation
from keras_s3gan.layers.augmentation_pipe import COLOR, GEOMETRY
from tests.harness import check_layer
from tests.once import once
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.uniform(-1, 1, (8, 6, 6, 3)).astype("float32")


def observed(layer, batches):
    """p after each batch."""
    step = backend.compiled(layer.observe, layer.variables)
    found = []
    for batch in batches:
        values = step(batch.astype("float32"))
        assert set(values) == set(layer.metric_names)
        found.append(float(values["augmentation_probability"]))
        assert found[-1] == float(ops.convert_to_numpy(layer.p))
    return np.array(found)


def test_the_signs_steer_the_probability():
    layer = AdaptiveAugmentation(target=0.5, speed=100, interval=3)
    # Sure of the real images, then not, then so sure that p cannot grow on.
    means = np.repeat([2.0, 0.0, 2.0], [9, 30, 30])
    batches = RANDOM.normal(means[:, None, None], 1.0, (69, 10, 1))
    p, signs, expected = 0.0, [], []
    for batch in batches:
        signs.append(np.sign(batch).mean())
        if len(signs) == 3:
            p = np.clip(p + np.sign(np.mean(signs) - 0.5) * 3 * 10 / 100, 0, 1)
            signs = []
        expected.append(p)
    found = observed(layer, batches)
    assert_close(found, np.array(expected), 1e-5)
    assert {0.0, 1.0} <= set(found)


@once("the rule above, with other numbers")
def test_a_given_probability_is_reached_along_a_cosine():
    batches = np.ones((6, 10, 1))
    ramp = AdaptiveAugmentation(probability=0.5, ramp_images=40)
    shares = np.minimum(np.arange(1, 7) / 4, 1)
    expected = 0.5 * (1 - np.cos(np.pi * shares)) / 2
    assert float(ramp.p.value) == 0.0
    assert_close(observed(ramp, batches), expected, 1e-6)
    fixed = AdaptiveAugmentation(probability=0.25)
    assert float(fixed.p.value) == 0.25
    assert_close(observed(fixed, batches), np.full(6, 0.25), 0)


def augmented(layer, images=IMAGES):
    outputs = layer(ops.convert_to_tensor(images), training=True)
    return ops.convert_to_numpy(outputs)


def test_nothing_changes_without_a_probability():
    outputs = augmented(AdaptiveAugmentation(data_format="channels_last"))
    # Colors are divided in gray and the rest, in float32.
    assert_close(outputs, IMAGES, 1e-6)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("part", [GEOMETRY, COLOR])
def test_each_image_changes_in_its_own_way(part, channels):
    images = np.repeat(IMAGES[:1, :, :, :channels], 8, axis=0)
    layer = AdaptiveAugmentation(
        part, probability=1.0, seed=0, data_format="channels_last"
    )
    outputs = augmented(layer, images)
    assert len({image.tobytes() for image in outputs}) == 8
    # Interpolation adds no values; new colors keep what is alike.
    if part is GEOMETRY:
        assert outputs.min() > images.min() - 1e-6
        assert outputs.max() < images.max() + 1e-6
    else:
        flat = np.reshape(outputs, (8, 36, channels))
        order = np.argsort(images[0].mean(-1).ravel())
        steps = np.diff(flat.mean(-1)[:, order])
        assert np.all((steps > 0).all(-1) | (steps < 0).all(-1))


def test_keras_habits():
    check_layer(
        lambda **kwargs: AdaptiveAugmentation(
            ["scale", "hue"],
            probability=0.9,
            ramp_images=100,
            target=0.5,
            speed=1000,
            interval=2,
            rotation=20.0,
            seed=1,
            **kwargs,
        ),
        IMAGES[:2],
        trainable=0,
    )


@once("a property")
def test_what_turns():
    assert AdaptiveAugmentation().turns
    assert AdaptiveAugmentation(["quarter_turns"]).turns
    assert AdaptiveAugmentation(["rotation"], rotation=45).turns
    assert not AdaptiveAugmentation(["rotation", "flip"], rotation=44).turns


@once("the state is a variable like any other")
def test_files_have_the_state(tmp_path):
    def model():
        layer = AdaptiveAugmentation(
            seed=0, interval=2, speed=80, data_format="channels_last"
        )
        return keras.Sequential([keras.Input((6, 6, 3)), layer])

    first = model()
    observed(first.layers[0], np.ones((3, 10, 1)))
    first.save_weights(tmp_path / "one.weights.h5")
    first.save(tmp_path / "one.keras")
    other = model()
    other.load_weights(tmp_path / "one.weights.h5")
    loaded = keras.saving.load_model(tmp_path / "one.keras")
    expected = augmented(first)
    assert np.abs(expected - IMAGES).max() > 0.1
    # Half of an interval is behind it: p grows with the next batch, and two later.
    p = observed(first.layers[0], np.ones((3, 10, 1)))
    assert_close(p, np.array([0.5, 0.5, 0.75]), 1e-6)
    for again in (other, loaded):
        np.testing.assert_array_equal(augmented(again), expected)
        found = observed(again.layers[0], np.ones((3, 10, 1)))
        np.testing.assert_array_equal(found, p)


@once("arguments alone")
@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("operations", "blur"),
        ("probability", 1.5),
        ("ramp_images", 10),
        ("target", 2),
        ("speed", 0),
        ("interval", 0),
        ("rotation", 0),
    ],
)
def test_wrong_arguments_are_named(argument, value):
    with pytest.raises(ValueError, match=f"Received: {argument}={value}"):
        AdaptiveAugmentation(**{argument: value})
