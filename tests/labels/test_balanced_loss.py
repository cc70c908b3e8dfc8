"""Class weights of the cross-entropy in training."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.class_balance import class_weights
from tests.labels.bars import few_labels
from tests.labels.models import MODELS, fit
from tests.tolerance import assert_close


@pytest.mark.parametrize("name", ["linear", "semi_supervised"])
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


def test_a_balance_that_is_none_is_refused():
    with pytest.raises(ValueError, match="class_balance='natural'"):
        MODELS["linear"](class_balance="natural")
