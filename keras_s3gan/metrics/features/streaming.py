"""Features and statistics of streams of images, one batch at a time."""

import numpy as np

from keras_s3gan.metrics.features.images import stacked
from keras_s3gan.metrics.features.statistics import FeatureStatistics
from keras_s3gan.validation import check_integer


def stream_features(extractor, batches, num_images=None):
    """Computes features of a stream of images, in order.

    Args:
        extractor: a `FeatureExtractor`.
        batches: iterable of image batches `[n, H, W, C]` of any n, with the same image
            size and dtype, uint8 or floats in `[-1, 1]`; or one such array.
        num_images: int. Number of images to read. Defaults to all; required for
            endless batches.

    Yields:
        float32 features `[extractor.batch_size, D]`; the last batch may be smaller.

    Raises:
        ValueError: if the images are not as above, or fewer than `num_images`.

    Example:
        >>> batches = np.split(images, 4)
        >>> np.concatenate(list(stream_features(extractor, batches))).shape
        (64, 128)
    """
    for _, outputs in stream_outputs(extractor, batches, num_images):
        yield outputs["features"]


def stream_outputs(extractor, batches, num_images=None):
    """Like `stream_features`, but yields pairs of images and network outputs."""
    if num_images is not None:
        check_integer("num_images", num_images)
    seen = 0
    for images in _regrouped(batches, extractor.batch_size, num_images):
        seen += len(images)
        yield images, extractor.outputs(images)
    if not seen or seen < (num_images or 0):
        raise ValueError(
            f"`batches` must hold at least {num_images or 1} images. "
            f"Received: {seen} images"
        )


def stream_statistics(extractor, batches, num_images=None):
    """Computes mean and covariance of the features of a stream of images.

    Args:
        extractor, batches, num_images: as in `stream_features`.

    Returns:
        A `FeatureStatistics`.

    Raises:
        ValueError: as `stream_features`, or if a feature is not finite.

    Example:
        >>> statistics = stream_statistics(extractor, np.split(images, 4))
        >>> statistics.count, statistics.mean.shape
        (64, (128,))
    """
    statistics = None
    for features in stream_features(extractor, batches, num_images):
        if statistics is None:
            statistics = FeatureStatistics(features.shape[1])
        statistics.update(features)
    return statistics


def _regrouped(batches, size, num_images):
    """Yields the same images in batches of `size`."""
    left, held, kind = num_images, [], None
    for images in _batches(batches, size):
        images = stacked(images)[:left]
        kind = kind or (images.shape[1:], images.dtype)
        if kind != (images.shape[1:], images.dtype):
            raise ValueError(
                "All batches must have one size and dtype, as the first: "
                f"{kind[0]}, {kind[1]}. "
                f"Received: {images.shape[1:]}, {images.dtype}"
            )
        if left is not None:
            left -= len(images)
        while len(images):
            missing = size - sum(map(len, held))
            held.append(images[:missing])
            images = images[missing:]
            if len(held[-1]) == missing:
                yield np.concatenate(held)
                held = []
        if left == 0:
            break
    if held:
        yield np.concatenate(held)


def _batches(batches, size):
    if not hasattr(batches, "shape"):
        return batches
    return (batches[start : start + size] for start in range(0, len(batches), size))
