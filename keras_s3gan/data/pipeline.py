"""From a source to endless, reproducible batches."""

import numpy as np

from keras_s3gan.data.array_source import ArraySource
from keras_s3gan.data.crops import RANDOM_CROPS, check_crop
from keras_s3gan.data.prepare import FITS, prepare_image
from keras_s3gan.validation import check_integer, check_labels, to_float_range

# Prepared uint8 images of a source in memory are kept up to this size.
_MEMORY_LIMIT = 2**30


def batches(
    source,
    batch_size,
    image_size,
    channels=None,
    labels=None,
    seed=0,
    start_batch=0,
    fit="pad",
    num_threads=2,
    num_classes=None,
    crop=None,
    rows=None,
):
    """Endless batches of a source, each epoch in a new order.

    Batch i depends on `source`, the arguments and i alone: to go on after n batches,
    pass `start_batch=n`. Every image comes once an epoch; a batch may end one epoch
    and begin the next, so that no batch is smaller than the others. A random crop
    depends on `seed`, the epoch and the image.

    Args:
        source: a source, see `keras_s3gan.data`.
        batch_size: int.
        image_size: int. Height and width of the images given out.
        channels: 1 or 3. Defaults to the channels of the first image.
        labels: integers `[len(source)]` with -1 for "no label", or soft labels
            `[len(source), num_classes]` with rows of zeros. Defaults to the source's.
        seed: int. Draws the order.
        start_batch: int. The first batch to give out.
        fit: `"pad"` or `"resize"`: what to do with images smaller than `image_size`.
        num_threads: int. Threads that prepare batches ahead; 0 prepares each when it
            is asked for.
        num_classes: int. Classes that `labels` are of. Defaults to the source's.
        crop: how images are cut, see `keras_s3gan.data.crops.crop_image`. Defaults to
            the source's own way, `source.crop`, where it has one.
        rows: integers. Which rows of each batch are loaded and given out, in this
            order: a process' own. Defaults to all.

    Returns:
        A `grain.IterDataset` of `(images, labels)`: float32 `[N, S, S, C]` in
        `[-1, 1]`, and int32 `[N]` or float32 `[N, num_classes]`. `fit` of a Keras model
        takes it, with `steps_per_epoch`.

    Raises:
        ValueError: if an argument, a label or (when its batch is due) an image is not
            as above.

    Example:
        >>> dataset = batches(mnist5k(), batch_size=64, image_size=32)
        >>> images, labels = next(iter(dataset))
        >>> images.shape
        (64, 32, 32, 1)
    """
    import grain

    check_integer("batch_size", batch_size, 1)
    check_integer("seed", seed, 0)
    check_integer("start_batch", start_batch, 0)
    check_integer("num_threads", num_threads, 0)
    images = PreparedImages(source, image_size, channels, fit, crop)
    if labels is None:
        labels = source.labels()
    labels = check_labels(labels, len(source), num_classes or source.num_classes)
    # Grain orders epoch e by seed + e: unmixed, seed 1 would repeat seed 0's epochs.
    order_seed = int(np.random.SeedSequence(seed).generate_state(1)[0])
    rows = np.arange(batch_size) if rows is None else np.asarray(rows)

    def load(number, indices):
        indices, epochs = indices[rows], (number * batch_size + rows) // len(source)
        return images.of_epochs(indices, epochs, seed), labels[indices]

    return (
        grain.MapDataset.range(len(source))
        .shuffle(seed=order_seed)
        .repeat()
        .batch(batch_size, batch_fn=np.array)
        .map_with_index(load)[start_batch:]
        .to_iter_dataset(grain.ReadOptions(num_threads, 2 * num_threads))
    )


