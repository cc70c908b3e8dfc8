"""Endless, reproducible batches of a source."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from keras_s3gan.data.array_source import ArraySource
from keras_s3gan.data.class_sampling import ClassSampling
from keras_s3gan.data.crops import RANDOM_CROPS, check_crop
from keras_s3gan.data.prepare import FITS, prepare_image
from keras_s3gan.data.source import Source
from keras_s3gan.validation import check_integer, check_labels, to_float_range

# Prepared images of an `ArraySource` are kept in memory up to this size.
_MEMORY_LIMIT = 2**30

if TYPE_CHECKING:
    import grain


def batches(
    source: Source,
    batch_size: int,
    image_size: int,
    channels: int | None = None,
    labels: ArrayLike | None = None,
    seed: int = 0,
    start_batch: int = 0,
    fit: str = "pad",
    num_threads: int = 2,
    num_classes: int | None = None,
    crop: str | int | None = None,
    rows: ArrayLike | None = None,
    class_sampling: str | float = "natural",
) -> "grain.IterDataset":
    """Makes endless batches of a source, in a new order each epoch.

    Batch i depends on `source`, the arguments and i alone. To continue after n batches,
    pass `start_batch=n`. Each image occurs once per epoch. A batch can contain the end
    of one epoch and the start of the next, so that all batches have the same size. A
    random crop depends on `seed`, the epoch and the image.

    With `class_sampling` some classes are drawn more often than they occur, and images
    of rare ones several times per epoch.

    Args:
        source: a source, see `keras_s3gan.data`.
        batch_size: int.
        image_size: int. Height and width of the images in the batches.
        channels: 1 or 3. Defaults to the channels of the first image.
        labels: integers `[len(source)]` with -1 for "no label", or soft labels
            `[len(source), num_classes]` with rows of zeros. Defaults to the source's.
        seed: int. Seed of the order and of random crops.
        start_batch: int. Index of the first batch.
        fit: `"pad"` or `"resize"`: what to do with images smaller than `image_size`.
        num_threads: int. Threads that load batches ahead. 0: each batch is loaded when
            it is requested.
        num_classes: int. Number of classes of `labels`. Defaults to the source's.
        crop: how images are cropped, see `keras_s3gan.data.crop_image`. Defaults to
            `source.crop` if the source has one.
        rows: integers. The rows of each batch to load, in this order, for a process
            that trains on a part of the batch. Defaults to all.
        class_sampling: how often the images of each class are drawn: `"natural"`, each
            image once per epoch; `"uniform"`, each class equally often; `"effective"`,
            a class in proportion to its effective number of images, which lies between;
            or the beta of these, a float in (0, 1). Images without a label are drawn
            once per epoch in any case.

    Returns:
        A `grain.IterDataset` of `(images, labels)`: float32 `[N, S, S, C]` in
        `[-1, 1]`, and int32 `[N]` or float32 `[N, num_classes]`. Pass it to `fit` of a
        Keras model with `steps_per_epoch`.

    Raises:
        ValueError: if an argument or a label is not as above; on iteration, if an image
            is not as above.

    Example:
        >>> dataset = batches(mnist5k(), batch_size=64, image_size=32)
        >>> images, labels = next(iter(dataset))
        >>> images.shape
        (64, 32, 32, 1)

    Reference:
        - Cui et al., 2019, https://arxiv.org/abs/1901.05555 (effective numbers)
    """
    import grain

    check_integer("batch_size", batch_size, 1)
    check_integer("seed", seed, 0)
    check_integer("start_batch", start_batch, 0)
    check_integer("num_threads", num_threads, 0)
    images = PreparedImages(source, image_size, channels, fit, crop)
    if labels is None:
        labels = source.labels()
    checked = check_labels(labels, len(source), num_classes or source.num_classes)
    # Grain shuffles epoch e with seed + e. Without mixing, seed 1 would repeat the
    # epochs of seed 0.
    order_seed = int(np.random.SeedSequence(seed).generate_state(1)[0])
    chosen = np.arange(batch_size) if rows is None else np.asarray(rows)
    sampling = None
    if class_sampling != "natural":
        sampling = ClassSampling(checked, class_sampling, order_seed)

    def load(number: int, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        draws = number * batch_size + chosen
        # Names a random crop of an image.
        times = draws // len(source)
        indices = indices[chosen]
        if sampling is not None:
            # An image may be drawn several times in an epoch.
            indices, times = sampling[draws], draws
        return images.of_epochs(indices, times, seed), checked[indices]

    return (
        grain.MapDataset.range(len(source))
        .shuffle(seed=order_seed)
        .repeat()
        .batch(batch_size, batch_fn=np.array)
        .map_with_index(load)[start_batch:]
        .to_iter_dataset(grain.ReadOptions(num_threads, 2 * num_threads))
    )


class PreparedImages:
    """The preprocessed images of a source, without labels, indexed like an array.

    `images[indices]` is float32 `[n, S, S, C]` in `[-1, 1]`. Nothing is random: random
    crops become the middle. Small sources in memory are preprocessed once.

    Args:
        source, image_size, channels, fit, crop: as in `batches`.

    Raises:
        ValueError: if an argument is not as above; on access, if an image is not as
            above.

    Example:
        >>> PreparedImages(mnist5k(), 32)[[0, 1]].shape
        (2, 32, 32, 1)
    """

    def __init__(
        self,
        source: Source,
        image_size: int,
        channels: int | None = None,
        fit: str = "pad",
        crop: str | int | None = None,
    ) -> None:
        crop = chosen_crop(source, crop)
        self._prepare = _preparation(source, image_size, channels, fit, crop)
        self._random = crop in RANDOM_CROPS
        self._length = len(source)
        self._kept: np.ndarray | None = None
        if isinstance(source, ArraySource):
            first = self._prepare(0)
            if len(source) * first.nbytes <= _MEMORY_LIMIT:
                self._kept = np.stack([self._prepare(i) for i in range(len(source))])

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, indices: Any) -> np.ndarray:
        if self._kept is not None:
            return to_float_range(self._kept[indices])
        return np.stack([to_float_range(self._prepare(index)) for index in indices])

    def of_epochs(
        self, indices: np.ndarray, epochs: np.ndarray, seed: int
    ) -> np.ndarray:
        """Loads images for training in the given epochs `[n]`, with random crops."""
        if not self._random:
            return self[indices]
        prepared = []
        for index, epoch in zip(indices, epochs, strict=True):
            random = np.random.default_rng([seed, epoch, index])
            prepared.append(to_float_range(self._prepare(index, random)))
        return np.stack(prepared)


def chosen_crop(source: Source, crop: str | int | None = None) -> str | int | None:
    """Returns `crop`, or the source's own crop if `crop` is `None`."""
    return getattr(source, "crop", None) if crop is None else crop


