"""The operations of adaptive augmentation, from random amounts to changed images.

Every amount is zero where the operation leaves the image as it is.
"""

import math

import numpy as np
from keras import ops

GEOMETRY = (
    "flip",
    "quarter_turns",
    "integer_translation",
    "scale",
    "rotation",
    "anisotropic_scale",
    "fractional_translation",
)
COLOR = ("brightness", "contrast", "luma_flip", "hue", "saturation")
OPERATIONS = (*GEOMETRY, *COLOR)

# Name of an amount: its operation; the number of whole values from 0 on; the limit of a
# uniform one on either side, in radians or as a share of the size; the deviation of a
# normal one: a share of the size, a difference of colors, or a power of 2.
AMOUNTS = {
    "flip": ("flip", 2, 0.0, 0.0),
    "turns": ("quarter_turns", 4, 0.0, 0.0),
    "shift": ("integer_translation", 0, 0.125, 0.0),
    "zoom": ("scale", 0, 0.0, 0.2),
    "angle": ("rotation", 0, math.pi, 0.0),
    "stretch": ("anisotropic_scale", 0, 0.0, 0.2),
    "second_angle": ("rotation", 0, math.pi, 0.0),
    "move": ("fractional_translation", 0, 0.0, 0.125),
    "brightness": ("brightness", 0, 0.0, 0.2),
    "contrast": ("contrast", 0, 0.0, 0.5),
    "luma_flip": ("luma_flip", 2, 0.0, 0.0),
    "hue": ("hue", 0, math.pi, 0.0),
    "saturation": ("saturation", 0, 0.0, 1.0),
}
# These have one along x and one along y.
_OF_BOTH_AXES = ("shift", "move")


def amounts(uniform, normal, p, operations, rotation):
    """Amounts of images, zero where an operation is not applied.

    Args:
        uniform: `[N, len(AMOUNTS), 3]` in [0, 1).
        normal: `[N, len(AMOUNTS), 2]`.
        p: scalar. Probability of each operation.
        operations: names of those that are applied at all.
        rotation: float. Largest angle of a rotation, in radians.

    Returns:
        Dict from the names of `AMOUNTS` to `[N]`, or `[N, 2]` along x and y.
    """
    names, choices, limits, deviations = (
        np.array(column) for column in zip(*AMOUNTS.values(), strict=True)
    )
    limits = np.where(names == "rotation", rotation, limits)
    choices, limits, deviations = (
        ops.convert_to_tensor(column[:, None], "float32")
        for column in (choices, limits, deviations)
    )
    drawn = uniform[:, :, 1:]
    values = ops.floor(drawn * choices) + (2.0 * drawn - 1.0) * limits
    values = values + normal * deviations
    # Two rotations, of which there is one at least with probability p.
    powers = np.where(names == "rotation", 0.5, 1.0) * np.isin(names, operations)
    chances = 1.0 - ops.power(1.0 - p, powers.astype("float32"))
    applied = ops.cast(uniform[:, :, 0] < chances, "float32")
    values = values * applied[:, :, None]
    return {
        name: values[:, index] if name in _OF_BOTH_AXES else values[:, index, 0]
        for index, name in enumerate(AMOUNTS)
    }


def affine_maps(found, height, width):
    """Affine maps `[N, 2, 3]` from places in the outputs to the inputs.

    Args:
        found: what `amounts` returned.
        height, width: ints.
    """
    size = ops.convert_to_tensor([width, height], "float32")
    quarter = found["turns"] * (math.pi / 2)
    # Of whole quarters these are whole.
    cosine, sine = ops.round(ops.cos(quarter)), ops.round(ops.sin(quarter))
    mirror = 1.0 - 2.0 * found["flip"]
    whole = _matrix(mirror * cosine, -mirror * sine, sine, cosine)
    small, stretch = ops.exp2(-found["zoom"]), ops.exp2(-found["stretch"])
    zero = ops.zeros_like(small)
    stretched = _matrix(small * stretch, zero, zero, small / stretch)
    turned = _times(_rotation(found["angle"]), stretched)
    turned = _times(turned, _rotation(found["second_angle"]))
    linear = _times(whole, turned)
    offset = _times(whole, -ops.round(found["shift"] * size)[:, :, None])
    offset = offset + _times(linear, -(found["move"] * size)[:, :, None])
    return ops.concatenate([linear, offset], axis=2)


def recolored(images, found):
    """Images with other colors.

    Args:
        images: `[N, H, W, C]`. With other than three channels they have no hue.
        found: what `amounts` returned.
    """
    given = {name: ops.reshape(found[name], (-1, 1, 1, 1)) for name in COLOR}
    contrast = ops.exp2(given["contrast"])
    gray = ops.mean(images, axis=3, keepdims=True)
    color = (images - gray) * contrast * ops.exp2(given["saturation"])
    if images.shape[3] == 3:
        # A rotation about the gray axis; the difference is the cross product with it.
        across = (ops.roll(color, 1, axis=3) - ops.roll(color, -1, axis=3)) / 3**0.5
        color = ops.cos(given["hue"]) * color + ops.sin(given["hue"]) * across
    gray = (1.0 - 2.0 * given["luma_flip"]) * contrast * (gray + given["brightness"])
    return gray + color


def _rotation(angle):
    cosine, sine = ops.cos(angle), ops.sin(angle)
    return _matrix(cosine, -sine, sine, cosine)


def _matrix(*entries):
    return ops.reshape(ops.stack(entries, axis=-1), (-1, 2, 2))


def _times(one, other):
    # A product of matrices in low precision, as of accelerators, would move pixels.
    return ops.sum(one[:, :, :, None] * other[:, None, :, :], axis=2)
