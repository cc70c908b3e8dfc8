"""The evaluation classifier: trained once on real images, cached on disk."""

import contextlib
import hashlib
import json
import time
import warnings

import keras
import numpy as np

from keras_s3gan.files import (
    CorruptFileError,
    cache_directory,
    load_arrays,
    locked,
    save_arrays,
)
from keras_s3gan.metrics.features.classifier_network import (
    build_classifier,
    train_classifier,
)
from keras_s3gan.metrics.features.extractor import FeatureExtractor
from keras_s3gan.metrics.features.images import checked_images
from keras_s3gan.validation import check_hard_labels, check_integer

_VERSION = 1
_HELD_OUT = 0.1
_PREDICTION_BATCH = 256


class ReferenceClassifier(FeatureExtractor):
    """The evaluation classifier: gives 128 features and class logits of images.

    `reference_classifier` trains or loads one.

    Args:
        model: a model of `build_classifier` with trained weights.
        metadata: dict. Training data, settings, accuracies, backend and training time.
        identifier, sha256: as in `FeatureExtractor`.

    Attributes:
        identifier: str. Name of the file of weights. Scores with different identifiers
            cannot be compared.
        accuracy: float. Accuracy on held-out real images: an upper limit for the class
            accuracy of generated images.
        per_class_accuracy: list of float, `None` for a class without held-out images.
        metadata: as above.

    Example:
        >>> classifier = reference_classifier(images, labels, num_classes=10, epochs=1)
        >>> classifier.logits(images).shape
        (64, 10)
    """

    def __init__(self, model, metadata, identifier, sha256):
        super().__init__(model, identifier, sha256, batch_size=_PREDICTION_BATCH)
        self.metadata = metadata
        self.num_classes = metadata["num_classes"]
        self.accuracy = metadata["held_out_accuracy"]
        self.per_class_accuracy = metadata["held_out_per_class"]


def reference_classifier(
    images,
    labels,
    num_classes,
    cache_dir=None,
    key="",
    seed=0,
    epochs=8,
    batch_size=64,
    verbose=0,
):
    """Trains the evaluation classifier on real images once and caches it on disk.

    A tenth of each class is held out to measure its accuracy. The file is named by a
    hash of everything the classifier depends on: images, labels, architecture, training
    settings and `key`. All backends share the file.

    Args:
        images: `[N, H, W, C]`, uint8 or floats in `[-1, 1]`.
        labels: integers `[N]` from 0 to `num_classes - 1`, or one-hot labels
            `[N, num_classes]`; images labelled -1, or with zeros, are ignored.
        num_classes: int.
        cache_dir: str or `Path`. Defaults to the environment's `KERAS_S3GAN_CACHE`,
            else `~/.cache/keras_s3gan`.
        key: str. Added to the hash.
        seed: int. Seed of the held-out split, the initial weights, and the order and
            the shifts of the images.
        epochs: int.
        batch_size: int.
        verbose: int. 1 shows Keras' progress bar.

    Returns:
        A `ReferenceClassifier`.

    Raises:
        ValueError: if an argument is not as above, or a class has fewer than two
            images.

    Example:
        >>> classifier = reference_classifier(images, labels, num_classes=10, epochs=1)
        >>> classifier.predict_labels(images).shape
        (64,)
    """
    for name, value in (
        ("num_classes", num_classes),
        ("epochs", epochs),
        ("batch_size", batch_size),
    ):
        check_integer(name, value)
    images, labels = _checked_training_set(images, labels, num_classes)
    settings = {
        "version": _VERSION,
        "key": str(key),
        "image_shape": list(images.shape[1:]),
        "num_classes": num_classes,
        "seed": seed,
        "epochs": epochs,
        "batch_size": batch_size,
        "held_out": _HELD_OUT,
        "data": hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest(),
    }
    name = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    path = cache_directory(cache_dir) / f"classifier-{name[:20]}.npz"
    try:
        return _load(path, settings)
    except FileNotFoundError:
        pass
    except CorruptFileError as error:
        warnings.warn(f"{error} It is trained again.", stacklevel=2)
    # Runs that start together share one classifier: two would differ by rounding.
    with locked(path.with_suffix(".lock")):
        with contextlib.suppress(FileNotFoundError, CorruptFileError):
            return _load(path, settings)
        _train(path, images, labels, settings, verbose)
        return _load(path, settings)


def _train(path, images, labels, settings, verbose):
    started = time.perf_counter()
    seed, num_classes = settings["seed"], settings["num_classes"]
    held_out = _held_out_mask(labels, seed)
    model = build_classifier(images.shape[1:], num_classes, seed)
    train_classifier(
        model,
        images[~held_out],
        labels[~held_out],
        settings["epochs"],
        settings["batch_size"],
        seed,
        verbose,
    )
    seconds = time.perf_counter() - started
    correct = (
        model.predict(images[held_out], verbose=0)["logits"].argmax(-1)
        == labels[held_out]
    )
    per_class = [
        float(correct[labels[held_out] == label].mean()) for label in range(num_classes)
    ]
    metadata = settings | {
        "trained_on": int(np.sum(~held_out)),
        "held_out_images": int(np.sum(held_out)),
        "held_out_accuracy": float(correct.mean()),
        "held_out_per_class": per_class,
        "backend": keras.backend.backend(),
        "keras": keras.__version__,
        "seconds": round(seconds, 2),
    }
    save_arrays(path, _weights(model), metadata)


def _load(path, settings):
    arrays, metadata, sha256 = load_arrays(path)
    model = build_classifier(settings["image_shape"], settings["num_classes"])
    model.set_weights([arrays[name] for name in _weights(model)])
    return ReferenceClassifier(model, metadata, f"{path.stem}-{sha256[:8]}", sha256)


def _weights(model):
    return {
        variable.path: value
        for variable, value in zip(model.weights, model.get_weights(), strict=True)
    }


def _held_out_mask(labels, seed):
    """Returns a mask of a tenth of each class, at least one image."""
    random = np.random.default_rng(seed)
    mask = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        mask[members[: max(1, round(_HELD_OUT * len(members)))]] = True
    return mask


def _checked_training_set(images, labels, num_classes):
    images = checked_images(images)
    labels = check_hard_labels(labels, len(images), num_classes)
    labelled = labels >= 0
    images, labels = images[labelled], labels[labelled]
    counts = np.bincount(labels, minlength=num_classes)
    if counts.min() < 2:
        raise ValueError(
            "Each class needs at least two labelled images. "
            f"Received: {counts.min()} of class {counts.argmin()}"
        )
    return images, labels
