"""Methods of pseudo-labelling, run before the GAN is trained.

The first arguments of every method are `(images, labels, num_classes, seed)`: images
that are indexed like an array `[N, S, S, C]` in [-1, 1]; integers `[N]` with -1 for "no
label"; the number of classes of the GAN; and an int, the seed of everything random.
Every method returns `InferredLabels`. Methods without labels ignore `labels`. The
inferred labels are cached for the next run of the same recipe, unless the method's
attribute `cached` is `False`.
"""

import sys

import keras
import numpy as np

from keras_s3gan.labels.image_batches import ImageBatches, even_epochs
from keras_s3gan.labels.inference import cluster_labels, extract_features, infer_labels
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.labels.label_noise import (
    estimate_label_noise,
    out_of_fold_probabilities,
)
from keras_s3gan.labels.linear_classifier import LinearClassifier, features_of
from keras_s3gan.labels.rotation_pretrainer import RotationPretrainer
from keras_s3gan.labels.semi_supervised import SemiSupervisedClassifier

_NONE_GIVEN = np.zeros(0, "int64")
# Progress is printed once per epoch.
_STEPS_PER_EPOCH = 100


def single_label(images, labels, num_classes, seed):
    """Gives every image the label 0: the unconditional baseline.

    Returns:
        `InferredLabels`.
    """
    return InferredLabels(np.zeros(len(images), "int32"), _NONE_GIVEN, num_classes)


def random_label(images, labels, num_classes, seed):
    """Gives every image a random label, which stays the same during training.

    Returns:
        `InferredLabels`.
    """
    drawn = np.random.default_rng(seed).integers(0, num_classes, len(images))
    return InferredLabels(drawn.astype("int32"), _NONE_GIVEN, num_classes)


def clustering(
    images,
    labels,
    num_classes,
    seed,
    encoder,
    optimizer,
    augmentation=None,
    layer=None,
    steps=1000,
    batch_size=64,
    verbose="auto",
):
    """Clusters features that are learned by rotation prediction, without labels.

    Args:
        images, labels, seed: see above.
        num_classes: int. Number of clusters.
        encoder: callable without arguments that builds the encoder.
        optimizer: callable without arguments that builds an optimizer. Its learning
            rate decays to zero along a cosine.
        augmentation: callable without arguments that builds a layer, or `None`.
        layer: str. Name of the encoder's layer whose features are clustered. `None`:
            the last layer.
        steps: int. Training steps of the rotation prediction.
        batch_size: int. Images per step, each in four rotations.
        verbose: as in `keras.Model.fit`, but `"auto"` prints one line per epoch if the
            output is not a terminal.

    Returns:
        `InferredLabels` whose classes are the clusters.

    Raises:
        ValueError: if there are fewer images than clusters, or no such layer.
    """
    keras.utils.set_random_seed(seed)
    encoder = _pretrained(
        images, seed, encoder(), optimizer, augmentation, steps, batch_size, verbose
    )
    features = extract_features(features_of(encoder, layer), images)
    return cluster_labels(features, num_classes, seed)


def semi_supervised(
    images,
    labels,
    num_classes,
    seed,
    encoder,
    optimizer,
    augmentation=None,
    weight_rotation_loss=1.0,
    weight_consistency_loss=0.0,
    confidence_threshold=0.95,
    distribution_alignment=True,
    classify_rotated=False,
    steps=1000,
    batch_size=64,
    unlabelled_batch_size=64,
    kind="hard",
    verbose="auto",
    confidence="fixed",
    confidence_decay=0.999,
    class_prior=None,
    class_balance=None,
    estimate_noise=False,
):
    """Predicts labels with a `SemiSupervisedClassifier`.

    Args:
        images, labels, num_classes, seed: see above.
        encoder, optimizer, augmentation: as in `clustering`.
        weight_rotation_loss, weight_consistency_loss, confidence_threshold,
            distribution_alignment, classify_rotated, confidence, confidence_decay,
            class_balance: as in `SemiSupervisedClassifier`.
        steps: int. Training steps.
        batch_size: int. Labelled images per step.
        unlabelled_batch_size: int. Images per step for the other losses.
        kind: `"hard"` or `"soft"`, as in `infer_labels`.
        verbose: as in `clustering`.
        class_prior: `"labelled"`, or one number for each class: how often a class
            occurs among the images to label, as in `infer_labels`, and in training as
            in `SemiSupervisedClassifier`. `None`: in training as often as among the
            given labels, and labels are inferred without it.
        estimate_noise: bool. Whether to estimate how many of the given labels are
            wrong, as in `linear`. The encoder has learned from them, so that wrong
            ones may be missed.

    Returns:
        `InferredLabels`.

    Raises:
        ValueError: as `SemiSupervisedClassifier`, or if no image has a label.
    """
    keras.utils.set_random_seed(seed)
    classifier = SemiSupervisedClassifier(
        encoder(),
        num_classes,
        augmentation=augmentation() if augmentation else None,
        weight_rotation_loss=weight_rotation_loss,
        weight_consistency_loss=weight_consistency_loss,
        confidence_threshold=confidence_threshold,
        distribution_alignment=distribution_alignment,
        classify_rotated=classify_rotated,
        confidence=confidence,
        confidence_decay=confidence_decay,
        # The labelled images' shares are those that it takes itself.
        class_prior=None if class_prior == "labelled" else class_prior,
        class_balance=class_balance,
    )
    classifier.compile(_decaying(optimizer(), steps))
    classifier.fit(
        images,
        labels,
        batch_size=batch_size,
        unlabelled_batch_size=unlabelled_batch_size,
        seed=seed,
        verbose=_verbosity(verbose),
        **_epochs(steps),
    )
    inferred = infer_labels(classifier, images, labels, kind, class_prior=class_prior)
    if estimate_noise:
        inferred.metadata["label_noise"] = _noise(classifier, images, labels, seed)
    return inferred


