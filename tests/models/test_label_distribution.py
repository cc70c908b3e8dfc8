"""The classes that are generated in training."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

from keras_s3gan.models import GAN
from tests.models.small import CLASSES, compiled_gan, data, make_gan, values
from tests.once import once


def drawn(gan, count=3000):
    """Counts of the classes that training and NumPy's draws have."""
    rows = ops.convert_to_numpy(gan.random_labels_one_hot(count))
    assert (rows.sum(axis=1) == 1).all()
    sampled = gan._labels.sample(np.random.default_rng(0), count)
    return rows.sum(axis=0), np.bincount(sampled, minlength=CLASSES)


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        ("uniform", [1 / 3, 1 / 3, 1 / 3]),
        ([1, 2, 5], [1 / 8, 1 / 4, 5 / 8]),
        ("natural", [0.1, 0.2, 0.7]),
        (0.5, [0.2668, 0.3335, 0.3997]),
    ],
    ids=str,
)
def test_classes_are_drawn_as_often_as_they_should(distribution, expected):
    gan = make_gan(model=GAN, label_distribution=distribution)
    gan.count_labels(np.repeat([0, 1, 2, -1], [1, 2, 7, 5]))
    if distribution == 0.5:
        # 1 - 0.5^n of 1, 2 and 7 images.
        expected = np.array([0.5, 0.75, 1 - 0.5**7])
    expected = np.array(expected) / np.sum(expected)
    for counts in drawn(gan):
        # A seed that passes at 1 % passes for good.
        assert stats.chisquare(counts, counts.sum() * expected).pvalue > 0.01


@once("what is saved and counted is up to Keras and Python")
def test_counts_come_from_arrays_or_are_asked_for(tmp_path):
    gan = compiled_gan(model=GAN, label_distribution="natural")
    images, labels = data(16)
    with pytest.raises(ValueError, match="count_labels"):
        gan.fit([(images[:8], labels[:8])], verbose=0)
    with pytest.raises(ValueError, match="count_labels"):
        gan.train_on_batch(images[:8], labels[:8])
    gan.fit(images, labels, batch_size=8, verbose=0)
    counts = np.bincount(labels[labels >= 0], minlength=CLASSES)
    found = ops.convert_to_numpy(gan._labels.probabilities)
    np.testing.assert_allclose(found, counts / counts.sum(), rtol=1e-6)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    again.fit([(images[:8], labels[:8])], verbose=0)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(again._labels.probabilities), found
    )


@once("messages")
@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"label_distribution": "even"}, "label_distribution='even'"),
        ({"label_distribution": [1, 2]}, r"label_distribution=\[1, 2\]"),
        (
            {"label_distribution": "natural", "num_classes": None},
            "num_classes=None",
        ),
    ],
)
def test_wrong_distributions_are_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        make_gan(model=GAN, **kwargs)


@once("Keras alone")
def test_a_model_without_a_distribution_has_no_more_variables():
    assert not [path for path in values(compiled_gan()) if "label_prob" in path]
    with pytest.raises(ValueError, match="all -1"):
        make_gan(label_distribution="natural").count_labels([-1, -1])
