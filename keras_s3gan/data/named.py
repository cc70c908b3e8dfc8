"""Named data sets, with the preprocessing of Compare GAN."""

from typing import NamedTuple

from keras_s3gan.data.source import Source
from keras_s3gan.data.subsets import at_least
from keras_s3gan.data.tfds_source import TFDSSource


class NamedSet(NamedTuple):
    """A named data set and its preprocessing.

    Args:
        tfds: str. Name in TensorFlow Datasets (TFDS).
        split: str. The training split.
        image_size: int. Height and width that crops are resized to. `None`: the size
            that the networks need.
        crop: how images are cropped for training, see `crop_image`. For evaluation,
            random crops become the middle.
        min_image_size: int. Images with a shorter side are left out.
    """

    tfds: str
    split: str = "train"
    image_size: int | None = None
    crop: str | int | None = None
    min_image_size: int | None = None


NAMED_SETS = {
    "mnist": NamedSet("mnist"),
    "fashion-mnist": NamedSet("fashion_mnist"),
    "cifar10": NamedSet("cifar10"),
    "celeb_a": NamedSet("celeb_a", image_size=64, crop=160),
    "celeb_a_hq_128": NamedSet("celeb_a_hq/128"),
    # Its validation split has only 300 images, so 1 % of the training split is kept.
    "lsun-bedroom": NamedSet("lsun/bedroom", "train[:99%]", 128, 128),
    **{
        f"imagenet_{size}": NamedSet("imagenet2012", "train", size, "distorted")
        for size in (64, 128, 256, 512)
    },
    "imagenet_512_hq400": NamedSet("imagenet2012", "train", 512, "distorted", 400),
}


def named_source(
    name: str, split: str | None = None, label_key: str | None = None
) -> Source:
    """Opens a set of `NAMED_SETS`.

    Args:
        name: str.
        split: str. A TFDS split. Defaults to the training split.
        label_key: str. As in `TFDSSource`.

    Returns:
        A source with the set's `crop` and `image_size`.

    Raises:
        ValueError: as `TFDSSource`.

    Example:
        >>> named_source("cifar10").num_classes
        10
    """
    entry = NAMED_SETS[name]
    source = TFDSSource(entry.tfds, split or entry.split, label_key=label_key)
    source.name = f"{name}:{split}" if split else name
    source.crop, source.image_size = entry.crop, entry.image_size
    if entry.min_image_size is None:
        return source
    subset = at_least(source, entry.min_image_size)
    subset.name = source.name
    return subset
