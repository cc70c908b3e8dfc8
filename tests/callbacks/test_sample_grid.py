import numpy as np
import pytest
from PIL import Image

from keras_s3gan.callbacks import (
    Evolution,
    SampleGrid,
    TrainingCheckpoint,
    draw_samples,
    restore_latest,
)
from tests.callbacks.fake_gan import FakeGAN


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture)


def frames(directory):
    return [path.name for path in sorted((directory / "evolution").iterdir())]


@pytest.mark.parametrize("num_classes", [3, None])
def test_samples_have_a_row_a_class(tmp_path, num_classes):
    gan, path = FakeGAN(num_classes), tmp_path / "samples.png"
    draw_samples(gan, path, columns=4, seed=1)
    first = pixels(path)
    assert first.shape[0] == 2 + (num_classes or 10) * 14
    draw_samples(gan, path, columns=4, seed=1)
    np.testing.assert_array_equal(pixels(path), first)
    for other in ({"seed": 2}, {"seed": 1, "truncation": 0.1}):
        draw_samples(gan, path, columns=4, **other)
        assert (pixels(path) != first).any()


def test_sample_grid_shows_the_last_epoch(tmp_path):
    gan, path = FakeGAN(), tmp_path / "samples.png"
    gan.run(3, [SampleGrid(path, every_epochs=2, columns=4)])
    draw_samples(gan, tmp_path / "now.png", columns=4)
    np.testing.assert_array_equal(pixels(path), pixels(tmp_path / "now.png"))


def test_evolution_has_a_row_a_time_and_a_column_a_class(tmp_path):
    FakeGAN().run(5, [Evolution(tmp_path, every_epochs=2)])
    assert frames(tmp_path) == [f"step-{step:08d}.npy" for step in (0, 6, 12, 15)]
    stored = [np.load(tmp_path / "evolution" / name) for name in frames(tmp_path)]
    picture = pixels(tmp_path / "evolution.png")
    rows = picture[-(2 + 4 * 14) :]
    for row, frame in enumerate(stored):
        strip = rows[2 + row * 14 :][:12:2, -(3 * 14) :]
        for column in range(3):
            shown = strip[:, column * 14 :][:, :12:2]
            np.testing.assert_array_equal(shown, frame[column, :, :, 0])
    # The same latents: only training moves the images.
    assert (stored[0] != stored[-1]).any()


def test_evolution_goes_on_after_a_stop(tmp_path):
    gan = FakeGAN()
    gan.run(2, [Evolution(tmp_path), TrainingCheckpoint(tmp_path / "c")])
    before = (tmp_path / "evolution" / "step-00000006.npy").read_bytes()
    gan.run(4, [Evolution(tmp_path)], initial_epoch=2)
    assert frames(tmp_path)[-1] == "step-00000012.npy"

    gan = FakeGAN()
    restore_latest(gan, tmp_path / "c")
    Evolution(tmp_path).set_model(gan)
    gan.run(3, [Evolution(tmp_path)], initial_epoch=2)
    assert frames(tmp_path) == [f"step-{step:08d}.npy" for step in (0, 3, 6, 9)]
    assert (tmp_path / "evolution" / "step-00000006.npy").read_bytes() == before


def test_evolution_draws_an_even_choice_of_many_frames(tmp_path):
    FakeGAN().run(6, [Evolution(tmp_path, max_rows=3)], steps_per_epoch=1)
    assert len(frames(tmp_path)) == 7
    picture = pixels(tmp_path / "evolution.png")
    last = np.load(tmp_path / "evolution" / "step-00000006.npy")
    bottom = picture[-14:-2:2, -(3 * 14) :][:, :12:2]
    np.testing.assert_array_equal(bottom, last[0, :, :, 0])
    rows = 3 * 14 + 2
    assert rows < picture.shape[0] < rows + 14 * 3


def test_evolution_of_several_samples_without_classes(tmp_path):
    FakeGAN(None).run(1, [Evolution(tmp_path, samples_per_class=2)])
    frame = np.load(tmp_path / "evolution" / "step-00000003.npy")
    assert frame.shape == (20, 6, 6, 1) and frame.dtype == np.uint8


def test_frames_of_another_model(tmp_path):
    FakeGAN(4).run(1, [Evolution(tmp_path)])
    gan = FakeGAN(3)
    gan.steps.assign(3)
    with pytest.raises(ValueError, match=r"\(3, 6, 6, 1\).*of shape \(4, 6, 6, 1\)"):
        gan.run(1, [Evolution(tmp_path)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: SampleGrid(path, every_epochs=0), "every_epochs=0"),
        (lambda path: Evolution(path, every_epochs=-1), "every_epochs=-1"),
        (lambda path: Evolution(path, max_rows=1), "max_rows=1"),
    ],
)
def test_wrong_arguments(tmp_path, make, message):
    with pytest.raises(ValueError, match=message):
        make(tmp_path)
