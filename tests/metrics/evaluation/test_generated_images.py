import numpy as np

from keras_s3gan.metrics.evaluation.generated_images import generated_images
from tests.metrics.fake_gan import FakeGAN
from tests.once import once

pytestmark = once("calls of a generator that NumPy draws")


def test_each_call_has_its_own_seed_whatever_the_batch():
    labels, gan = np.arange(1200) % 2, FakeGAN()
    parts = list(generated_images(gan, labels, 3, 0.5, 64, None))
    assert [len(part) for part in parts] == [1000, 200]
    assert all(part.dtype == "uint8" for part in parts)
    (first, seed, truncation), (second, other, _) = gan.calls
    assert (first, second, truncation) == (1000, 200, 0.5) and seed != other
    again = FakeGAN()
    list(generated_images(again, labels, 3, 0.5, 7, None))
    assert again.calls == gan.calls


def test_images_may_all_be_bright():
    gan = FakeGAN(None, lambda labels, seed: np.full((len(labels), 2, 2, 1), 0.5))
    (images,) = generated_images(gan, np.zeros(3, int), 0, None, 64, None)
    np.testing.assert_array_equal(images, np.full((3, 2, 2, 1), 191))
