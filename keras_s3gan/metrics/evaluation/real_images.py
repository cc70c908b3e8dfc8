"""The real images that generated images are compared with."""

import concurrent.futures

import numpy as np

from keras_s3gan import deprecation
from keras_s3gan.metrics.evaluation.names import SPLITS
from keras_s3gan.metrics.evaluation.outputs import CollectedOutputs, collect_outputs
from keras_s3gan.metrics.features.cached_statistics import reference_statistics
from keras_s3gan.metrics.features.images import as_bytes

_CHUNK = 256


class RealImages:
    """Real images and the features of them, computed once when a score needs them.

    Args:
        images: `[N, H, W, C]`, uint8 or floats in `[-1, 1]`; or an object with a length
            that gives such images for an array of indices, as
            `keras_s3gan.data.PreparedImages` does. It is then read batch by batch.
        labels: integers `[N]`, -1 where unknown. `None`: no class is known.
        split: one of `keras_s3gan.metrics.SPLITS`.
        source: str. Identifies the data set and its preprocessing. The statistics are
            then cached on disk. `None`: they are not.
        name: str. Name of the data set in records.
        most_kept: int. Maximum number of images for scores that need all features or
            images in memory. They are drawn at random once.

    Raises:
        ValueError: if there are fewer than two images, if the number of labels
            differs, or if `split` is unknown.

    Example:
        >>> real = RealImages(images, labels, split="test", name="digits")
    """

    def __init__(
        self,
        images,
        labels=None,
        split="train",
        source=None,
        name=None,
        most_kept=50_000,
    ):
        if len(images) < 2:
            raise ValueError(
                "`images` must hold at least 2 real images. "
                f"Received: {len(images)} images"
            )
        if labels is not None and np.shape(labels) != (len(images),):
            raise ValueError(
                f"`labels` must be integers of shape [{len(images)}]. "
                f"Received: shape={np.shape(labels)}"
            )
        if split not in SPLITS:
            raise ValueError(f"`split` must be one of {SPLITS}. Received: {split!r}")
        self.images = images
        self.labels = None if labels is None else np.asarray(labels)
        self.split = split
        self.source = source
        self.name = name
        self.kept = np.arange(len(images))
        if len(images) > most_kept:
            random = np.random.default_rng(0)
            chosen = random.choice(len(images), most_kept, replace=False)
            self.kept = np.sort(chosen)
        self._collected = {}

    def __len__(self):
        return len(self.images)

    def collect(self, extractor, kinds):
        """Collects what scores need; nothing is computed twice.

        Args:
            extractor: a `FeatureExtractor`.
            kinds: names of attributes of `CollectedOutputs`. `statistics` cover all
                images, the others at most `most_kept`.

        Returns:
            `CollectedOutputs`.

        Raises:
            ValueError: as `stream_features`.
        """
        collected = self._collected.setdefault(extractor.identifier, {})
        missing = set(kinds) - collected.keys()
        whole = len(self.kept) == len(self)
        if "statistics" in missing and (missing == {"statistics"} or not whole):
            collected["statistics"] = self._statistics(extractor)
            missing.remove("statistics")
        if missing:
            batches = self._batches(self.kept)
            new = collect_outputs(extractor, batches, len(self.kept), missing)
            collected.update({kind: getattr(new, kind) for kind in missing})
        labels = None if self.labels is None else self.labels[self.kept]
        return CollectedOutputs(len(self.kept), labels, **collected)

    def observations(self, extractor, kinds):
        deprecation.warn("RealImages.observations", "collect")
        return self.collect(extractor, kinds)

    def _statistics(self, extractor):
        every = np.arange(len(self))
        if self.source is None:
            return collect_outputs(
                extractor, self._batches(every), len(self)
            ).statistics
        return reference_statistics(
            extractor,
            lambda: self._batches(every),
            source=self.source,
            split=self.split,
            num_images=len(self),
        )

    def _batches(self, indices):
        """Yields uint8 images in order; the next batches are read in the background."""
        parts = np.split(indices, range(_CHUNK, len(indices), _CHUNK))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            waiting = []
            for part in parts:
                waiting.append(pool.submit(self._read, part))
                if len(waiting) > 2:
                    yield waiting.pop(0).result()
            for future in waiting:
                yield future.result()

    def _read(self, indices):
        return as_bytes(self.images[indices])
