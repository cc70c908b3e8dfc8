"""Statistics of real images, cached on disk."""

import hashlib
import json
import warnings
import zipfile
import zlib

import numpy as np

from keras_s3gan.files import cache_directory, write_json
from keras_s3gan.metrics.features.images import stacked
from keras_s3gan.metrics.features.statistics import FeatureStatistics
from keras_s3gan.metrics.features.streaming import stream_statistics

# Increase it when a change of the code changes the statistics.
_VERSION = 1
_DAMAGED = (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error)


def reference_statistics(
    extractor,
    images,
    source=None,
    split="",
    preprocessing="",
    num_images=None,
    cache_dir=None,
):
    """Computes statistics of real images once and caches them on disk.

    The file is named by a hash of everything the statistics depend on: source, split,
    preprocessing, number of images and `extractor.describe()`. A JSON file beside it
    lists these settings. pytorch-fid can read the file too:
    `python -m pytorch_fid FILE FOLDER`.

    Args:
        extractor: a `FeatureExtractor`.
        images: `[N, H, W, C]`, uint8 or floats in `[-1, 1]`; or a callable without
            arguments that returns an iterable of such batches. It is called only if
            the statistics are not in the cache.
        source: str. Identifies the images, for example `fingerprint()` of a source of
            `keras_s3gan.data`. Defaults to a hash of the images; required for a
            callable.
        split: str. The split of the source.
        preprocessing: str. How the images were preprocessed, such as crop and size.
        num_images: int. Number of images, from the first. Defaults to all.
        cache_dir: str or `Path`. Defaults to the environment's `KERAS_S3GAN_CACHE`,
            else `~/.cache/keras_s3gan`.

    Returns:
        A `FeatureStatistics`.

    Raises:
        ValueError: if the images are not as above, or `images` is a callable and
            `source` is `None`.

    Example:
        >>> source = ArraySource(images, labels)
        >>> real = reference_statistics(
        ...     extractor,
        ...     lambda: np.split(images, 4),
        ...     source=source.fingerprint(),
        ...     split="train",
        ...     num_images=len(source),
        ... )
        >>> real.count
        64
    """
    if source is None:
        if callable(images):
            raise ValueError(
                "`source` must identify the images if `images` is a callable. "
                "Received: source=None"
            )
        images = stacked(images)
        source = _sha256_of_images(images)
    settings = {
        "version": _VERSION,
        "source": source,
        "split": split,
        "preprocessing": preprocessing,
        "num_images": num_images or (None if callable(images) else len(images)),
        "extractor": extractor.describe(),
    }
    name = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    path = cache_directory(cache_dir) / f"statistics-{name[:20]}.npz"
    try:
        return FeatureStatistics.load(path)
    except FileNotFoundError:
        pass
    # A damaged archive raises many kinds of errors.
    except _DAMAGED as error:
        warnings.warn(
            f"The statistics in {path} are damaged ({error}); they are computed again.",
            stacklevel=2,
        )
    batches = images() if callable(images) else images
    statistics = stream_statistics(extractor, batches, num_images)
    statistics.save(path)
    write_json(path.with_suffix(".json"), {**settings, "count": statistics.count})
    return statistics


def _sha256_of_images(images):
    digest = hashlib.sha256(f"{images.dtype} {images.shape}".encode())
    digest.update(np.ascontiguousarray(images).tobytes())
    return digest.hexdigest()
