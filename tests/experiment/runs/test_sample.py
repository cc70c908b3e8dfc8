import shutil

import numpy as np
import pytest
from PIL import Image

from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.sample import interpolate, sample
from keras_s3gan.experiment.runs.train import train
from keras_s3gan.files import write_json
from tests.experiment.tiny import write_recipe


def pixels(path):
    return np.asarray(Image.open(path))


def test_the_seed_decides_the_images(finished, tmp_path):
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    for path, seed in zip(paths, (0, 0, 1), strict=True):
        assert sample(finished.path, count=3, seed=seed, output=path) == path
    first, again, other = map(pixels, paths)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_same_images_as_training_left(finished, tmp_path):
    path = sample(finished.path, output=tmp_path / "samples.png")
    assert np.array_equal(pixels(path)[:, -100:], pixels(finished.samples)[:, -100:])


def test_labels_choose_the_rows(finished, tmp_path):
    rows = [
        pixels(sample(finished.path, [label], 2, output=tmp_path / f"{label}.png"))
        for label in (0, 1)
    ]
    assert rows[0].shape[0] == 16 + 2 * 2
    assert not np.array_equal(rows[0][:, -30:], rows[1][:, -30:])
    with pytest.raises(ValueError, match="from 0 to 1. Received: label=2"):
        sample(finished.path, [0, 2])


def test_truncation_changes_the_images(finished, tmp_path):
    plain = sample(finished.path, output=tmp_path / "plain.png")
    truncated = sample(finished.path, truncation=0.1, output=tmp_path / "near.png")
    assert not np.array_equal(pixels(plain), pixels(truncated))
    with pytest.raises(ValueError, match="truncation=-1"):
        sample(finished.path, truncation=-1)


def test_interpolation_moves_in_small_steps(finished, tmp_path):
    path = interpolate(finished.path, [0], 9, output=tmp_path / "walk.png")
    row = pixels(path)[2:18, -9 * 18 :].astype(float)
    images = [row[:, 18 * i : 18 * i + 16] for i in range(9)]
    steps = [np.abs(a - b).mean() for a, b in zip(images, images[1:], strict=False)]
    assert max(steps) < np.abs(images[0] - images[-1]).mean()
    assert min(steps) > 0


@pytest.mark.parametrize("version", ["this", "before"])
def test_pictures_need_no_images(tmp_path, version):
    recipe = write_recipe(tmp_path)
    folder = train(resolve_recipe(recipe), tmp_path / "run")
    wide = pixels(folder.samples)
    shutil.rmtree(tmp_path / "images")
    if version == "before":
        record = folder.read_record()
        assert record.pop("class_names") == ["dark", "light"]
        write_json(folder.record, record)
    for picture in (sample(folder.path), interpolate(folder.path)):
        # The names of the classes take more room than their numbers.
        assert (pixels(picture).shape == wide.shape) == (version == "this")


def test_pictures_go_into_the_folder_of_the_run(finished):
    assert sample(finished.path, seed=5).parent == finished.path
    assert interpolate(finished.path, seed=5).name == "interpolation-seed5.png"
