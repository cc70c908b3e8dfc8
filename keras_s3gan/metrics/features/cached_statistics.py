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

# Of whatever else statistics depend on: a change of the code that changes them.
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
    """Statistics of real images, computed at their first use and then read from disk.

    The file's name is a hash of everything they depend on: source, split,
    preprocessing, the number of images, and what `extractor.describe()` says. Beside
    it lies a JSON file with these in clear. pytorch-fid reads the file as well:
    `python -m pytorch_fid FILE FOLDER`.

    Args:
        extractor: a `FeatureExtractor`.
        images: `[N, H, W, C]`, uint8 or floats in `[-1, 1]`; or a callable without
            arguments that returns an iterable of such batches, called only where
            nothing is stored.
        source: str. What tells one set of images from another, for instance
            `fingerprint()` of a source of `keras_s3gan.data`. Defaults to a hash of the
            images, and is needed for a callable.
        split: str. Which part of the source the images are.
        preprocessing: str. What was done to the images before: crop, size.
        num_images: int. The first so many. Defaults to all.
        cache_dir: str or `Path`. Defaults to the environment's `KERAS_S3GAN_CACHE`,
            else `~/.cache/keras_s3gan`.

    Returns:
        A `FeatureStatistics`.

    Raises:
        ValueError: if the images are not as above, or a callable comes without
            `source`.

    Example:
        >>> real = reference_statistics(
        ...     extractor,
        ...     lambda: (images for images, _ in batches),
        ...     source=source.fingerprint(),
        ...     split="train",
        ...     num_images=len(source),
        ... )
    """
    if source is None:
        if callable(images):
            raise ValueError(
                "`source` must name images that are given by a callable. "
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
    # A damaged archive fails in many ways.
    except _DAMAGED as error:
        warnings.warn(
            f"The statistics in {path} are damaged ({error}) and computed anew.",
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
