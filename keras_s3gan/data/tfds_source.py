"""Data sets of TensorFlow Datasets (TFDS), read without TensorFlow."""

import functools
import hashlib
import importlib.util
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from keras_s3gan.data.cached_values import cached_values
from keras_s3gan.data.image_files import bit_depth, decode, opened, used_bits
from keras_s3gan.data.source import Record
from keras_s3gan.requirements import install_command


class TFDSSource:
    """A source over a data set of TensorFlow Datasets (TFDS).

    Reads array_record files by random access, without TensorFlow. A data set that is
    not on the disk is downloaded and prepared once; only this needs TensorFlow.

    Args:
        name: str. Name of the data set, optionally with configuration and version, such
            as `"cifar10"` or `"imagenet_resized/32x32"`.
        split: str. A TFDS split, such as `"train"` or `"train[:10%]"`.
        data_dir: str. The folder of TFDS. Defaults to TFDS' own default.
        image_key: str. The feature with the image, of 8 bits, or of 16 as in
            `FolderSource`.
        label_key: str. The feature with the class: a class label, or a boolean such as
            CelebA's `"attributes/Smiling"` (class 0 without, class 1 with it). Defaults
            to `"label"` if the data set has it; otherwise images have no labels.

    Raises:
        ValueError: if the data set, split or feature does not exist; if the split has
            no images, or some of them twice; if the data set must be prepared and
            TensorFlow is not installed; or if files that must be downloaded by hand are
            missing; on access, if an image cannot be read or is too large.

    Example:
        >>> TFDSSource("cifar10", "train[:10%]").num_classes
        10

    Reference:
        - https://www.tensorflow.org/datasets/data_source
    """

    def __init__(
        self,
        name: str,
        split: str = "train",
        data_dir: str | None = None,
        image_key: str = "image",
        label_key: str | None = None,
    ) -> None:
        self.name = f"tfds:{name}:{split}"
        self.split = split
        self._builder = _prepared_builder(name, data_dir)
        features = self._builder.info.features
        images = _image_features(features)
        if image_key not in images:
            raise ValueError(
                f"`image_key` must name a feature of {name} that is an 8-bit or 16-bit "
                f"image: {sorted(images)}. Received: image_key={image_key!r}"
            )
        classes = _label_features(features)
        if label_key is None and "label" in classes:
            label_key = "label"
        if label_key is not None and label_key not in classes:
            raise ValueError(
                f"`label_key` must name a class label or a boolean of {name}: "
                f"{sorted(classes)}. Received: label_key={label_key!r}"
            )
        self._image_key = image_key
        self._image_feature = images[image_key]
        self._label_key = label_key
        self._label_path: tuple[str, ...] | None = None
        self.class_names: list[str] | None = None
        if label_key is not None:
            self._label_path, self.class_names = classes[label_key]
        self.num_classes = len(self.class_names) if self.class_names else None
        self.crop: str | int | None = None
        self.image_size: int | None = None
        self._check_split()
        self._records = self._open()

    def _check_split(self) -> None:
        """Checks that the split exists, has images, and has none of them twice."""
        sizes = {
            name: int(split.num_examples)
            for name, split in sorted(self._builder.info.splits.items())
        }
        # The mock data of TFDS has images, and no splits.
        if not sizes:
            return
        try:
            parts = self._builder.info.splits[self.split].file_instructions
        except (KeyError, ValueError) as error:
            raise ValueError(
                f"`split` must be one of {sorted(sizes)}, or a slice of its images "
                f"such as 'train[:10%]'; the numbers of images are {sizes}. Received: "
                f"split={self.split!r}, error of TFDS: {' '.join(str(error).split())}"
            ) from error
        if not parts:
            raise ValueError(
                "`split` must have images; their numbers are "
                f"{sizes}. Received: split={self.split!r}, a slice without images"
            )
        # With a label masked in one copy of an image, the other would show it.
        if twice := _overlap(parts):
            raise ValueError(
                "The parts of a sum of splits must not overlap. Received: "
                f"split={self.split!r}, with {twice:,} images twice"
            )

    def _open(self) -> Any:
        from tensorflow_datasets import decode

        raw = decode.DeserializeMethod.RAW_BYTES
        return self._builder.as_data_source(split=self.split, deserialize_method=raw)

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: int) -> Record:
        record = self._image_and_label(self._records[int(index)])
        return {"image": self._pixels(record, index), "label": self._label(record)}

    def labels(self) -> np.ndarray:
        return self._labels.copy()

    @functools.cached_property
    def _labels(self) -> np.ndarray:
        # Read once, as a million records take minutes.
        if self._label_path is None:
            return np.full(len(self), -1, dtype=np.int32)
        parse = self._parser(self._label_path)
        return np.array([self._label(parse(raw)) for raw in self._records], np.int32)

    def short_sides(self) -> np.ndarray:
        sides = []
        for name, content in self._contents():
            if not isinstance(content, bytes):
                sides.append(min(content.shape[:2]))
                continue
            # Opening reads the header only.
            with opened(content, name) as image:
                sides.append(min(image.size))
        return np.array(sides)

    def _pixels(self, record: Mapping[str, Any], index: int) -> np.ndarray:
        content = record[self._image_key]
        if not isinstance(content, bytes):
            return content
        with opened(content, self._name_of(index)) as image:
            # As TensorFlow, which does not turn images either.
            pixels = decode(image, self._depth, turned=False)
        if pixels.shape[-1] == 1 and self._image_feature.shape[-1] == 3:
            pixels = np.repeat(pixels, 3, axis=-1)
        return pixels

    @functools.cached_property
    def _depth(self) -> int:
        """The bits that the values use; found in a pass over a set of 16 bits."""
        if self._image_feature.np_dtype != np.uint16:
            return 16
        return bit_depth(cached_values("bits", self, self._bits))

    def _bits(self) -> np.ndarray:
        bits = []
        for name, content in self._contents():
            with opened(content, name) as image:
                bits.append(used_bits(image))
        return np.array(bits)

    def _contents(self) -> Iterator[tuple[str, Any]]:
        """Yields each image as bytes, or as an array if it is stored so, and a name."""
        parse = self._parser((self._image_key,))
        for index, raw in enumerate(self._records):
            yield self._name_of(index), parse(raw)[self._image_key]

    def _name_of(self, index: int) -> str:
        return f"image={index} of {self.name}"

    @functools.cached_property
    def _image_and_label(self) -> Callable[[bytes], dict[str, Any]]:
        paths = [(self._image_key,), self._label_path]
        return self._parser(*filter(None, paths))

    def _parser(self, *paths: tuple[str, ...]) -> Callable[[bytes], dict[str, Any]]:
        """Returns a function that reads features of a record, images as bytes.

        TFDS would decode all images of a record, of whatever format and size.
        """
        from tensorflow_datasets import decode
        from tensorflow_datasets import features as kinds

        # `decode.PartialDecoding` would need TensorFlow.
        chosen: dict[str, Any] = {}
        for path in paths:
            inner, feature = chosen, self._builder.info.features
            for folder in path[:-1]:
                inner = inner.setdefault(folder, {})
                feature = feature[folder]
            inner[path[-1]] = feature[path[-1]]
        skipped = {self._image_key: decode.SkipDecoding()}
        return functools.partial(
            kinds.FeaturesDict(chosen).deserialize_example_np,
            decoders=skipped if self._image_key in chosen else None,
        )

    def _label(self, record: Mapping[str, Any]) -> int:
        if self._label_path is None:
            return -1
        label: Any = record
        for key in self._label_path:
            label = label[key]
        return int(label)

    def fingerprint(self) -> str:
        """Returns a SHA-256 of name, version, split, sizes and labels.

        Not of the images: TFDS wrote them once for this version, and their files may be
        anywhere.
        """
        identity = self._identity()
        if self._image_key != "image":
            identity += f" {self._image_key}"
        digest = hashlib.sha256(f"{identity} ".encode())
        digest.update(self._labels.astype("<i4").data)
        return digest.hexdigest()

    def former_fingerprint(self) -> str:
        """Returns the fingerprint of version 0.1.0, without the labels."""
        return hashlib.sha256(self._identity().encode()).hexdigest()

    def _identity(self) -> str:
        info = self._builder.info
        sizes = {
            split: (int(split_info.num_bytes), list(split_info.shard_lengths))
            for split, split_info in sorted(info.splits.items())
        }
        identity = f"{info.full_name} {self.split} {sizes}"
        if self._label_key not in (None, "label"):
            identity += f" {self._label_key}"
        return identity


