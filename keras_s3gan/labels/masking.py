"""Hides a part of the labels."""

import numbers

import numpy as np


def mask_labels(labels, fraction, seed):
    """Keeps a fraction of the labels of each class and replaces the others by -1.

    A class with n labelled images keeps `fraction * n` labels, rounded, and at least
    one. With the same seed, the labels kept for a smaller fraction are a subset of
    those for a larger fraction.

    Args:
        labels: integers `[N]`, with -1 for "no label".
        fraction: float in `(0, 1]`.
        seed: int. Seed of the choice.

    Returns:
        A pair: the masked labels `[N]`, with the dtype of `labels`, and the sorted
        indices of the kept labels.

    Raises:
        ValueError: if `fraction` or a label is out of range, or if no image has a
            label.

    Example:
        >>> masked, labelled_ids = mask_labels(np.repeat([0, 1], 50), 0.1, seed=0)
        >>> len(labelled_ids)
        10

    Reference:
        - Lucic et al., 2019, https://arxiv.org/abs/1903.02271
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.signedinteger):
        raise ValueError(
            "`labels` must be signed integers [N]. "
            f"Received: shape={labels.shape}, dtype={labels.dtype}"
        )
    if labels.size and labels.min() < -1:
        raise ValueError(
            "`labels` must be -1 (none) or a class from 0. "
            f"Received: label={labels.min()}"
        )
    if fraction == 0:
        raise ValueError(
            "`fraction` must be in (0, 1]. To use no labels, train an unconditional "
            "GAN or cluster the images. Received: fraction=0"
        )
    if not isinstance(fraction, numbers.Real) or not 0 < fraction <= 1:
        raise ValueError(
            f"`fraction` must be in (0, 1]. Received: fraction={fraction!r}"
        )
    classes = np.unique(labels[labels >= 0])
    if not classes.size:
        raise ValueError(
            "`labels` must have at least one label to keep. "
            f"Received: {labels.size} labels, all of them -1"
        )
    random = np.random.default_rng(seed)
    kept = []
    for label in classes:
        candidates = random.permutation(np.flatnonzero(labels == label))
        kept.append(candidates[: max(1, int(fraction * candidates.size + 0.5))])
    labelled_ids = np.sort(np.concatenate(kept))
    masked = np.full_like(labels, -1)
    masked[labelled_ids] = labels[labelled_ids]
    return masked, labelled_ids
