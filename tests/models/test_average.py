"""The averaged generator: a copy of its own that follows the generator."""

import numpy as np
from keras import ops

from tests.models.small import compiled_gan, data
from tests.tolerance import assert_close


def test_average_starts_as_a_copy_of_its_own():
    gan = compiled_gan()
    pairs = zip(gan.generator.weights, gan.ema_generator.weights, strict=True)
    for weight, average in pairs:
        before = ops.convert_to_numpy(average).copy()
        np.testing.assert_array_equal(before, ops.convert_to_numpy(weight))
        weight.assign(weight + 3)
        np.testing.assert_array_equal(ops.convert_to_numpy(average), before)


def test_average_follows_the_generator():
    gan = compiled_gan(ema_decay=0.5, ema_start_step=2)
    images, labels = data(8)
    pairs = list(zip(gan.generator.weights, gan.ema_generator.weights, strict=True))
    for step in (1, 2, 3):
        old = [ops.convert_to_numpy(average).copy() for _, average in pairs]
        gan.train_on_batch(images, labels)
        for (weight, average), start in zip(pairs, old, strict=True):
            weight = ops.convert_to_numpy(weight)
            moves = step > 2 and "moving" not in average.path
            if moves and "standing" not in average.path:
                weight = 0.5 * start + 0.5 * weight
            assert_close(average, weight, 1e-6, name=f"{step} {average.path}")
