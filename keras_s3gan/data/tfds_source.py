"""Data sets of TensorFlow Datasets, read without TensorFlow."""

import hashlib
import importlib.util

import numpy as np


class TFDSSource:
    """A source over a TensorFlow Datasets (TFDS) set.

    Reads the set by random access from array_record files, without TensorFlow. A set
    that is not on the disk yet is downloaded and prepared first, once; that alone
    needs TensorFlow.

    Args:
        name: str. Name of the set, with configuration and version where wanted, such
            as `"cifar10"` or `"imagenet_resized/32x32"`.
        split: str. A TFDS split, such as `"train"` or `"train[:10%]"`.
        data_dir: str. Where TFDS keeps its sets. Defaults to TFDS' own choice.
        image_key: str. The feature that holds the image.
        label_key: str. The feature that holds the class. Defaults to `"label"` where
            that is a class; a set without has no labels.

    Raises:
        ValueError: if there is no such set, split or feature, or if the set must be
            prepared and TensorFlow is not installed, or the files that TFDS may not
            download itself are not there.

    Reference:
        - https://www.tensorflow.org/datasets/data_source
    """

    def __init__(
        self, name, split="train", data_dir=None, image_key="image", label_key=None
    ):
        self.name = f"tfds:{name}:{split}"
        self.split = split
        self._builder = _prepared_builder(name, data_dir)
        features = self._builder.info.features
        if label_key is None and _num_classes(features, "label"):
            label_key = "label"
        for argument, key in (("image_key", image_key), ("label_key", label_key)):
            if key is not None and key not in features:
                raise ValueError(
                    f"`{argument}` must name a feature of {name}: {sorted(features)}. "
                    f"Received: {argument}={key!r}"
                )
        if label_key is not None and not _num_classes(features, label_key):
            raise ValueError(
                f"`label_key` must name a class label of {name}, not a "
                f"{features[label_key]}. Received: label_key={label_key!r}"
            )
        self._image_key = image_key
        self._label_key = label_key
        self._records = self._open()
        self.num_classes = _num_classes(features, label_key)
        self.class_names = features[label_key].names if label_key else None

    def _open(self, decoders=None):
        try:
            return self._builder.as_data_source(split=self.split, decoders=decoders)
        except ValueError as error:
            splits = sorted(self._builder.info.splits)
            raise ValueError(
                f"`split` must be one of {splits}, or a slice of one such as "
                f"'train[:10%]'. Received: split={self.split!r}"
            ) from error

    def __len__(self):
        return len(self._records)

    def __getitem__(self, index):
        record = self._records[int(index)]
        label = -1 if self._label_key is None else int(record[self._label_key])
        return {"image": record[self._image_key], "label": label}

    def labels(self):
        if self._label_key is None:
            return np.full(len(self), -1, dtype=np.int32)
        from tensorflow_datasets import decode

        records = self._open({self._image_key: decode.SkipDecoding()})
        return np.array([record[self._label_key] for record in records], np.int32)

    def fingerprint(self):
        """SHA-256 of name, version, split and sizes, not of the images."""
        info = self._builder.info
        sizes = {
            split: (int(split_info.num_bytes), list(split_info.shard_lengths))
            for split, split_info in sorted(info.splits.items())
        }
        identity = f"{info.full_name} {self.split} {sizes}"
        return hashlib.sha256(identity.encode()).hexdigest()


def _num_classes(features, key):
    """The number of classes of a feature; None if it is absent or no class label."""
    return getattr(features[key], "num_classes", None) if key in features else None


def _prepared_builder(name, data_dir):
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise ValueError(
            "A TFDS set needs tensorflow-datasets: pip install 'keras-s3gan[tfds]'. "
            f"Received: name={name!r} ({error})"
        ) from error
    try:
        builder = tfds.builder(name, data_dir=data_dir, file_format="array_record")
    except tfds.core.DatasetNotFoundError as error:
        raise ValueError(
            "A TFDS set must be in the catalogue "
            "(https://www.tensorflow.org/datasets/catalog) or prepared in `data_dir`. "
            f"Received: name={name!r}, data_dir={data_dir!r}"
        ) from error
    if not builder.is_prepared():
        if importlib.util.find_spec("tensorflow") is None:
            raise ValueError(
                "Preparing a TFDS set needs TensorFlow, once: install it, or run "
                f"`tfds build {name} --file_format=array_record` elsewhere and copy "
                f"the folder. Received: name={name!r}, data_dir={builder.data_dir!r}"
            )
        _prepare(builder, name)
    return builder


def _prepare(builder, name):
    try:
        builder.download_and_prepare()
    except Exception as error:
        # Of files that are not there TFDS says so by many kinds of error.
        instructions = builder.MANUAL_DOWNLOAD_INSTRUCTIONS
        if not instructions:
            raise
        folder = builder.data_dir_root / "downloads" / "manual"
        cause = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(
            f"TFDS cannot download {name} itself: put its files into manual_dir, "
            f"{folder}, and run again, which prepares the set once. "
            f"{' '.join(instructions.split())} "
            f"Received: name={name!r}, and from TFDS: {cause}"
        ) from error
