import numpy as np
import pytest

from keras_s3gan.validation import check_integer, is_integer


@pytest.mark.parametrize("value", [2, np.int64(2), np.uint8(2)])
def test_integers_are_accepted(value):
    assert is_integer(value)
    check_integer("steps", value, 2)


@pytest.mark.parametrize("value", [True, np.True_, 2.0, np.float32(2), "2", None])
def test_other_types_are_refused(value):
    assert not is_integer(value)
    with pytest.raises(ValueError, match="`steps` must be an integer of at least 1"):
        check_integer("steps", value)


def test_a_value_below_the_minimum_is_refused():
    with pytest.raises(ValueError, match="at least 3. Received: steps=2"):
        check_integer("steps", 2, 3)
