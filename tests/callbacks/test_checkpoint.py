import keras
import numpy as np
import pytest

from keras_s3gan.callbacks import (
    TrainingCheckpoint,
    TrainingDiverged,
    checkpoints,
    latest_checkpoint,
    restore,
    restore_latest,
    save_checkpoint,
)
from keras_s3gan.files import load_arrays, save_arrays
from tests.callbacks.fake_gan import FakeGAN, values


def names(directory):
    return [path.name for path in checkpoints(directory)]


def damage(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_continued_training_is_the_same_training_bit_for_bit(tmp_path):
    straight = FakeGAN()
    stopped = FakeGAN()
    stopped.set_weights(straight.get_weights())
    straight.run(4)

    stopped.run(2, [TrainingCheckpoint(tmp_path)])
    continued = FakeGAN()
    restored = restore_latest(continued, tmp_path)
    assert (restored.step, restored.epoch) == (6, 2)
    continued.run(4, [TrainingCheckpoint(tmp_path)], initial_epoch=restored.epoch)
    assert values(continued) == values(straight)
    assert names(tmp_path) == ["step-00000009.npz", "step-00000012.npz"]


def test_restores_every_variable_and_what_was_noted(tmp_path):
    gan = FakeGAN()
    gan.run(1)
    path = save_checkpoint(gan, tmp_path, 1, {"note": "é"})
    other = FakeGAN()
    assert values(other) != values(gan)
    restored = restore(other, path)
    assert values(other) == values(gan)
    assert restored == (path, 3, 1, {"note": "é"})
    dtypes = {array.dtype.name for array in load_arrays(path).arrays.values()}
    assert {"bfloat16", "float32", "int32"} <= dtypes


def test_saves_at_the_asked_epochs_and_at_the_last(tmp_path):
    gan = FakeGAN()
    gan.run(5, [TrainingCheckpoint(tmp_path, every_epochs=2, keep=9)])
    assert names(tmp_path) == [f"step-{step:08d}.npz" for step in (6, 12, 15)]
    assert latest_checkpoint(tmp_path).name == "step-00000015.npz"


def test_metadata_is_stored(tmp_path):
    gan = FakeGAN()
    gan.run(1, [TrainingCheckpoint(tmp_path, metadata={"recipe": "x"})])
    assert restore_latest(gan, tmp_path).metadata == {"recipe": "x"}


def test_nothing_to_restore(tmp_path):
    assert restore_latest(FakeGAN(), tmp_path / "none") is None
    assert latest_checkpoint(tmp_path / "none") is None


def test_damaged_newest_falls_back_to_the_one_before(tmp_path):
    gan = FakeGAN()
    gan.run(2, [TrainingCheckpoint(tmp_path)])
    damage(tmp_path / "step-00000006.npz")
    with pytest.warns(UserWarning, match="step-00000006.npz.*before it is taken"):
        restored = restore_latest(gan, tmp_path)
    assert restored.step == int(gan.steps) == 3
    assert names(tmp_path) == ["step-00000003.npz"]
    gan.run(2, [TrainingCheckpoint(tmp_path)], initial_epoch=1)
    assert names(tmp_path) == ["step-00000003.npz", "step-00000006.npz"]


def test_all_damaged(tmp_path):
    gan = FakeGAN()
    gan.run(1, [TrainingCheckpoint(tmp_path)])
    damage(tmp_path / "step-00000003.npz")
    with (
        pytest.warns(UserWarning, match="damaged"),
        pytest.raises(ValueError, match="All 1 checkpoints"),
    ):
        restore_latest(gan, tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays, name: arrays.pop(name), "is missing"),
        (lambda arrays, name: arrays.update(new=np.zeros(1)), "new is unknown"),
        (
            lambda arrays, name: arrays.update({name: np.zeros((2, 2), "float32")}),
            r"\(2, 2\) not \(36,\)",
        ),
        (
            lambda arrays, name: arrays.update({name: arrays[name].astype("float64")}),
            "float64 not float32",
        ),
    ],
)
def test_checkpoint_of_another_model_changes_nothing(tmp_path, change, message):
    gan = FakeGAN()
    gan.run(1)
    path = save_checkpoint(gan, tmp_path, 1)
    arrays, metadata, _ = load_arrays(path)
    # The last one that is assigned, so that an early assignment would show.
    name = [name for name in arrays if name.endswith("bias_velocity")][-1]
    change(arrays, name)
    save_arrays(path, arrays, metadata)
    other = FakeGAN()
    before = values(other)
    with pytest.raises(ValueError, match=message):
        restore_latest(other, tmp_path)
    assert values(other) == before
    assert path.exists()


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint32"])
def test_random_states_come_over_from_another_backend(tmp_path, dtype):
    gan = FakeGAN()
    path = save_checkpoint(gan, tmp_path, 0)
    arrays, metadata, _ = load_arrays(path)
    (name,) = [name for name in arrays if "seed_generator_state" in name]
    arrays[name] = np.array([12, 34], dtype)
    save_arrays(path, arrays, metadata)
    restore(gan, path)
    (restored,) = [
        keras.ops.convert_to_numpy(variable)
        for path, variable in gan.state_variables
        if "seed_generator_state" in path
    ]
    np.testing.assert_array_equal(restored, [12, 34])


def test_no_checkpoint_from_an_epoch_with_nan(tmp_path):
    gan = FakeGAN()
    with pytest.warns(UserWarning, match="after epoch 2: loss not finite"):
        gan.run(2, [TrainingCheckpoint(tmp_path)], bad=[1])
    assert names(tmp_path) == ["step-00000003.npz"]


def test_no_checkpoint_of_a_broken_variable(tmp_path):
    gan = FakeGAN()
    gan.half.assign([1.0, np.inf])
    with pytest.raises(TrainingDiverged, match="half"):
        save_checkpoint(gan, tmp_path, 0)
    assert names(tmp_path) == []


def test_refuses_the_directory_of_another_run(tmp_path):
    FakeGAN().run(1, [TrainingCheckpoint(tmp_path)])
    with pytest.raises(ValueError, match="step-00000003.npz, model at step 0"):
        FakeGAN().run(1, [TrainingCheckpoint(tmp_path)])


def test_removes_what_a_killed_process_left(tmp_path):
    leftover = tmp_path / ".step-00000003.npz.123.tmp"
    leftover.write_bytes(b"half")
    FakeGAN().run(1, [TrainingCheckpoint(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000003.npz"]


def test_names_must_be_unique(tmp_path):
    class Ambiguous(FakeGAN):
        @property
        def state_variables(self):
            return [("a_1/kernel", self.steps), ("a_2/kernel", self.half)]

    with pytest.raises(ValueError, match="2 variables, 1 names"):
        save_checkpoint(Ambiguous(), tmp_path, 0)


@pytest.mark.parametrize("wrong", [{"keep": 0}, {"every_epochs": 0}, {"keep": 1.5}])
def test_wrong_arguments(tmp_path, wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"Received: {name}={value}"):
        TrainingCheckpoint(tmp_path, **wrong)
