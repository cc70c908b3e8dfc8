"""What the augmentations have in common."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import ImageAugmentation
from keras_s3gan.layers.image_augmentation import chosen
from tests.once import once
from tests.tolerance import assert_close

IMAGES = np.random.default_rng(0).uniform(-1, 1, (4, 6, 5, 3)).astype("float32")


class Framed(ImageAugmentation):
    """Adds to the first row, by an amount of each image."""

    def draw(self, count):
        return self.uniform(count, 1.0, 2.0)

    def transform(self, images, parameters):
        assert images.shape[1:] == (6, 5, 3)
        assert keras.backend.standardize_dtype(images.dtype) == "float32"
        row = ops.cast(ops.arange(6) == 0, "float32")
        amounts = ops.reshape(parameters, (-1, 1, 1, 1))
        return images + ops.reshape(row, (1, 6, 1, 1)) * amounts


@once("it is written in operations that have tests of their own")
def test_images_come_channels_last_in_float32():
    amounts = ops.convert_to_tensor([1.0, 2.0, 3.0, 4.0])
    expected = IMAGES.copy()
    expected[:, 0] += np.arange(1.0, 5.0)[:, None, None]
    last = Framed(data_format="channels_last")
    assert_close(last.apply(ops.convert_to_tensor(IMAGES), amounts), expected, 1e-6)
    first = Framed(data_format="channels_first", dtype="mixed_bfloat16")
    turned = ops.convert_to_tensor(np.moveaxis(IMAGES, -1, 1).copy())
    found = first.apply(turned, amounts)
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"
    # Rounded once to 8 bits.
    found = ops.convert_to_numpy(ops.cast(found, "float32"))
    assert_close(np.moveaxis(found, 1, -1), expected, 2**-8)
    assert last.observe(ops.ones((4, 1))) == {}


@once("it is written in operations that have tests of their own")
def test_a_subclass_defines_both():
    for method in ("draw", "transform"):
        with pytest.raises(TypeError, match=f"must define `{method}`"):
            getattr(ImageAugmentation(), method)(*[None] * (1 + (method != "draw")))


@once("strings alone")
def test_operations_are_in_order():
    assert chosen(["c", "a"], {"a": 0, "b": 0, "c": 0}) == ("a", "c")
    assert chosen("b", ("a", "b")) == ("b",)
    for wrong in ("d", ["a", "d"], []):
        with pytest.raises(ValueError, match=r"one or more of \['a', 'b'\]"):
            chosen(wrong, ("a", "b"))
