"""The accuracy of a discriminator on three kinds of images."""

import numpy as np
import pytest

from keras_s3gan.metrics import discriminator_accuracy


def test_shares_of_each_kind():
    found = discriminator_accuracy([[1.0], [2.0]], [1.0, -1.0, -2.0, -3.0], [-1.0, 1])
    assert found == {"training": 1.0, "test": 0.25, "generated": 0.5}


@pytest.mark.parametrize("logits", [[], [np.nan, 1.0]])
def test_missing_logits_are_named(logits):
    with pytest.raises(ValueError, match="test logits must be finite"):
        discriminator_accuracy([1.0], logits, [1.0])
