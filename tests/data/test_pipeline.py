import itertools

import keras
import numpy as np
import pytest

from keras_s3gan.data import ArraySource, batches, load_images, pipeline
from keras_s3gan.data.pipeline import PreparedImages


def numbered(count=10, num_classes=5):
    """Images of one value each, which tells them apart, with labels i % classes."""
    images = np.arange(count, dtype=np.uint8)[:, None, None, None]
    images = np.broadcast_to(images, (count, 4, 4, 1))
    return ArraySource(images, np.arange(count) % num_classes)


def take(count, *args, **kwargs):
    return list(itertools.islice(batches(*args, **kwargs), count))


def identities(some_batches):
    """The numbers of the images, in order of appearance."""
    images = np.concatenate([images for images, _ in some_batches])
    return np.rint((images[:, 0, 0, 0] + 1) * 127.5).astype(int)


def assert_same(batches_a, batches_b):
    assert len(batches_a) == len(batches_b)
    for a, b in zip(batches_a, batches_b, strict=True):
        np.testing.assert_array_equal(a[0], b[0])
        np.testing.assert_array_equal(a[1], b[1])


def test_a_batch_has_the_documented_form():
    images, labels = take(1, numbered(), 4, 8)[0]
    assert images.shape == (4, 8, 8, 1) and images.dtype == np.float32
    assert labels.shape == (4,) and labels.dtype == np.int32
    assert images.min() == -1 and images.max() <= 1
    ids = np.rint((images[:, 4, 4, 0] + 1) * 127.5)
    np.testing.assert_array_equal(labels, ids % 5)


@pytest.mark.parametrize("num_threads", [0, 3])
def test_starting_late_equals_skipping(num_threads):
    straight = take(20, numbered(), 4, 4, num_threads=0)
    late = take(13, numbered(), 4, 4, start_batch=7, num_threads=num_threads)
    assert_same(late, straight[7:])


def test_epochs_are_permutations_in_new_orders_without_a_partial_batch():
    # 10 images in batches of 4: batches run over the ends of epochs.
    some_batches = take(10, numbered(), 4, 4)
    assert {len(labels) for _, labels in some_batches} == {4}
    epochs = identities(some_batches).reshape(4, 10)
    np.testing.assert_array_equal(np.sort(epochs), [range(10)] * 4)
    assert len({tuple(epoch) for epoch in epochs}) == 4


def test_seeds_share_no_epoch():
    epochs = [
        tuple(epoch)
        for seed in range(3)
        for epoch in identities(take(5, numbered(), 10, 4, seed=seed)).reshape(5, 10)
    ]
    assert len(set(epochs)) == 15


def test_a_batch_may_be_larger_than_the_source():
    assert sorted(identities(take(1, numbered(3), 6, 4))) == [0, 0, 1, 1, 2, 2]


def test_hard_labels_override_and_keep_minus_one():
    labels = np.array([4, -1] * 5)
    some_batches = take(5, numbered(), 4, 4, labels=labels)
    received = np.concatenate([labels for _, labels in some_batches])
    np.testing.assert_array_equal(received, labels[identities(some_batches)])


def test_soft_labels_override_and_keep_rows_of_zeros():
    labels = np.eye(10, 5, dtype=np.float32)
    some_batches = take(5, numbered(), 4, 4, labels=labels)
    received = np.concatenate([labels for _, labels in some_batches])
    assert received.dtype == np.float32
    np.testing.assert_array_equal(received, labels[identities(some_batches)])


def test_scoring_sees_the_images_that_training_sees():
    random = np.random.default_rng(0)
    source = ArraySource(random.integers(0, 256, (6, 9, 7, 3), dtype=np.uint8))
    loaded = load_images(source, 5, channels=1)
    assert loaded.shape == (6, 5, 5, 1) and loaded.dtype == np.float32
    images, _ = take(1, source, 6, 5, channels=1)[0]
    assert sorted(map(bytes, images)) == sorted(map(bytes, loaded))
    np.testing.assert_array_equal(
        load_images(source, 5, channels=1, indices=[3, 1]), loaded[[3, 1]]
    )


class Lazy:
    """A source that reads an image each time it is asked, and notes which."""

    name, num_classes = "lazy", 5

    def __init__(self):
        self.read = []
        self._source = numbered()

    def __len__(self):
        return len(self._source)

    def __getitem__(self, index):
        self.read.append(index)
        return self._source[index]

    def labels(self):
        raise AssertionError("labels are not asked for")


@pytest.mark.parametrize("make_source", [numbered, Lazy])
def test_prepared_images_are_those_that_are_loaded(make_source):
    images = PreparedImages(make_source(), 6)
    rows = np.array([7, 0, 7])
    assert len(images) == 10
    assert images[rows].dtype == np.float32
    np.testing.assert_array_equal(images[rows], load_images(numbered(), 6)[rows])


