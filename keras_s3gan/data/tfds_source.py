"""Data sets of TensorFlow Datasets (TFDS), read without TensorFlow."""

import functools
import hashlib
import importlib.util
import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_s3gan.data.source import Record


class TFDSSource:
    """A source over a data set of TensorFlow Datasets (TFDS).

    Reads array_record files by random access, without TensorFlow. A data set that is
    not on the disk is downloaded and prepared once; only this needs TensorFlow.

    Args:
        name: str. Name of the data set, optionally with configuration and version, such
            as `"cifar10"` or `"imagenet_resized/32x32"`.
        split: str. A TFDS split, such as `"train"` or `"train[:10%]"`.
        data_dir: str. The folder of TFDS. Defaults to TFDS' own default.
        image_key: str. The feature with the image.
        label_key: str. The feature with the class: a class label, or a boolean such as
            CelebA's `"attributes/Smiling"` (class 0 without, class 1 with it). Defaults
            to `"label"` if the data set has it; otherwise images have no labels.

    Raises:
        ValueError: if the data set, split or feature does not exist; if the data set
            must be prepared and TensorFlow is not installed; or if files that must be
            downloaded by hand are missing.

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
        if image_key not in features:
            raise ValueError(
                f"`image_key` must name a feature of {name}: {sorted(features)}. "
                f"Received: image_key={image_key!r}"
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
        self._label_key = label_key
        self._label_path: tuple[str, ...] | None = None
        self.class_names: list[str] | None = None
        if label_key is not None:
            self._label_path, self.class_names = classes[label_key]
        self.num_classes = len(self.class_names) if self.class_names else None
        self.crop: str | int | None = None
        self.image_size: int | None = None
        self._records = self._open()

    def _open(self, decoders: Any = None) -> Any:
        try:
            return self._builder.as_data_source(split=self.split, decoders=decoders)
        except ValueError as error:
            splits = sorted(self._builder.info.splits)
            raise ValueError(
                f"`split` must be one of {splits}, or a slice such as "
                f"'train[:10%]'. Received: split={self.split!r}"
            ) from error

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: int) -> Record:
        record = self._records[int(index)]
        return {"image": record[self._image_key], "label": self._label(record)}

    def labels(self) -> np.ndarray:
        return self._labels.copy()

    @functools.cached_property
    def _labels(self) -> np.ndarray:
        # Read once, as a million records take minutes.
        if self._label_path is None:
            return np.full(len(self), -1, dtype=np.int32)
        return np.array([self._label(r) for r in self._undecoded()], np.int32)

    def short_sides(self) -> np.ndarray:
        from PIL import Image

        sides = []
        for record in self._undecoded():
            # Opening reads the header only.
            with Image.open(io.BytesIO(record[self._image_key])) as image:
                sides.append(min(image.size))
        return np.array(sides)

    def _undecoded(self) -> Any:
        from tensorflow_datasets import decode

        return self._open({self._image_key: decode.SkipDecoding()})

    def _label(self, record: Mapping[str, Any]) -> int:
        if self._label_path is None:
            return -1
        label: Any = record
        for key in self._label_path:
            label = label[key]
        return int(label)

    def fingerprint(self) -> str:
        """Returns a SHA-256 of name, version, split and sizes, not of the images."""
        info = self._builder.info
        sizes = {
            split: (int(split_info.num_bytes), list(split_info.shard_lengths))
            for split, split_info in sorted(info.splits.items())
        }
        identity = f"{info.full_name} {self.split} {sizes}"
        if self._label_key not in (None, "label"):
            identity += f" {self._label_key}"
        return hashlib.sha256(identity.encode()).hexdigest()


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
            "TFDS data sets need tensorflow-datasets: pip install 'keras-s3gan[tfds]'. "
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
