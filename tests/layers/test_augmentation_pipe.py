"""The operations of ADA against matrices in NumPy."""

import numpy as np
import pytest
from keras import ops
from scipy import linalg

from keras_s3gan.layers.augmentation_pipe import (
    AMOUNTS,
    OPERATIONS,
    affine_maps,
    amounts,
    recolored,
)
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
COUNT = 16


def random_amounts(count=COUNT):
    found = {}
    for name, (_, choices, limit, deviation) in AMOUNTS.items():
        shape = (count, 2) if name in ("shift", "move") else (count,)
        values = RANDOM.integers(choices, size=shape) if choices else 0.0
        values = values + RANDOM.uniform(-limit, limit, shape)
        found[name] = values + RANDOM.normal(0, deviation, shape)
    return found


def tensors(found):
    return {k: ops.convert_to_tensor(v, "float32") for k, v in found.items()}


def turn(angle):
    """Counter-clockwise, where y points down."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])


def moved(x, y):
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])


def by_hand(given, height, width):
    """What happens to the place of a pixel, one operation after another."""
    size = np.array([width, height])
    stretch, zoom = 2.0 ** given["stretch"], 2.0 ** given["zoom"]
    steps = [
        np.diag([1 - 2 * given["flip"], 1, 1]),
        turn(np.pi / 2 * given["turns"]),
        moved(*np.round(given["shift"] * size)),
        np.diag([zoom, zoom, 1]),
        turn(given["angle"]),
        np.diag([stretch, 1 / stretch, 1]),
        turn(given["second_angle"]),
        moved(*(given["move"] * size)),
    ]
    whole = np.eye(3)
    for step in steps:
        whole = step @ whole
    # From where a pixel of the output comes.
    return np.linalg.inv(whole)[:2]


def test_maps():
    found = random_amounts()
    expected = [
        by_hand({name: values[i] for name, values in found.items()}, 9, 12)
        for i in range(COUNT)
    ]
    assert_close(affine_maps(tensors(found), 9, 12), np.stack(expected), 1e-5)


def color_matrix(given):
    """Of colors `(r, g, b, 1)`."""
    gray = np.zeros((4, 4))
    gray[:3, :3] = 1 / 3
    brightness = np.eye(4)
    brightness[:3, 3] = given["brightness"]
    contrast = np.diag([2.0 ** given["contrast"]] * 3 + [1])
    luma_flip = np.eye(4) - 2 * given["luma_flip"] * gray
    axis = np.zeros((4, 4))
    axis[:3, :3] = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    hue = linalg.expm(given["hue"] * axis)
    saturation = gray + (np.eye(4) - gray) * 2.0 ** given["saturation"]
    saturation[3] = [0, 0, 0, 1]
    return saturation @ hue @ luma_flip @ contrast @ brightness


@pytest.mark.parametrize("channels", [1, 3])
def test_colors(channels):
    found = random_amounts()
    images = RANDOM.uniform(-1, 1, (COUNT, 4, 5, channels))
    expected = []
    for index, image in enumerate(images):
        matrix = color_matrix({name: values[index] for name, values in found.items()})
        # A gray image has three channels that are alike, and stay so.
        colors = np.broadcast_to(image, (4, 5, 3)) @ matrix[:3, :3].T + matrix[:3, 3]
        expected.append(colors[..., :channels])
    images = ops.convert_to_tensor(images, "float32")
    assert_close(recolored(images, tensors(found)), np.stack(expected), 1e-5)


def draw(count, p, operations=OPERATIONS, rotation=np.pi):
    random = np.random.default_rng(1)
    uniform = random.uniform(size=(count, len(AMOUNTS), 3)).astype("float32")
    normal = random.normal(size=(count, len(AMOUNTS), 2)).astype("float32")
    found = amounts(
        ops.convert_to_tensor(uniform),
        ops.convert_to_tensor(normal),
        ops.convert_to_tensor(p, "float32"),
        operations,
        rotation,
    )
    return {k: ops.convert_to_numpy(v) for k, v in found.items()}, uniform, normal


def test_amounts():
    found, uniform, normal = draw(64, 1.0, rotation=1.5)
    for index, (name, (_, choices, limit, deviation)) in enumerate(AMOUNTS.items()):
        limit = 1.5 if "angle" in name else limit
        u, n = uniform[:, index, 1:], normal[:, index]
        expected = np.floor(u * choices) + (2 * u - 1) * limit + n * deviation
        expected = expected if name in ("shift", "move") else expected[:, 0]
        if "angle" in name:
            # Of two rotations one at least is certain only if each is.
            assert np.all(found[name] != 0)
        assert_close(found[name], expected, 1e-5, name)


def test_each_is_applied_with_the_probability():
    found, _, _ = draw(20_000, 0.3)
    applied = {
        name: np.reshape(values != 0, (20_000, -1)).any(-1)
        for name, values in found.items()
    }
    either = applied.pop("angle") | applied.pop("second_angle")
    applied["rotation"] = either
    # Of those that flip or turn, a part is by nothing.
    chances = {"flip": 0.5, "luma_flip": 0.5, "turns": 0.75}
    for name, values in applied.items():
        # Four deviations of a mean of 20,000.
        expected = 0.3 * chances.get(name, 1.0)
        assert abs(values.mean() - expected) < 4 * (0.3 / 20_000) ** 0.5, name
    # Independently of one another.
    both = np.mean(applied["brightness"] & applied["hue"])
    assert abs(both - 0.09) < 4 * (0.09 / 20_000) ** 0.5


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_what_is_left_out_is_never_applied(p):
    found, _, _ = draw(8, p, operations=("flip", "hue") if p else OPERATIONS)
    for name, values in found.items():
        assert np.any(values) == (p == 1.0 and name in ("flip", "hue")), name
