"""DiffAugment against loops over images in NumPy."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import DiffAugment
from tests.harness import check_layer
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
EVERY = ("flip", "color", "translation", "cutout")


def images(height=9, width=12, channels=3, count=24):
    shape = (count, height, width, channels)
    return RANDOM.uniform(-1, 1, shape).astype("float32")


def by_hand(image, drawn):
    """One image, by numbers in [0, 1)."""
    image = image.astype("float64")
    height, width, _ = image.shape
    if "flip" in drawn and drawn["flip"] < 0.5:
        image = image[:, ::-1]
    if "brightness" in drawn:
        image = image + drawn["brightness"] - 0.5
        gray = image.mean(-1, keepdims=True)
        image = gray + (image - gray) * 2 * drawn["saturation"]
        image = image.mean() + (image - image.mean()) * (0.5 + drawn["contrast"])
    if "down" in drawn:
        moved = np.zeros_like(image)
        most = [int(size / 8 + 0.5) for size in (height, width)]
        down, right = (
            int(u * (2 * m + 1)) - m
            for u, m in zip((drawn["down"], drawn["right"]), most, strict=True)
        )
        for row in range(height):
            for column in range(width):
                if 0 <= row - down < height and 0 <= column - right < width:
                    moved[row, column] = image[row - down, column - right]
        image = moved
    if "cutout_down" in drawn:
        cut = image.copy()
        sides, starts = [], []
        for size, name in ((height, "cutout_down"), (width, "cutout_right")):
            side = int(size / 2 + 0.5)
            # A square of an even side may have its middle on either border.
            starts.append(int(drawn[name] * (size + 1 - side % 2)) - side // 2)
            sides.append(side)
        for row in range(starts[0], starts[0] + sides[0]):
            for column in range(starts[1], starts[1] + sides[1]):
                if 0 <= row < height and 0 <= column < width:
                    cut[row, column] = 0
        image = cut
    return image


@pytest.mark.parametrize("operations", [*((name,) for name in EVERY), EVERY])
@pytest.mark.parametrize("channels", [1, 3])
def test_values(operations, channels):
    layer = DiffAugment(operations, seed=0, data_format="channels_last")
    given = images(channels=channels)
    parameters = layer.draw(len(given))
    found = layer.apply(ops.convert_to_tensor(given), parameters)
    drawn = {name: ops.convert_to_numpy(u) for name, u in parameters.items()}
    assert all(
        np.ptp(u) > 0.5 and (u >= 0).all() and (u < 1).all() for u in drawn.values()
    )
    expected = [
        by_hand(image, {name: u[index] for name, u in drawn.items()})
        for index, image in enumerate(given)
    ]
    # Means of 100 and of 3 values, in float32.
    assert_close(found, np.stack(expected), 1e-5)


def test_keras_habits():
    check_layer(
        lambda **kwargs: DiffAugment(EVERY, seed=1, **kwargs),
        images(8, 8, count=2),
        trainable=0,
    )


def test_an_unknown_operation_is_named():
    with pytest.raises(ValueError, match=r"Received: operations=\['blur'\]"):
        DiffAugment(["blur"])
