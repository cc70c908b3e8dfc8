import keras
import numpy as np
import pytest

from keras_s3gan import labels
from keras_s3gan.labels import pseudo_labelling
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.layers import RandomAffine
from keras_s3gan.networks import ResNetV2Encoder
from tests.labels.bars import few_labels
from tests.once import once

LEARNING = {
    "encoder": lambda: ResNetV2Encoder(8, 1, 8, (1, 1)),
    "optimizer": lambda: keras.optimizers.Adam(3e-3),
    "augmentation": lambda: RandomAffine(translation=0.1),
    "batch_size": 16,
    "verbose": 0,
}
STAGES = {
    "semi_supervised": lambda *args: pseudo_labelling.semi_supervised(
        *args, **LEARNING, steps=6, unlabelled_batch_size=8
    ),
    "linear": lambda *args: pseudo_labelling.linear(
        *args, **LEARNING, pretraining_steps=4, steps=4, layer="stage_1_block_1"
    ),
    "clustering": lambda *args: pseudo_labelling.clustering(*args, **LEARNING, steps=4),
    "random_label": pseudo_labelling.random_label,
    "single_label": pseudo_labelling.single_label,
}


@pytest.mark.parametrize("name", STAGES)
def test_one_seed_gives_the_same_labels(name):
    images, masked, _ = few_labels()
    first, again = (STAGES[name](images, masked, 3, 7) for _ in range(2))
    assert np.array_equal(first.labels, again.labels)
    assert first.num_classes == 3
    assert (first.hard >= 0).all()
    # Given labels stay, where labels are used at all.
    given = masked >= 0
    if name in ("semi_supervised", "linear"):
        assert np.array_equal(first.given_ids, np.flatnonzero(given))
        assert np.array_equal(first.hard[given], masked[given])
    else:
        assert len(first.given_ids) == 0


@once("what is handed to a method is up to NumPy")
@pytest.mark.parametrize("name", ["clustering", "random_label", "single_label"])
def test_methods_without_labels_do_not_look_at_them(name):
    images, masked, _ = few_labels()
    first = STAGES[name](images, masked, 3, 0)
    other = STAGES[name](images, np.full_like(masked, -1), 3, 0)
    assert np.array_equal(first.labels, other.labels)


def test_random_labels_follow_the_seed():
    images, masked, _ = few_labels()
    first, other = (
        pseudo_labelling.random_label(images, masked, 3, s).labels for s in (0, 1)
    )
    assert set(first) == {0, 1, 2}
    assert not np.array_equal(first, other)


def test_a_semi_supervised_classifier_finds_what_is_easy():
    images, masked, truth = few_labels()
    inferred = pseudo_labelling.semi_supervised(
        images, masked, 3, 0, **LEARNING, steps=60, unlabelled_batch_size=8
    )
    assert inferred.accuracy(truth)["value"] > 0.9


def test_a_file_of_other_images_is_refused(tmp_path):
    images, masked, truth = few_labels()
    path = tmp_path / "labels.npz"
    InferredLabels(truth, np.flatnonzero(masked >= 0), 3).save(path)
    loaded = pseudo_labelling.from_file(images, masked, 3, 0, path)
    assert np.array_equal(loaded.labels, truth)
    with pytest.raises(ValueError, match="90 images in 3 classes"):
        pseudo_labelling.from_file(images[:4], masked[:4], 3, 0, path)
    with pytest.raises(ValueError, match="images in 5 classes. Rec"):
        pseudo_labelling.from_file(images, masked, 5, 0, path)


def test_the_former_name_of_the_module_warns():
    with pytest.warns(DeprecationWarning, match="labels.pseudo_labelling"):
        assert labels.stages is pseudo_labelling
