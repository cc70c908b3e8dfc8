"""Statistics of real images, kept in a file."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from keras_s3gan.metrics import (
    FeatureStatistics,
    ModelExtractor,
    frechet_distance,
    reference_statistics,
)
from keras_s3gan.metrics.features import cached_statistics
from tests.metrics.small_network import small_network
from tests.once import once
from tests.tolerance import assert_close

ROOT = pathlib.Path(__file__).resolve().parents[3]


def pictures(count, seed=0, size=8):
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (count, size, size, 3), "uint8")


IMAGES = pictures(23)


@pytest.fixture(scope="module")
def extractor():
    return ModelExtractor(small_network(), batch_size=4)


def in_batches(sizes, images=IMAGES):
    return np.split(images, np.cumsum(sizes)[:-1])


def forbidden():
    raise AssertionError("the images were read again")


def test_second_use_reads_the_file(extractor, tmp_path, monkeypatch):
    first = reference_statistics(extractor, IMAGES, cache_dir=tmp_path)
    assert first.count == 23
    assert frechet_distance(first, extractor.features(IMAGES)) < 1e-6
    monkeypatch.setattr(extractor, "outputs", None)
    again = reference_statistics(extractor, IMAGES, cache_dir=tmp_path)
    assert again.count == 23
    np.testing.assert_allclose(again.covariance, first.covariance, rtol=1e-14)


def test_images_of_a_callable_are_read_once(extractor, tmp_path):
    settings = {"source": "mnist 1", "split": "train", "cache_dir": tmp_path}
    first = reference_statistics(extractor, lambda: in_batches([20, 3]), **settings)
    again = reference_statistics(extractor, forbidden, **settings)
    np.testing.assert_array_equal(again.mean, first.mean)
    with pytest.raises(ValueError, match="source=None"):
        reference_statistics(extractor, forbidden, cache_dir=tmp_path)


def changed(extractor, **changes):
    other = ModelExtractor(small_network(), batch_size=extractor.batch_size)
    for name, value in changes.items():
        setattr(other, name, value)
    return other


@pytest.mark.parametrize(
    "change",
    [
        {"source": "other"},
        {"split": "test"},
        {"preprocessing": "middle crop"},
        {"num_images": 22},
        {"extractor": {"identifier": "other"}},
        {"extractor": {"sha256": "other"}},
        {"extractor": {"resize": "clean"}},
        {"extractor": {"preprocessing": "other"}},
        {"extractor": {"dtype": "bfloat16"}},
        {"version": 2},
    ],
    ids=str,
)
def test_whatever_they_depend_on_makes_another_file(
    extractor, tmp_path, change, monkeypatch
):
    settings = {"source": "mnist", "num_images": 23, "cache_dir": tmp_path}
    reference_statistics(extractor, lambda: [IMAGES], **settings)
    reference_statistics(extractor, forbidden, **settings)
    if "version" in change:
        monkeypatch.setattr(cached_statistics, "_VERSION", change.pop("version"))
    other = changed(extractor, **change.pop("extractor", {}))
    with pytest.raises(AssertionError, match="read again"):
        reference_statistics(other, forbidden, **(settings | change))


def test_other_images_make_another_file(extractor, tmp_path):
    for images in (IMAGES, pictures(23, seed=1), IMAGES[:20], IMAGES / 127.5 - 1):
        reference_statistics(extractor, images, cache_dir=tmp_path)
    assert len(list(tmp_path.glob("*.npz"))) == 4


def test_says_in_clear_what_it_is_of(extractor, tmp_path):
    reference_statistics(extractor, IMAGES, split="train", cache_dir=tmp_path)
    (path,) = tmp_path.glob("statistics-*.json")
    description = json.loads(path.read_text())
    assert description["split"] == "train"
    assert description["count"] == 23
    assert description["extractor"] == extractor.describe()


def test_file_is_one_of_pytorch_fid(extractor, tmp_path):
    reference_statistics(extractor, IMAGES, cache_dir=tmp_path)
    (path,) = tmp_path.glob("*.npz")
    features = extractor.features(IMAGES).astype("float64")
    with np.load(path) as npz:
        np.testing.assert_allclose(npz["mu"][:], features.mean(0), rtol=1e-6)
        np.testing.assert_allclose(
            npz["sigma"][:], np.cov(features.T), rtol=1e-5, atol=1e-8
        )


@once("files of NumPy, read by pytorch-fid")
def test_pytorch_fid_reads_the_file(reference_packages, extractor, tmp_path):
    first = reference_statistics(extractor, IMAGES, cache_dir=tmp_path / "first")
    other = reference_statistics(extractor, pictures(30, 1), cache_dir=tmp_path / "2")
    paths = [str(path) for path in sorted(tmp_path.glob("*/*.npz"))]
    program = (
        "import sys\n"
        "from tests.metrics.reference_packages import torchvision_stubs\n"
        "sys.modules.update(torchvision_stubs())\n"
        "from pytorch_fid import fid_score\n"
        f"sides = [fid_score.compute_statistics_of_path(path, None, 1, 6, 'cpu')"
        f" for path in {paths}]\n"
        "print(fid_score.calculate_frechet_distance(*sides[0], *sides[1]))"
    )
    command = [sys.executable, "-c", program]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert printed.returncode == 0, printed.stderr
    # Theirs takes the square root of a product of covariances.
    expected = float(printed.stdout.splitlines()[-1])
    assert_close(frechet_distance(first, other), expected, 1e-6)


def test_damaged_file_is_made_anew(extractor, tmp_path):
    first = reference_statistics(extractor, IMAGES, cache_dir=tmp_path)
    (path,) = tmp_path.glob("*.npz")
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    renamed = whole.replace(b"mu", b"mx")
    for content in (b"", whole[:50], whole[:-50], renamed, flipped):
        path.write_bytes(content)
        with pytest.warns(UserWarning, match="computed again"):
            again = reference_statistics(extractor, IMAGES, cache_dir=tmp_path)
        np.testing.assert_array_equal(again.mean, first.mean)
    assert FeatureStatistics.load(path).count == 23
