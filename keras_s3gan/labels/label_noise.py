"""How many of the given labels are wrong, as far as predictions can tell."""

from typing import NamedTuple

import numpy as np

from keras_s3gan.class_balance import count_classes
from keras_s3gan.validation import check_hard_labels, check_integer


class LabelNoise(NamedTuple):
    """The result of `estimate_label_noise`.

    Attributes:
        rate: float in [0, 1]. Estimated share of the labels that are wrong.
        joint: `[num_classes, num_classes]`, with the sum 1. Estimated share of the
            images that have one label (rows) and are of another class (columns).
        suspects: integers. Indices of the images whose label is probably wrong, the
            clearest first.

    Example:
        >>> noise = estimate_label_noise(labels, np.eye(10)[labels])
        >>> noise.rate, len(noise.suspects)
        (0.0, 0)

    Reference:
        - Northcutt et al., 2021, https://arxiv.org/abs/1911.00068
    """

    rate: float
    joint: np.ndarray
    suspects: np.ndarray


def estimate_label_noise(labels, probabilities):
    """Estimates how often labels are wrong, by confident learning.

    A class is confident for an image if its probability is at least the mean of those
    that images with this label have. An image counts for the most probable of its
    confident classes, if it has one.

    Args:
        labels: integers `[N]`, -1 for images that do not count.
        probabilities: `[N, num_classes]`, predictions by a model that was not trained
            on the image, as of `out_of_fold_probabilities`. Predictions for images of
            the training find fewer wrong labels than there are.

    Returns:
        A `LabelNoise`.

    Raises:
        ValueError: if a label is out of range, or no image has one.

    Example:
        >>> predictions = out_of_fold_probabilities(features, labels, 10, folds=2)
        >>> 0 <= estimate_label_noise(labels, predictions).rate <= 1
        True

    Reference:
        - Northcutt et al., 2021, https://arxiv.org/abs/1911.00068
    """
    probabilities = np.asarray(probabilities, "float64")
    num_classes = probabilities.shape[-1]
    labels = _checked(labels, len(probabilities), num_classes)
    ids = np.flatnonzero(labels >= 0)
    given, found = labels[ids], probabilities[ids]
    counts = count_classes(given, num_classes)
    own = given[:, None] == np.arange(num_classes)
    # Of a class without labels nothing is known.
    thresholds = np.where(
        counts > 0, (found * own).sum(axis=0) / np.maximum(counts, 1), np.inf
    )
    confident = np.where(found >= thresholds, found, -1.0)
    counted, classes = confident.max(axis=1) >= 0, confident.argmax(axis=1)
    joint = np.zeros((num_classes, num_classes))
    np.add.at(joint, (given[counted], classes[counted]), 1)
    # Labels of which no image counts are taken for right.
    joint += np.diag((joint.sum(axis=1) == 0) * counts)
    joint *= (counts / np.maximum(joint.sum(axis=1), 1))[:, None] / len(ids)
    wrong = counted & (classes != given)
    rows = np.arange(len(ids))
    margins = found[rows, classes] - found[rows, given]
    suspects = ids[wrong][np.argsort(-margins[wrong], kind="stable")]
    return LabelNoise(float(1 - np.trace(joint)), joint, suspects)


def out_of_fold_probabilities(features, labels, num_classes, folds=5, seed=0):
    """Predictions for each labelled image by a model that did not see it.

    A logistic regression on features is trained on all folds but one, which it then
    predicts.

    Args:
        features: `[N, D]`, such as those of `extract_features`.
        labels: integers `[N]`, -1 for images without a label.
        num_classes: int.
        folds: int >= 2. Each class should have as many labels.
        seed: int. Seed of the folds.

    Returns:
        float64 `[N, num_classes]`; rows of zeros for images without a label.

    Raises:
        ValueError: if there are fewer than two folds, or fewer labels than folds.

    Example:
        >>> out_of_fold_probabilities(features, labels, 10, folds=2).shape
        (64, 10)

    Reference:
        - Northcutt et al., 2021, https://arxiv.org/abs/1911.00068
    """
    from sklearn.linear_model import LogisticRegression

    check_integer("folds", folds, 2)
    labels = _checked(labels, len(features), num_classes)
    random, fold = np.random.default_rng(seed), np.full(len(labels), -1)
    offset = 0
    for label in range(num_classes):
        ids = random.permutation(np.flatnonzero(labels == label))
        fold[ids] = (offset + np.arange(len(ids))) % folds
        offset += len(ids)
    known = labels >= 0
    if known.sum() < folds:
        raise ValueError(
            f"{folds} folds need as many labels. Received: {known.sum()} labels"
        )
    scale = features[known].std(axis=0) + 1e-6
    features = (features - features[known].mean(axis=0)) / scale
    found = np.zeros((len(labels), num_classes))
    for number in range(folds):
        seen, asked = known & (fold != number), fold == number
        present = np.unique(labels[seen])
        if len(present) == 1:
            found[asked, present[0]] = 1.0
            continue
        model = LogisticRegression(max_iter=1000).fit(features[seen], labels[seen])
        found[np.ix_(asked, present)] = model.predict_proba(features[asked])
    return found


def _checked(labels, count, num_classes):
    labels = check_hard_labels(labels, count, num_classes)
    if not (labels >= 0).any():
        raise ValueError(
            "At least one image must have a label. Received: labels that are all -1"
        )
    return labels