def _overlap(parts: Iterable[Any]) -> int:
    """Counts the images that parts of files have in common."""
    twice = 0
    ends: dict[str, int] = {}
    for part in sorted(parts, key=lambda part: (part.filename, part.skip)):
        end = ends.get(part.filename, 0)
        twice += max(0, min(end, part.skip + part.take) - part.skip)
        ends[part.filename] = max(end, part.skip + part.take)
    return twice


def _image_features(features: Any) -> dict[str, Any]:
    """Finds features that can be images, by name."""
    from tensorflow_datasets import features as kinds

    def is_image(feature: Any) -> bool:
        if isinstance(feature, kinds.Image):
            # Floats are stored as PNGs of four bytes a value.
            return feature.np_dtype in (np.uint8, np.uint16)
        return (
            isinstance(feature, kinds.Tensor)
            and feature.np_dtype == np.uint8
            and len(feature.shape) == 3
        )

    return {name: feature for name, feature in features.items() if is_image(feature)}


def _label_features(
    features: Any, path: tuple[str, ...] = ()
) -> dict[str, tuple[tuple[str, ...], list[str]]]:
    """Finds features that can be labels: from names to paths and class names."""
    from tensorflow_datasets import features as kinds

    found: dict[str, tuple[tuple[str, ...], list[str]]] = {}
    for key, feature in features.items():
        here = (*path, key)
        names: list[str] | None = None
        if isinstance(feature, kinds.FeaturesDict):
            found |= _label_features(feature, here)
        elif isinstance(feature, kinds.ClassLabel):
            names = feature.names if feature.num_classes else None
        elif isinstance(feature, kinds.Tensor) and feature.np_dtype == np.bool_:
            names = [f"not {key}", key] if feature.shape == () else None
        if names:
            found["/".join(here)] = here, names
    return found