def test_prepared_images_are_all_that_can_be_reached_of_a_source():
    images = PreparedImages(numbered(), 4)
    assert [name for name in vars(images) if not name.startswith("_")] == []
    held = [array for array in vars(images).values() if isinstance(array, np.ndarray)]
    assert [array.shape for array in held] == [(10, 4, 4, 1)]


def test_images_of_a_source_that_is_no_array_are_read_when_they_are_asked_for():
    source = Lazy()
    images = PreparedImages(source, 4, channels=1)
    source.read.clear()
    images[np.array([3, 8])]
    images[np.array([3])]
    assert source.read == [3, 8, 3]


def test_images_of_a_small_array_are_prepared_once(monkeypatch):
    prepared = []

    def prepare(image, *arguments):
        prepared.append(image)
        return image

    monkeypatch.setattr(pipeline, "prepare_image", prepare)
    images = PreparedImages(numbered(), 4)
    prepared.clear()
    images[np.arange(10)]
    assert prepared == []


def test_labels_may_be_of_more_classes_than_the_source_has():
    labels = np.arange(10) + 2
    some_batches = take(5, numbered(), 4, 4, labels=labels, num_classes=12)
    received = np.concatenate([labels for _, labels in some_batches])
    np.testing.assert_array_equal(received, labels[identities(some_batches)])


def test_large_and_foreign_sources_give_the_same_batches(monkeypatch):
    kept = take(5, numbered(), 4, 8)
    monkeypatch.setattr(pipeline, "_MEMORY_LIMIT", 0)
    assert_same(take(5, numbered(), 4, 8), kept)


def test_a_bad_image_of_a_source_is_named():
    class Broken:
        name, num_classes = "broken", None

        def __len__(self):
            return 3

        def __getitem__(self, index):
            value = np.nan if index == 2 else 0.0
            return {"image": np.full((4, 4, 1), value, np.float32), "label": -1}

        def labels(self):
            return np.full(3, -1)

    with pytest.raises(ValueError, match="broken, image 2: .*finite.*16 of 16 values"):
        take(1, Broken(), 3, 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 0}, "at least 1. Received: batch_size=0"),
        ({"image_size": 2.5}, "image_size=2.5"),
        ({"seed": -1}, "at least 0. Received: seed=-1"),
        ({"start_batch": -3}, "start_batch=-3"),
        ({"num_threads": True}, "num_threads=True"),
        ({"channels": 2}, "1, 3 or None. Received: channels=2"),
        ({"fit": "stretch"}, r"\('pad', 'resize'\). Received: fit='stretch'"),
        ({"labels": np.zeros(9, int)}, r"must be \[10\].*shape=\(9,\)"),
        ({"labels": np.full(10, 5)}, r"0 to 4. Received: labels\[0\]=5"),
        ({"labels": np.full(10, 7), "num_classes": 7}, r"0 to 6.*labels\[0\]=7"),
        ({"labels": np.eye(10)}, r"num_classes=5\]. Received: shape=\(10, 10\)"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        batches(**{"source": numbered(), "batch_size": 4, "image_size": 4, **arguments})


def test_indices_outside_are_named():
    with pytest.raises(ValueError, match="from 0 to 9. Received: indices with 10"):
        load_images(numbered(), 4, indices=[0, 10])


def test_keras_fit_goes_on_where_it_stopped():
    """Two runs of 7 and 3 steps leave the weights that one run of 10 leaves."""

    def fit(model, start_batch, steps, epochs=1):
        dataset = batches(numbered(), 4, 4, start_batch=start_batch)
        # `shuffle=True`, the default, is ignored with a warning.
        history = model.fit(
            dataset, steps_per_epoch=steps, epochs=epochs, shuffle=False, verbose=0
        )
        return history.history["loss"]

    def build():
        model = keras.Sequential(
            [
                keras.Input((4, 4, 1)),
                keras.layers.Flatten(),
                keras.layers.Dense(5, kernel_initializer="ones"),
            ]
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.5), loss)
        return model

    straight, resumed, other = build(), build(), build()
    losses = fit(straight, 0, 5, epochs=2)
    assert len(losses) == 2 and np.isfinite(losses).all()
    fit(resumed, 0, 7)
    fit(resumed, 7, 3)
    fit(other, 1, 10)
    expected = straight.get_weights()[0]
    np.testing.assert_allclose(resumed.get_weights()[0], expected, atol=1e-6)
    assert np.abs(other.get_weights()[0] - expected).max() > 1e-3
