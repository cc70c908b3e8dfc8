"""Labels for all images from a trained classifier or encoder."""

import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.class_balance import check_shares, count_classes
from keras_s3gan.labels.encoder import data_format_of
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.layers import data_formats
from keras_s3gan.validation import check_integer, check_labels

_KINDS = ("hard", "soft")
# Of shares that are as good as reached, and of a sum that is divided by.
_CLOSE, _LEAST = 1e-6, 1e-30


def infer_labels(
    classifier,
    images,
    labels,
    kind="hard",
    batch_size=256,
    source=None,
    class_prior=None,
):
    """Predicts pseudo-labels for images without a label; given labels are kept.

    Args:
        classifier: model from images to class logits `[N, num_classes]`.
        images: images that are indexed like an array.
        labels: integers `[N]`, with -1 for the images to label; or rows
            `[N, num_classes]` with the sum 1, each the set of classes that the image
            may be of: the label is one of them. A row of zeros allows all.
        kind: `"hard"` for the most probable class, `"soft"` for the probabilities.
        batch_size: int.
        source: the source of `keras_s3gan.data` of the images, in the same order, or
            `None`. Its fingerprint is stored with the labels, and a run on other images
            refuses them.
        class_prior: how often each class occurs among the images to label: `"labelled"`
            for as often as among the given labels, or one number for each class. The
            probabilities of each class are multiplied by one factor, such that their
            mean is this. Defaults to `None`: they are left as they are.

    Returns:
        An `InferredLabels`.

    Raises:
        ValueError: if `kind` or `class_prior` is not as above, or a label is out of
            range.

    Example:
        >>> inferred = infer_labels(classifier, images, labels)
        >>> inferred.save("labels.npz")
    """
    if kind not in _KINDS:
        raise ValueError(f"`kind` must be one of {_KINDS}. Received: kind={kind!r}")
    given, allowed = check_labels(labels, len(images)), None
    if given.ndim == 2:
        allowed = (given > 0) | ~given.any(axis=1, keepdims=True)
        single = allowed.sum(axis=1) == 1
        given = np.where(single, allowed.argmax(axis=1), -1).astype("int32")
    known = given >= 0
    batches = map(_softmax, _predictions(classifier, images, batch_size))
    if allowed is not None:
        batches = _within(batches, allowed)
    if class_prior is not None:
        batches = [_with_prior(np.concatenate([*batches]), given, class_prior)]
    found, confidence = [], []
    for probabilities in batches:
        confidence.append(probabilities.max(axis=1))
        if kind == "hard":
            found.append(probabilities.argmax(axis=1))
        else:
            found.append(probabilities)
        num_classes = probabilities.shape[1]
    found, confidence = np.concatenate(found), np.concatenate(confidence)
    check_labels(given, len(images), num_classes)
    if kind == "hard":
        found[known] = given[known]
    else:
        found[known] = np.eye(num_classes)[given[known]]
    confidence[known] = 1.0
    metadata = {}
    if source is not None:
        metadata["made_from"] = {"source_fingerprint": source.fingerprint()}
    return InferredLabels(
        found, np.flatnonzero(known), num_classes, confidence, metadata
    )


def _softmax(logits):
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def _within(batches, allowed):
    """Yields probabilities of the allowed classes alone, batch by batch."""
    start = 0
    for probabilities in batches:
        rows = allowed[start : start + len(probabilities)]
        start += len(probabilities)
        kept = probabilities * rows + _LEAST * rows
        yield kept / kept.sum(axis=1, keepdims=True)


def _with_prior(probabilities, given, class_prior):
    """Probabilities of images without a label, with a prior as their mean."""
    num_classes, known = probabilities.shape[1], given >= 0
    shares = class_prior
    if isinstance(class_prior, str) and class_prior == "labelled":
        shares = count_classes(given, num_classes)
    shares = check_shares("class_prior", shares, num_classes, '"labelled", or ')
    probabilities[~known] = with_mean(probabilities[~known], shares)
    return probabilities


def with_mean(probabilities, shares, iterations=100):
    """Multiplies each class by a factor, such that the mean of all rows is `shares`.

    Rows keep the sum 1. The factors are found by proportional fitting.

    Args:
        probabilities: `[N, num_classes]`.
        shares: `[num_classes]`, with the sum 1.
        iterations: int. The most steps of the fitting.

    Returns:
        Array of the shape and dtype of `probabilities`.
    """
    if not len(probabilities):
        return probabilities
    factors = np.ones(len(shares))
    for _ in range(iterations):
        fitted = probabilities * factors
        fitted /= np.maximum(fitted.sum(axis=1, keepdims=True), _LEAST)
        mean = fitted.mean(axis=0)
        if np.abs(mean - shares).max() < _CLOSE:
            break
        factors *= shares / np.maximum(mean, _LEAST)
        # Only their ratios count. A row that is sure of a class has to have some.
        factors = np.maximum(factors / factors.max(), _CLOSE**2)
    return fitted.astype(probabilities.dtype)


def extract_features(encoder, images, batch_size=256):
    """Computes feature vectors of images.

    Args:
        encoder: model from images to features `[N, D]`, or to `[N, H, W, D]`, which is
            averaged over height and width.
        images: images that are indexed like an array.
        batch_size: int.

    Returns:
        float32 `[N, D]`.

    Example:
        >>> features = extract_features(encoder, images)
    """
    axes = data_formats.spatial_axes(data_format_of(encoder))
    maps = _predictions(encoder, images, batch_size)
    return np.concatenate([m if m.ndim == 2 else m.mean(axis=axes) for m in maps])


def cluster_labels(features, num_clusters, seed=0):
    """Clusters features by k-means, to train without any label.

    Args:
        features: `[N, D]`. They are first normalized to unit length.
        num_clusters: int, at most N.
        seed: int. Seed of the clustering.

    Returns:
        An `InferredLabels` whose classes are the clusters.

    Raises:
        ValueError: if there are fewer images than clusters.

    Example:
        >>> clusters = cluster_labels(extract_features(encoder, images), 10)

    Reference:
        - Sculley, 2010, https://doi.org/10.1145/1772690.1772862 (mini-batch k-means)
    """
    from sklearn.cluster import MiniBatchKMeans

    check_integer("num_clusters", num_clusters, 1)
    if len(features) < num_clusters:
        raise ValueError(
            f"{num_clusters} clusters need at least as many images. "
            f"Received: {len(features)} images"
        )
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.maximum(norms, 1e-12)
    means = MiniBatchKMeans(
        num_clusters,
        batch_size=max(1024, 4 * num_clusters),
        n_init=3,
        random_state=seed,
    )
    labels = means.fit_predict(unit)
    return InferredLabels(labels, np.zeros(0, "int64"), num_clusters)


def _predictions(model, images, batch_size):
    """Yields float32 outputs of a model, batch by batch."""
    rows = backend.batched(
        lambda images: ops.cast(model(images, training=False), "float32"),
        model.variables,
    )
    return rows.batches(images, batch_size=batch_size)