def linear(
    images,
    labels,
    num_classes,
    seed,
    encoder,
    optimizer,
    augmentation=None,
    layer=None,
    pretraining_steps=1000,
    steps=500,
    batch_size=64,
    kind="hard",
    verbose="auto",
    class_prior=None,
    class_balance=None,
    estimate_noise=False,
):
    """Predicts labels with a `LinearClassifier` on a pretrained encoder.

    The encoder is pretrained by rotation prediction.

    Args:
        images, labels, num_classes, seed: see above.
        encoder, optimizer, augmentation, layer: as in `clustering`.
        pretraining_steps: int. Training steps of the rotation prediction.
        steps: int. Training steps of the linear classifier.
        batch_size: int. Images per step, in both.
        kind: `"hard"` or `"soft"`, as in `infer_labels`.
        verbose: as in `clustering`.
        class_prior: as in `infer_labels`.
        class_balance: as in `LinearClassifier`.
        estimate_noise: bool. Whether to estimate how many of the given labels are
            wrong, from out-of-fold predictions on the encoder's features.

    Returns:
        `InferredLabels`.

    Raises:
        ValueError: as `LinearClassifier`, or if no image has a label.
    """
    keras.utils.set_random_seed(seed)
    encoder = _pretrained(
        images,
        seed,
        encoder(),
        optimizer,
        augmentation,
        pretraining_steps,
        batch_size,
        verbose,
    )
    classifier = LinearClassifier(
        encoder,
        num_classes,
        layer,
        augmentation() if augmentation else None,
        class_balance,
    )
    classifier.compile(_decaying(optimizer(), steps))
    classifier.fit(
        images,
        labels,
        batch_size=batch_size,
        seed=seed,
        verbose=_verbosity(verbose),
        **_epochs(steps),
    )
    inferred = infer_labels(classifier, images, labels, kind, class_prior=class_prior)
    if estimate_noise:
        inferred.metadata["label_noise"] = _noise(classifier, images, labels, seed)
    return inferred


def from_file(images, labels, num_classes, seed, path):
    """Reads labels that `InferredLabels.save` wrote.

    Args:
        images, labels, num_classes, seed: see above.
        path: str. The npz file.

    Returns:
        `InferredLabels`.

    Raises:
        ValueError: if the file is damaged, or has another number of images or classes.
            A run also refuses labels of other images, if the file has a fingerprint.
    """
    inferred = InferredLabels.load(path)
    found = len(inferred.labels), inferred.num_classes
    if found != (len(images), num_classes):
        raise ValueError(
            f"The file must have labels of {len(images)} images in {num_classes} "
            f"classes. Received: path={path} with {found[0]} images in {found[1]} "
            "classes"
        )
    return inferred


# A recipe has only the path, and the content of the file can change.
from_file.cached = False  # type: ignore[attr-defined]


def _noise(classifier, images, labels, seed):
    """The estimated share of wrong labels, and suspects, as JSON holds them."""
    ids = np.flatnonzero(labels >= 0)
    given = labels[ids]
    features = extract_features(classifier.encoder, images[ids])
    predictions = out_of_fold_probabilities(
        features, given, classifier.num_classes, seed=seed
    )
    noise = estimate_label_noise(given, predictions)
    return {
        "rate": noise.rate,
        "suspects": ids[noise.suspects].tolist(),
        "num_images": len(ids),
    }


def _pretrained(
    images, seed, encoder, optimizer, augmentation, steps, batch_size, verbose
):
    pretrainer = RotationPretrainer(encoder, augmentation() if augmentation else None)
    pretrainer.compile(_decaying(optimizer(), steps))
    epochs = _epochs(steps)
    pretrainer.fit(
        ImageBatches(images, batch_size, epochs.pop("steps_per_epoch"), seed=seed),
        shuffle=False,
        verbose=_verbosity(verbose),
        **epochs,
    )
    return encoder


def _verbosity(verbose):
    return (1 if sys.stdout.isatty() else 2) if verbose == "auto" else verbose


def _decaying(optimizer, steps):
    optimizer.learning_rate = keras.optimizers.schedules.CosineDecay(
        float(optimizer.learning_rate), steps
    )
    return optimizer


def _epochs(steps):
    epochs, length = even_epochs(steps, _STEPS_PER_EPOCH)
    return {"epochs": epochs, "steps_per_epoch": length}
