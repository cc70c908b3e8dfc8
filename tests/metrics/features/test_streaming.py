import itertools

import numpy as np
import pytest

from keras_s3gan.metrics import ModelExtractor, stream_features, stream_statistics
from tests.metrics.small_network import small_network


def pictures(count, seed=0, size=8):
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (count, size, size, 3), "uint8")


IMAGES = pictures(23)


@pytest.fixture(scope="module")
def extractor():
    return ModelExtractor(small_network(), batch_size=4)


def in_batches(sizes, images=IMAGES):
    return np.split(images, np.cumsum(sizes)[:-1])


@pytest.mark.parametrize(
    "sizes", [[23], [1] * 23, [4] * 5 + [3], [9, 0, 1, 13], [3, 20]]
)
def test_statistics_are_those_of_all_features(extractor, sizes):
    batches = [batch for batch in in_batches(sizes) if len(batch)]
    statistics = stream_statistics(extractor, iter(batches))
    features = extractor.features(IMAGES).astype("float64")
    assert statistics.count == 23
    np.testing.assert_allclose(statistics.mean, features.mean(0), rtol=1e-6)
    np.testing.assert_allclose(
        statistics.covariance, np.cov(features.T), rtol=1e-5, atol=1e-8
    )


def test_one_array_is_a_stream_too(extractor):
    features = np.concatenate(list(stream_features(extractor, IMAGES)))
    np.testing.assert_array_equal(features, extractor.features(IMAGES))


def test_whatever_the_batches_the_network_sees_whole_ones(extractor, monkeypatch):
    lengths, outputs = [], extractor.outputs

    def recorded(images):
        lengths.append(len(images))
        return outputs(images)

    monkeypatch.setattr(extractor, "outputs", recorded)
    list(stream_features(extractor, in_batches([1, 9, 2, 11])))
    assert lengths == [4, 4, 4, 4, 4, 3]


def test_holds_no_more_than_it_needs(extractor):
    """Features come before the stream has ended."""
    taken = []

    def batches():
        for batch in in_batches([4] * 5 + [3]):
            taken.append(len(batch))
            yield batch

    next(stream_features(extractor, batches()))
    assert taken == [4]


def test_stops_at_the_number_asked_for(extractor):
    endless = itertools.cycle([pictures(3), pictures(2, seed=1)])
    features = np.concatenate(list(stream_features(extractor, endless, 9)))
    together = [pictures(3), pictures(2, seed=1), pictures(3), pictures(2, seed=1)[:1]]
    np.testing.assert_array_equal(
        features, extractor.features(np.concatenate(together))
    )


def test_wrong_streams(extractor):
    def run(batches, num_images=None):
        return stream_statistics(extractor, batches, num_images)

    with pytest.raises(ValueError, match="at least 1 images. Received: 0"):
        run([])
    with pytest.raises(ValueError, match="at least 24 images. Received: 23"):
        run([IMAGES], 24)
    with pytest.raises(ValueError, match="num_images=0"):
        run([IMAGES], 0)
    with pytest.raises(ValueError, match=r"one size.*\(8, 8, 3\).*\(9, 9, 3\)"):
        run([IMAGES, pictures(2, size=9)])
    with pytest.raises(ValueError, match=r"one size and dtype.*uint8.*float32"):
        run([IMAGES, np.zeros((2, 8, 8, 3), "float32")])
    with pytest.raises(ValueError, match=r"\[-1, 1\]"):
        run([IMAGES.astype("float32")])
    with pytest.raises(ValueError, match=r"\[N, H, W, C\]"):
        run(list(IMAGES))
