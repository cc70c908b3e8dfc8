"""Data in batches, each checked."""

import keras
import pytest

from keras_s3gan.labels.streams import CheckedBatches, checked, in_turn
from tests.once import once

pytestmark = once("iterators of Python alone")


def positive(batch):
    if batch < 0:
        raise ValueError(f"Received: {batch}")
    return (batch,)


class Dataset(keras.utils.PyDataset):
    def __init__(self, batches, **kwargs):
        super().__init__(**kwargs)
        self.batches, self.epochs = batches, 0

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]

    def on_epoch_end(self):
        self.epochs += 1


class WithoutLength:
    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return iter(self.batches)


@pytest.mark.parametrize("data", [[1, 2, 3], Dataset([1, 2, 3], workers=2)])
def test_data_with_a_length_is_read_pass_by_pass(data):
    batches = CheckedBatches(data, positive, [])
    assert batches.num_batches == 3
    for _ in range(2):
        assert [batches[i] for i in range(3)] == [(1,), (2,), (3,)]
    assert batches.workers == getattr(data, "workers", 1)
    batches.on_epoch_end()
    assert getattr(data, "epochs", 1) == 1


def test_data_without_a_length_is_read_again_if_asked_for():
    batches = checked(WithoutLength([1, 2]), positive, [], again=False)
    assert list(batches) == [(1,), (2,)]
    batches = checked(WithoutLength([1, 2]), positive, [], again=True)
    assert [next(batches) for _ in range(5)] == [(1,), (2,), (1,), (2,), (1,)]
    assert list(checked(iter([1, 2]), positive, [], again=True)) == [(1,), (2,)]


@pytest.mark.parametrize("form", [list, Dataset, WithoutLength, iter])
def test_errors_of_every_batch_are_kept(form):
    errors = []
    batches = checked(form([1, 2, -3]), positive, errors, again=False)
    with pytest.raises(ValueError, match="-3"):
        if isinstance(batches, CheckedBatches):
            [batches[index] for index in range(3)]
        list(batches)
    assert [str(error) for error in errors] == ["Received: -3"]
    with pytest.raises(ValueError, match="-3"):
        list(in_turn(form([1, 2, -3]), positive))
    # The first batch is looked at before anything starts.
    with pytest.raises(ValueError, match="-1"):
        checked(form([-1, 2]), positive, [], again=False)
    with pytest.raises(ValueError, match="at least one batch"):
        checked(form([]), positive, [], again=True)


@pytest.mark.parametrize("data", [7, None, "images", {"images": 1}])
def test_what_gives_no_batches_is_refused(data):
    with pytest.raises(ValueError, match="`x` must be an array of images"):
        checked(data, positive, [], again=False)
    with pytest.raises(ValueError, match="`x` must be an array of images"):
        in_turn(data, positive)