def load_images(
    source: Source,
    image_size: int,
    channels: int | None = None,
    fit: str = "pad",
    indices: ArrayLike | None = None,
    crop: str | int | None = None,
) -> np.ndarray:
    """Loads images of a source into memory, preprocessed as in `batches`.

    Nothing is random: random crops become the middle.

    Args:
        source: a source, see `keras_s3gan.data`.
        image_size: int. Height and width of the images.
        channels: 1 or 3. Defaults to the channels of the first image.
        fit: `"pad"` or `"resize"`: what to do with images smaller than `image_size`.
        indices: integers. Indices of the images, in this order. Defaults to all.
        crop: as in `batches`.

    Returns:
        float32 `[N, S, S, C]` in `[-1, 1]`.

    Raises:
        ValueError: if an argument or an image is not as above.

    Example:
        >>> load_images(mnist5k(), 32, indices=[0, 1]).shape
        (2, 32, 32, 1)
    """
    images = PreparedImages(source, image_size, channels, fit, crop)
    chosen = np.arange(len(source)) if indices is None else np.asarray(indices, int)
    outside = chosen[(chosen < 0) | (chosen >= len(source))]
    if outside.size:
        raise ValueError(
            f"`indices` must be from 0 to {len(source) - 1}. "
            f"Received: indices with {outside[0]}"
        )
    return images[chosen]


def _preparation(
    source: Source,
    image_size: int,
    channels: int | None,
    fit: str,
    crop: str | int | None,
) -> Callable[..., np.ndarray]:
    """Returns a function `(index, random)` that loads and preprocesses an image."""
    check_integer("image_size", image_size, 1)
    check_crop(crop)
    if channels not in (None, 1, 3):
        raise ValueError(
            f"`channels` must be 1, 3 or None. Received: channels={channels!r}"
        )
    if fit not in FITS:
        raise ValueError(f"`fit` must be one of {FITS}. Received: fit={fit!r}")
    if not len(source):
        raise ValueError(f"A source must have images. Received: {source.name}, empty")
    source_size = getattr(source, "image_size", None)
    if source_size not in (None, image_size):
        raise ValueError(
            f"The images of {source.name} have {source_size} pixels. For another "
            "size use 'tfds:NAME' and a `crop`. "
            f"Received: image_size={image_size}"
        )
    out_channels = channels or np.shape(source[0]["image"])[-1]

    def prepare(index: int, random: np.random.Generator | None = None) -> np.ndarray:
        image = source[int(index)]["image"]
        if channels is None and np.shape(image)[-1] != out_channels:
            raise ValueError(
                "If images have 1 or 3 channels, pass channels=1 or channels=3. "
                f"Received: {source.name}, image {index} of shape {np.shape(image)}, "
                f"the first of {out_channels} channel(s)"
            )
        try:
            return prepare_image(image, image_size, out_channels, fit, crop, random)
        except ValueError as error:
            raise ValueError(f"{source.name}, image {index}: {error}") from error

    return prepare
