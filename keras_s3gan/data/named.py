"""The data sets that Compare GAN calls by a name, with its preparation of each."""

from typing import NamedTuple

from keras_s3gan.data.subsets import at_least
from keras_s3gan.data.tfds_source import TFDSSource


class NamedSet(NamedTuple):
    """What a name stands for.

    Args:
        tfds: str. The set's name in TensorFlow Datasets (TFDS).
        split: str. The split that is trained on.
        image_size: int. Height and width that `crop` is scaled to. None: as TFDS has
            them, whatever the networks then need.
        crop: how images are cut in training, see `crop_image`; the middle where they
            are scored.
        min_image_size: int. The shortest side of the images that are used.
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
    # Its validation split is 300 images: the last hundredth of the others is kept.
    "lsun-bedroom": NamedSet("lsun/bedroom", "train[:99%]", 128, 128),
    **{
        f"imagenet_{size}": NamedSet("imagenet2012", "train", size, "distorted")
        for size in (64, 128, 256, 512)
    },
    "imagenet_512_hq400": NamedSet("imagenet2012", "train", 512, "distorted", 400),
}


def named_source(name, split=None, label_key=None):
    """Opens a set of `NAMED_SETS`.

    Args:
        name: str.
        split: str. A TFDS split. Defaults to the one that is trained on.
        label_key: str, as in `TFDSSource`.

    Returns:
        A source with the set's `crop` and `image_size`.

    Raises:
        ValueError: by `TFDSSource`.
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
