"""Which images keep their label when labels are scarce."""

import numbers

import numpy as np


def mask_labels(labels, fraction, seed):
    """Keeps a fraction of the labels of each class, and turns the rest to -1.

    A class of n labelled images keeps `fraction * n` of them, rounded to the nearest
    and at least one. With one seed, the images of a smaller fraction are among those
    of a larger one.

    Args:
        labels: integers `[N]`; -1 means "no label" and stays so.
        fraction: float in `(0, 1]`.
        seed: int. Draws which images keep their label.

    Returns:
        A pair: the masked labels `[N]`, of the dtype of `labels`, and the sorted
        indices of the images that kept theirs.

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
            "`fraction` must be in (0, 1]; to use no label at all, train an "
            "unconditional GAN or cluster the images. Received: fraction=0"
        )
    if not isinstance(fraction, numbers.Real) or not 0 < fraction <= 1:
        raise ValueError(
            f"`fraction` must be in (0, 1]. Received: fraction={fraction!r}"
        )
    classes = np.unique(labels[labels >= 0])
    if not classes.size:
        raise ValueError(
            "`labels` must hold at least one label to keep. "
            f"Received: {labels.size} labels, none of them from 0"
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
