"""Labels for all images from a trained classifier or encoder."""

import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.labels.encoder import data_format_of
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.layers import data_formats
from keras_s3gan.validation import check_integer, check_labels

_KINDS = ("hard", "soft")


def infer_labels(classifier, images, labels, kind="hard", batch_size=256, source=None):
    """Predicts pseudo-labels for images without a label; given labels are kept.

    Args:
        classifier: model from images to class logits `[N, num_classes]`.
        images: images that are indexed like an array.
        labels: integers `[N]`, with -1 for the images to label.
        kind: `"hard"` for the most probable class, `"soft"` for the probabilities.
        batch_size: int.
        source: the source of `keras_s3gan.data` of the images, in the same order, or
            `None`. Its fingerprint is stored with the labels, and a run on other images
            refuses them.

    Returns:
        An `InferredLabels`.

    Raises:
        ValueError: if `kind` is unknown, or a label is out of range.

    Example:
        >>> inferred = infer_labels(classifier, images, labels)
        >>> inferred.save("labels.npz")
    """
    if kind not in _KINDS:
        raise ValueError(f"`kind` must be one of {_KINDS}. Received: kind={kind!r}")
    given = check_labels(labels, len(images))
    found, confidence = [], []
    for logits in _predictions(classifier, images, batch_size):
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities = shifted / shifted.sum(axis=1, keepdims=True)
        confidence.append(probabilities.max(axis=1))
        if kind == "hard":
            found.append(probabilities.argmax(axis=1))
        else:
            found.append(probabilities)
        num_classes = logits.shape[1]
    found, confidence = np.concatenate(found), np.concatenate(confidence)
    check_labels(given, len(images), num_classes)
    known = given >= 0
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