class PreparedImages:
    """The images of a source, prepared, and nothing else of it: no label.

    Indexed like an array: `images[indices]` is float32 `[n, S, S, C]` in `[-1, 1]`,
    the same at any time: of crops that are random in training, the middle. Small
    sources are prepared once and kept in memory.

    Args:
        source, image_size, channels, fit, crop: as in `batches`.

    Raises:
        ValueError: if an argument or (when it is read) an image is not as above.
    """

    def __init__(self, source, image_size, channels=None, fit="pad", crop=None):
        crop = chosen_crop(source, crop)
        self._prepare = _preparation(source, image_size, channels, fit, crop)
        self._random = crop in RANDOM_CROPS
        self._length = len(source)
        self._kept = None
        if isinstance(source, ArraySource):
            first = self._prepare(0)
            if len(source) * first.nbytes <= _MEMORY_LIMIT:
                self._kept = np.stack([self._prepare(i) for i in range(len(source))])

    def __len__(self):
        return self._length

    def __getitem__(self, indices):
        if self._kept is not None:
            return to_float_range(self._kept[indices])
        return np.stack([to_float_range(self._prepare(index)) for index in indices])

    def of_epochs(self, indices, epochs, seed):
        """The images as training sees them in these epochs, `[n]`: cut at random."""
        if not self._random:
            return self[indices]
        prepared = []
        for index, epoch in zip(indices, epochs, strict=True):
            random = np.random.default_rng([seed, epoch, index])
            prepared.append(to_float_range(self._prepare(index, random)))
        return np.stack(prepared)


def chosen_crop(source, crop=None):
    """How images of a source are cut: as `crop` says, else in its own way if any."""
    return getattr(source, "crop", None) if crop is None else crop


def load_images(source, image_size, channels=None, fit="pad", indices=None, crop=None):
    """Loads images of a source at once, prepared as `batches` prepares them.

    Nothing is random here: crops that are random in training show the middle.

    Args:
        source: a source, see `keras_s3gan.data`.
        image_size: int. Height and width of the images given out.
        channels: 1 or 3. Defaults to the channels of the first image.
        fit: `"pad"` or `"resize"`: what to do with images smaller than `image_size`.
        indices: integers. Which images, in this order. Defaults to all.
        crop: as in `batches`.

    Returns:
        float32 `[N, S, S, C]` in `[-1, 1]`.

    Raises:
        ValueError: if an argument or an image is not as above.
    """
    images = PreparedImages(source, image_size, channels, fit, crop)
    indices = np.arange(len(source)) if indices is None else np.asarray(indices, int)
    outside = indices[(indices < 0) | (indices >= len(source))]
    if outside.size:
        raise ValueError(
            f"`indices` must be from 0 to {len(source) - 1}. "
            f"Received: indices with {outside[0]}"
        )
    return images[indices]


def _preparation(source, image_size, channels, fit, crop):
    """A function from an index, and what draws its crop, to the prepared image."""
    check_integer("image_size", image_size, 1)
    check_crop(crop)
    if channels not in (None, 1, 3):
        raise ValueError(
            f"`channels` must be 1, 3 or None. Received: channels={channels!r}"
        )
    if fit not in FITS:
        raise ValueError(f"`fit` must be one of {FITS}. Received: fit={fit!r}")
    if not len(source):
        raise ValueError(f"A source must hold images. Received: {source.name}, empty")
    if getattr(source, "image_size", None) not in (None, image_size):
        raise ValueError(
            f"The images of {source.name} are of {source.image_size} pixels; for "
            "another size take 'tfds:NAME' and a `crop`. "
            f"Received: image_size={image_size}"
        )
    given_channels = channels
    channels = channels or np.shape(source[0]["image"])[-1]

    def prepare(index, random=None):
        image = source[int(index)]["image"]
        if given_channels is None and np.shape(image)[-1] != channels:
            raise ValueError(
                "Images of 1 and of 3 channels are mixed: pass channels=1 or "
                f"channels=3. Received: {source.name}, image {index} of shape "
                f"{np.shape(image)}, the first of {channels} channel(s)"
            )
        try:
            return prepare_image(image, image_size, channels, fit, crop, random)
        except ValueError as error:
            raise ValueError(f"{source.name}, image {index}: {error}") from error

    return prepare
