"""Data sets of TensorFlow Datasets, read without TensorFlow."""

import functools
import hashlib
import importlib.util
import io
import operator

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
        label_key: str. The feature that holds the class: a class label, or a boolean
            such as CelebA's `"attributes/Smiling"`, which makes the classes 0, without,
            and 1, with it. Defaults to `"label"` where that is one of them; a set
            without has no labels.

    Raises:
        ValueError: if there is no such set, split or feature, or if the set must be
            prepared and TensorFlow is not installed, or the files that TFDS does not
            get itself are not there.

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
        self._label_path, self.class_names = classes.get(label_key, (None, None))
        self.num_classes = len(self.class_names) if self.class_names else None
        self._records = self._open()

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
        return {"image": record[self._image_key], "label": self._label(record)}

    def labels(self):
        return self._labels.copy()

    @functools.cached_property
    def _labels(self):
        """Read once: of a million records it takes minutes."""
        if self._label_path is None:
            return np.full(len(self), -1, dtype=np.int32)
        return np.array([self._label(r) for r in self._undecoded()], np.int32)

    def short_sides(self):
        from PIL import Image

        sides = []
        for record in self._undecoded():
            # Opening reads the header alone.
            with Image.open(io.BytesIO(record[self._image_key])) as image:
                sides.append(min(image.size))
        return np.array(sides)

    def _undecoded(self):
        from tensorflow_datasets import decode

        return self._open({self._image_key: decode.SkipDecoding()})

    def _label(self, record):
        if self._label_path is None:
            return -1
        return int(functools.reduce(operator.getitem, self._label_path, record))

    def fingerprint(self):
        """SHA-256 of name, version, split and sizes, not of the images."""
        info = self._builder.info
        sizes = {
            split: (int(split_info.num_bytes), list(split_info.shard_lengths))
            for split, split_info in sorted(info.splits.items())
        }
        identity = f"{info.full_name} {self.split} {sizes}"
        if self._label_key not in (None, "label"):
            identity += f" {self._label_key}"
        return hashlib.sha256(identity.encode()).hexdigest()


def _label_features(features, path=()):
    """What can be a label, by name: the path to it, and the names of its classes."""
    from tensorflow_datasets import features as kinds

    found = {}
    for key, feature in features.items():
        here, names = (*path, key), None
        if isinstance(feature, kinds.FeaturesDict):
            found |= _label_features(feature, here)
        elif isinstance(feature, kinds.ClassLabel):
            names = feature.num_classes and feature.names
        elif isinstance(feature, kinds.Tensor) and feature.np_dtype == np.bool_:
            names = [f"not {key}", key] if feature.shape == () else None
        if names:
            found["/".join(here)] = here, names
    return found


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
    except ImportError as error:
        raise ValueError(
            f"Preparing {name} needs another package, once. Received: name={name!r}, "
            f"and from TFDS: {' '.join(str(error).split())}"
        ) from error
    except Exception as error:
        # Of files that are not there TFDS says so by many kinds of error.
        instructions = (builder.MANUAL_DOWNLOAD_INSTRUCTIONS or "") + _files(builder)
        if not instructions:
            raise
        folder = builder.data_dir_root / "downloads" / "manual"
        cause = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(
            f"TFDS cannot get {name} itself: put its files into manual_dir, "
            f"{folder}, and run again, which prepares the set once. "
            f"{' '.join(instructions.split())} "
            f"Received: name={name!r}, and from TFDS: {cause}"
        ) from error


def _files(builder):
    """The files that TFDS would download, which it takes from manual_dir too."""
    config = builder.builder_config
    # Of a set with configurations TFDS knows the files of all.
    files = sorted(
        f"{info.filename} ({url})"
        for url, info in builder.url_infos.items()
        if info.filename and (config is None or config.name in info.filename)
    )
    # So calls CelebA-HQ the one file of a size, which it gets from nowhere.
    files += filter(None, [getattr(config, "file_name", None)])
    return f"The files: {', '.join(files)}." if files else ""
