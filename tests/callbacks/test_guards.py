import keras
import pytest

from keras_s3gan.callbacks import (
    StopOnNonFinite,
    TrainingCheckpoint,
    TrainingDiverged,
    checkpoints,
)
from tests.callbacks.fake_gan import FakeGAN


def guard():
    callback = StopOnNonFinite()
    callback.set_model(FakeGAN())
    callback.on_epoch_begin(0)
    return callback


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_any_value_of_any_name(value):
    with pytest.raises(TrainingDiverged, match="step 8: odd_name="):
        guard().on_train_batch_end(7, {"loss": 1.0, "odd_name": value})
    with pytest.raises(TrainingDiverged, match="odd_name="):
        guard().on_epoch_end(0, {"odd_name": value})


def test_finite_values_pass():
    guard().on_train_batch_end(0, {"loss": 1e30, "accuracy": 0.0})
    guard().on_epoch_end(0, None)


def test_stops_fit_and_keeps_the_last_checkpoint(tmp_path):
    gan = FakeGAN()
    with pytest.raises(TrainingDiverged, match="step 5: loss=nan"):
        gan.run(
            3,
            [TrainingCheckpoint(tmp_path), StopOnNonFinite()],
            steps_per_epoch=3,
            bad=[1],
        )
    assert [path.name for path in checkpoints(tmp_path)] == ["step-00000003.npz"]


def test_keras_need_not_wait_for_the_device():
    callbacks = keras.callbacks.CallbackList([StopOnNonFinite()], model=FakeGAN())
    on_tensorflow = keras.backend.backend() == "tensorflow"
    assert callbacks._async_train is not on_tensorflow
