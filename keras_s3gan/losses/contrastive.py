"""Losses that compare the images of a batch with one another."""

from keras import ops

from keras_s3gan import backend
from keras_s3gan.losses.heads import has_label, labelled_mean


def data_to_data_cross_entropy(
    embeddings, proxies, labels_one_hot, margin=0.98, temperature=0.5, count=None
):
    """Data-to-data cross-entropy (D2D-CE), mean over the labelled images.

    It draws each embedding f to the proxy v of its class, up to the margin m, and
    pushes it away from images of other classes that are nearer than 1 - m:

    `a_i = relu((m - cos(f_i, v_i)) / T)`, `s_ij = (cos(f_i, f_j) + m - 1) / T`,
    `L_i = a_i + log(exp(-a_i) + Σ_j exp(relu(s_ij) - max_j s_ij))`

    The sum is over images of other classes, the maximum, a constant, over all other
    images. As in the authors' code the maximum is subtracted in the sum alone. An image
    without a label has no part in any of this. With replicas every image is compared
    with those of all of them.

    Args:
        embeddings: `[N, E]`, of the images.
        proxies: `[N, E]`, of the classes of the images.
        labels_one_hot: `[N, num_classes]`, zeros for an image without a label.
        margin: float, m. Defaults to `0.98`.
        temperature: float, T. Defaults to `0.5`.
        count: as in `labelled_mean`.

    Returns:
        A scalar in float32; 0 if no image has a label.

    Example:
        >>> labels_one_hot = to_one_hot([0, 1, -1], num_classes=2)
        >>> embeddings = proxies = keras.ops.array([[1.0, 0], [0, 1.0], [1.0, 1.0]])
        >>> loss = data_to_data_cross_entropy(embeddings, proxies, labels_one_hot)
        >>> round(float(loss), 3)
        0.713

    Reference:
        - Kang et al., 2021, https://arxiv.org/abs/2111.01118
    """
    embeddings, proxies = map(_unit_length, (embeddings, proxies))
    labels_one_hot = ops.cast(labels_one_hot, "float32")
    label_mask = has_label(labels_one_hot)
    everyone = backend.replica_gather(
        ops.concatenate([embeddings, labels_one_hot], axis=1)
    )
    others, other_labels = ops.split(everyone, [embeddings.shape[1]], axis=1)
    other_mask = has_label(other_labels)
    total = embeddings.shape[0] * backend.replica_count()
    own_places = backend.replica_part(ops.eye(total, dtype="float32"))
    pairs = label_mask[:, None] * other_mask[None] * (1.0 - own_places)
    same_class = ops.matmul(labels_one_hot, ops.transpose(other_labels)) > 0.5

    attraction = ops.relu(
        (margin - ops.sum(embeddings * proxies, axis=1)) / temperature
    )
    similarities = ops.matmul(embeddings, ops.transpose(others))
    similarities = (similarities + margin - 1.0) / temperature
    largest = ops.max(ops.where(pairs > 0, similarities, -1e9), axis=1, keepdims=True)
    # In a row without pairs nothing may be infinite, whatever it is multiplied by.
    largest = ops.where(largest > -1e8, ops.stop_gradient(largest), 0.0)
    negatives = pairs * ops.cast(ops.logical_not(same_class), "float32")
    repulsion = ops.sum(negatives * ops.exp(ops.relu(similarities) - largest), axis=1)
    # The same as `a + log(exp(-a) + repulsion)`, but exactly 0 without repulsion.
    losses = ops.log1p(ops.exp(attraction) * repulsion)
    return labelled_mean(losses, label_mask, count)


def _unit_length(vectors):
    """Vectors divided by their lengths, in float32."""
    vectors = ops.cast(vectors, "float32")
    squares = ops.sum(ops.square(vectors), axis=1, keepdims=True)
    return vectors * ops.rsqrt(ops.maximum(squares, 1e-12))
