"""Class weights of the cross-entropy in training."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.class_balance import class_weights
from tests.labels.bars import few_labels
from tests.labels.models import MODELS, fit
from tests.once import once
from tests.tolerance import assert_close


@pytest.mark.parametrize(
    "name",
    ["linear", pytest.param("semi_supervised", marks=once("weighted as linear's"))],
)
def test_the_loss_is_weighted_by_the_labels_that_were_counted(name):
    images, masked, _ = few_labels()
    masked[30:34] = -1
    plain, balanced = (MODELS[name](class_balance=beta) for beta in (None, 0.9))
    fit(balanced, images, masked)
    counts = np.bincount(masked[masked >= 0], minlength=3)
    assert counts.tolist() == [5, 1, 5]
    weights = class_weights(0.9, counts)
    assert_close(balanced.class_weights, weights, 1e-6)

    skipped = {id(balanced.class_weights)}
    kept = [w for w in balanced.weights if id(w) not in skipped]
    plain.set_weights([ops.convert_to_numpy(weight) for weight in kept])
    labels = np.eye(3, dtype="float32")[[0, 1, 2, 1]]
    losses, mask = (
        ops.convert_to_numpy(part)
        for part in plain.image_values(images[:4], labels)["class_loss"]
    )
    # At inference the loss is the usual one, as in `evaluate`.
    values = balanced.image_values(images[:4], labels)
    assert_close(values["class_loss"][0], losses, 1e-5)
    values = {"class_loss": (ops.convert_to_tensor(losses), mask)}
    training = balanced._balanced(values, labels, True)
    assert_close(training["class_loss"][0], losses * weights[[0, 1, 2, 1]], 1e-5)


def test_a_set_of_classes_is_learned_as_one_of_them():
    images, masked, truth = few_labels()
    rows = (masked[:, None] == np.arange(3)).astype("float32")
    # Half of the labels leave two classes open.
    for index in np.flatnonzero(masked >= 0)[::2]:
        rows[index, [truth[index], (truth[index] + 1) % 3]] = 0.5
    model = MODELS["semi_supervised"](partial_labels=True)
    history = fit(model, images, rows, epochs=8).history
    predicted = model.predict(images, verbose=0).argmax(axis=1)
    assert (predicted == truth).mean() > 0.9
    assert history["class_accuracy"][-1] > 0.9


def test_a_balance_that_is_none_is_refused():
    with pytest.raises(ValueError, match="class_balance='natural'"):
        MODELS["linear"](class_balance="natural")
