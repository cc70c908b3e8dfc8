"""The order of images if some classes are drawn more often than they occur."""

import functools

import numpy as np

from keras_s3gan.class_balance import (
    check_balance,
    class_probabilities,
    count_classes,
)


class ClassSampling:
    """Which image is drawn when, by an epoch's seed.

    An epoch is as many draws as there are images. Images without a label are drawn as
    often as others would be: once in an epoch. Within a class no image is drawn again
    before all of its images were drawn in the epoch.

    Args:
        labels: integers `[N]`, -1 for none; or soft labels `[N, num_classes]`, whose
            most probable class counts.
        balance: `"natural"`, `"effective"`, `"uniform"` or the beta of effective
            numbers, a float in (0, 1): how often the classes are drawn, see `batches`.
        seed: int.

    Raises:
        ValueError: if `balance` is none of these.
    """

    def __init__(self, labels: np.ndarray, balance: str | float, seed: int) -> None:
        check_balance("class_sampling", balance)
        if labels.ndim == 2:
            labels = np.where(labels.any(axis=1), labels.argmax(axis=1), -1)
        self._groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
        counts = count_classes(labels, int(labels.max(initial=0)) + 1)
        drawn = counts.sum() * class_probabilities(balance, counts)
        unlabelled = len(labels) - counts.sum()
        wanted = [unlabelled, *drawn] if unlabelled else drawn
        self._wanted = np.array([number for number in wanted if number > 0])
        self._seed = seed
        self._epoch = functools.lru_cache(maxsize=4)(self._epoch_of)

    def __getitem__(self, draws: np.ndarray) -> np.ndarray:
        """The images of draws, by their numbers from the start of the first epoch."""
        length = sum(map(len, self._groups))
        epochs, places = np.divmod(draws, length)
        found = np.empty(len(draws), "int64")
        for epoch in np.unique(epochs):
            chosen = epochs == epoch
            found[chosen] = self._epoch(int(epoch))[places[chosen]]
        return found

    def _epoch_of(self, epoch: int) -> np.ndarray:
        random = np.random.default_rng([self._seed, epoch])
        # Whole numbers whose means over the epochs are those that are wanted.
        ends = np.floor(np.cumsum(self._wanted) + random.random())
        ends[-1] = sum(map(len, self._groups))
        numbers = np.diff(ends, prepend=0).astype("int64")
        drawn = [
            np.concatenate(
                [random.permutation(group) for _ in range(-(-number // len(group)))]
                or [group[:0]]
            )[:number]
            for group, number in zip(self._groups, numbers, strict=True)
        ]
        return random.permutation(np.concatenate(drawn))
