import numpy as np
import pytest

from keras_s3gan.metrics import FeatureStatistics, ModelExtractor, RealImages
from tests.metrics.small_network import small_network

IMAGES = np.random.default_rng(0).integers(0, 256, (600, 8, 8, 3), "uint8")
LABELS = np.arange(600) % 7


class OnDisk:
    """Images that are read when they are asked for."""

    def __init__(self):
        self.read = 0

    def __len__(self):
        return len(IMAGES)

    def __getitem__(self, indices):
        self.read += len(indices)
        return IMAGES[indices]


@pytest.fixture(scope="module")
def extractor():
    return ModelExtractor(small_network(), batch_size=100)


def test_each_image_is_looked_at_once(extractor):
    images = OnDisk()
    real = RealImages(images, LABELS)
    found = real.collect(extractor, ["features", "statistics", "images"])
    assert images.read == 600
    np.testing.assert_array_equal(found.images, IMAGES)
    np.testing.assert_array_equal(found.labels, LABELS)
    expected = extractor.features(IMAGES)
    np.testing.assert_allclose(found.features, expected, rtol=1e-6)
    assert found.statistics.count == 600
    real.collect(extractor, ["features"])
    assert images.read == 600


def test_features_of_some_statistics_of_all(extractor):
    real = RealImages(IMAGES, LABELS, most_kept=50)
    found = real.collect(extractor, ["features", "statistics"])
    assert found.count == len(found.features) == len(found.labels) == 50
    assert len(set(real.kept.tolist())) == 50
    np.testing.assert_array_equal(found.labels, LABELS[real.kept])
    np.testing.assert_allclose(
        found.features, extractor.features(IMAGES[real.kept]), rtol=1e-6
    )
    expected = FeatureStatistics.from_features(extractor.features(IMAGES))
    np.testing.assert_allclose(found.statistics.mean, expected.mean, rtol=1e-6)
    assert found.statistics.count == 600


def test_statistics_of_a_named_set_stay_on_disk(extractor, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path))
    first, second, unnamed = OnDisk(), OnDisk(), OnDisk()
    whole = RealImages(first, source="these").collect(extractor, ["statistics"])
    again = RealImages(second, source="these").collect(extractor, ["statistics"])
    RealImages(unnamed).collect(extractor, ["statistics"])
    assert (first.read, second.read, unnamed.read) == (600, 0, 600)
    np.testing.assert_allclose(
        whole.statistics.covariance, again.statistics.covariance, rtol=1e-12
    )
    assert len([*tmp_path.glob("statistics-*.npz")]) == 1
    other = OnDisk()
    RealImages(other, split="test", source="these").collect(extractor, ["statistics"])
    assert other.read == 600


def test_the_former_name_of_collect_warns(extractor):
    with pytest.warns(DeprecationWarning, match="is now `collect`"):
        found = RealImages(IMAGES).observations(extractor, ["features"])
    assert found.features.shape[0] == 600


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"images": IMAGES[:1]}, "at least 2 real images. Received: 1"),
        ({"labels": LABELS[:9]}, r"shape \[600\]. Received: shape=\(9,\)"),
        ({"split": "trial"}, "'train'.*Received: 'trial'"),
    ],
)
def test_wrong_input(kwargs, message):
    with pytest.raises(ValueError, match=message):
        RealImages(**{"images": IMAGES, **kwargs})