def _prepared_builder(name: str, data_dir: str | None) -> Any:
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise ValueError(
            f"TFDS data sets need tensorflow-datasets: {install_command('tfds')}. "
            f"Received: name={name!r} ({error})"
        ) from error
    try:
        builder = tfds.builder(name, data_dir=data_dir, file_format="array_record")
    except tfds.core.DatasetNotFoundError as error:
        raise ValueError(
            "A TFDS data set must be in the catalogue "
            "(https://www.tensorflow.org/datasets/catalog) or prepared in `data_dir`. "
            f"Received: name={name!r}, data_dir={data_dir!r}"
        ) from error
    if not builder.is_prepared():
        if importlib.util.find_spec("tensorflow") is None:
            raise ValueError(
                "Preparing a TFDS data set needs TensorFlow once: install it, or run "
                f"`tfds build {name} --file_format=array_record` elsewhere and copy "
                f"the folder. Received: name={name!r}, data_dir={builder.data_dir!r}"
            )
        _prepare(builder, name)
    return builder


def _prepare(builder: Any, name: str) -> None:
    try:
        builder.download_and_prepare()
    except ImportError as error:
        raise ValueError(
            f"Preparing {name} needs another package once. Received: name={name!r}, "
            f"error of TFDS: {' '.join(str(error).split())}"
        ) from error
    except Exception as error:
        # TFDS raises many kinds of errors for missing files.
        instructions = (builder.MANUAL_DOWNLOAD_INSTRUCTIONS or "") + _files(builder)
        if not instructions:
            raise
        folder = builder.data_dir_root / "downloads" / "manual"
        cause = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(
            f"TFDS cannot download {name}: put its files into manual_dir, {folder}, "
            "and run again, which prepares the data set once. "
            f"{' '.join(instructions.split())} "
            f"Received: name={name!r}, error of TFDS: {cause}"
        ) from error


def _files(builder: Any) -> str:
    """Lists the files that TFDS would download; it also reads them from manual_dir."""
    config = builder.builder_config
    # TFDS lists the files of all configurations.
    files = sorted(
        f"{info.filename} ({url})"
        for url, info in builder.url_infos.items()
        if info.filename and (config is None or config.name in info.filename)
    )
    # CelebA-HQ has one file per size under this name, without a URL.
    files += filter(None, [getattr(config, "file_name", None)])
    return f"The files: {', '.join(files)}." if files else ""
