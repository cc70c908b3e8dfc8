"""Data that comes in batches, as Keras' `fit` takes it, each batch checked."""

import itertools

import keras

NO_BATCH = "There must be at least one batch. Received: none"


class CheckedBatches(keras.utils.PyDataset):
    """The batches of a data set with a length, each of them checked.

    Args:
        data: `keras.utils.PyDataset`, or what has a length and can be iterated often.
        check: callable that returns the batch, or raises a `ValueError`.
        errors: list that gets every error of `data` and `check`. TensorFlow raises one
            of its own instead.
    """

    def __init__(self, data, check, errors):
        self._indexed = isinstance(data, keras.utils.PyDataset)
        names = ("workers", "use_multiprocessing", "max_queue_size")
        super().__init__(
            **{name: getattr(data, name) for name in names if self._indexed}
        )
        self._data, self._check, self._errors = data, check, errors

    @property
    def num_batches(self):
        return self._data.num_batches if self._indexed else len(self._data)

    def __getitem__(self, index):
        try:
            if self._indexed:
                return self._check(self._data[index])
            if index == 0:
                self._iterator = iter(self._data)
            return self._check(next(self._iterator))
        except Exception as error:
            self._errors.append(error)
            raise

    def on_epoch_begin(self):
        if self._indexed:
            self._data.on_epoch_begin()

    def on_epoch_end(self):
        if self._indexed:
            self._data.on_epoch_end()


def checked(data, check, errors, again):
    """The batches of any data, each checked, as Keras' `fit` takes them.

    Args:
        data, check, errors: as in `CheckedBatches`; `data` may also be without a
            length.
        again: bool. Whether data without a length is iterated again at its end.

    Returns:
        A `CheckedBatches`, or a generator for data without a length.

    Raises:
        ValueError: if `data` gives no batches, or the first one is refused.
    """
    _check_iterable(data)
    try:
        finite = CheckedBatches(data, check, errors)
        count = finite.num_batches
    except TypeError:
        return _generator(data, check, errors, again)
    if count == 0:
        raise ValueError(NO_BATCH)
    finite[0]
    return finite


def _check_iterable(data):
    indexed = isinstance(data, keras.utils.PyDataset)
    if isinstance(data, (dict, str)) or not (indexed or hasattr(data, "__iter__")):
        raise ValueError(
            "`x` must be an array of images, or what gives batches of them. "
            f"Received: x={data!r}"
        )


def _generator(data, check, errors, again):
    batches = _passes(data, check, errors, again)
    first = next(batches, None)
    if first is None:
        raise ValueError(NO_BATCH)
    # Keras takes a generator alone.
    return (batch for batch in itertools.chain([first], batches))


def _passes(data, check, errors, again):
    try:
        while True:
            batch = None
            for batch in data:
                yield check(batch)
            if not again or batch is None:
                return
    except Exception as error:
        errors.append(error)
        raise


def in_turn(data, check):
    """Yields the batches of one pass over any data, each checked.

    Args:
        data, check: as in `checked`.
    """
    _check_iterable(data)
    if isinstance(data, keras.utils.PyDataset):
        numbers = itertools.count()
        if data.num_batches is not None:
            numbers = range(data.num_batches)
        return (check(data[number]) for number in numbers)
    return map(check, data)
