"""Checks that the labels of a run are those that "few labels" allows."""

import numpy as np

from keras_s3gan.labels.inferred_labels import InferredLabels

# No classifier is right on so many images; a file of true labels is.
_SUSPICIOUS = 1000


def check_mask(
    truth: np.ndarray, masked: np.ndarray, given_ids: np.ndarray, fraction: float
) -> None:
    """Checks that masked labels are the requested fraction of the true ones.

    Args:
        truth: integers `[N]`, all labels of the source, -1 for none.
        masked: integers `[N]`, the labels for training.
        given_ids: indices of the images whose label is not masked.
        fraction: float in [0, 1], of each class.

    Raises:
        ValueError: if not; the message names the images or the class.
    """
    seen = np.flatnonzero(masked >= 0)
    leaked = np.setdiff1d(seen, given_ids)
    if leaked.size:
        raise ValueError(
            f"Labels of {leaked.size} images that should be masked could reach "
            f"training, the first of image {leaked[0]}."
        )
    changed = seen[masked[seen] != truth[seen]]
    if changed.size:
        raise ValueError(
            f"The given labels of {changed.size} images are not those of the source, "
            f"the first that of image {changed[0]}."
        )
    for label in np.unique(truth[truth >= 0]):
        count, total = np.sum(masked == label), np.sum(truth == label)
        wanted = max(1, int(fraction * total + 0.5)) if fraction else 0
        if count != wanted:
            raise ValueError(
                f"A label fraction of {fraction:g} is {wanted} of the {total} images "
                f"of class {label}. Received: {count} labelled ones"
            )


def check_inferred(
    inferred: InferredLabels,
    truth: np.ndarray,
    masked: np.ndarray,
    given_ids: np.ndarray,
) -> None:
    """Checks that inferred labels were made with the labels for training only.

    Args:
        inferred: an `InferredLabels`.
        truth, masked, given_ids: as in `check_mask`.

    Raises:
        ValueError: if not; the message names the images.
    """
    if len(inferred.labels) != len(truth):
        raise ValueError(
            f"There are {len(truth)} images. "
            f"Received: inferred labels of {len(inferred.labels)}"
        )
    leaked = np.setdiff1d(inferred.given_ids, given_ids)
    if leaked.size:
        raise ValueError(
            f"The inferred labels were made with the labels of {leaked.size} images "
            f"that this run masks, the first of image {leaked[0]}. Make them with the "
            "run's own label fraction and seed."
        )
    kept = inferred.given_ids
    changed = kept[inferred.hard[kept] != masked[kept]]
    if changed.size:
        raise ValueError(
            f"The inferred labels change the given ones of {changed.size} images, the "
            f"first that of image {changed[0]}."
        )


def check_made_elsewhere(
    inferred: InferredLabels, truth: np.ndarray, masked: np.ndarray
) -> None:
    """Checks that labels from a file are not too accurate to be inferred.

    Labels that this run inferred are not checked: they may all be right if the classes
    are easy.

    Args:
        inferred: an `InferredLabels`.
        truth, masked: as in `check_mask`.

    Raises:
        ValueError: if all of at least a thousand masked labels are the true ones.
    """
    hidden = np.flatnonzero((truth >= 0) & (masked < 0) & (inferred.hard >= 0))
    # With one class only, all labels are right.
    several = np.unique(truth[hidden]).size > 1
    right = inferred.hard[hidden] == truth[hidden]
    if several and hidden.size >= _SUSPICIOUS and right.all():
        raise ValueError(
            f"The inferred labels are the true ones of all {hidden.size} images that "
            "this run masks: they cannot have been inferred."
        )


def check_use(labels: np.ndarray, num_classes: int) -> None:
    """Checks that there are labels, of more than one class.

    Raises:
        ValueError: if not.
    """
    if labels.ndim == 2:
        counts = labels.sum(axis=0)
    else:
        counts = np.bincount(labels[labels >= 0], minlength=num_classes)
    if not counts.any():
        raise ValueError(
            f"The recipe trains {num_classes} classes, and no image has a label. "
            "Raise train.label_fraction, or choose a train.pseudo_labelling."
        )
    if num_classes > 1 and np.count_nonzero(counts) == 1:
        raise ValueError(
            f"All labels are of one class, {int(counts.argmax())}, of {num_classes}. "
            "A wrong folder or split is the usual cause."
        )
