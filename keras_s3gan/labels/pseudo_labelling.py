"""Stage one: functions from images and a few labels to a label for every image.

All take `(images, labels, num_classes, seed)` first: images that are indexed like an
array `[N, S, S, C]` in [-1, 1], integers `[N]` with -1 for "no label", the number of
classes that the GAN shall have, and an int that everything random derives from. All
return an `InferredLabels`. The label-free ones do not look at `labels`. What a stage
infers is kept for the next run of the same recipe, unless its attribute `cached` is
`False`.
"""

import sys

import keras
import numpy as np

from keras_s3gan.labels.image_batches import ImageBatches, even_epochs
from keras_s3gan.labels.inference import cluster_labels, extract_features, infer_labels
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.labels.linear_classifier import LinearClassifier, features_of
from keras_s3gan.labels.rotation_pretrainer import RotationPretrainer
from keras_s3gan.labels.semi_supervised import SemiSupervisedClassifier

_NONE_GIVEN = np.zeros(0, "int64")
# After each a line says how far it is.
_STEPS_PER_EPOCH = 100


def single_label(images, labels, num_classes, seed):
    """The same label, 0, for every image: the baseline that is unconditional."""
    return InferredLabels(np.zeros(len(images), "int32"), _NONE_GIVEN, num_classes)


def random_label(images, labels, num_classes, seed):
    """A label drawn at random for each image, once."""
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
    """Clusters of features that were learned by predicting rotations.

    Args:
        num_classes: int. The number of clusters.
        encoder: callable without arguments that builds the encoder.
        optimizer: callable without arguments that builds an optimizer; its learning
            rate falls to zero along a cosine.
        augmentation: callable without arguments that builds a layer, or `None`.
        layer: name of the encoder's layer whose features are clustered, or `None`
            for its last.
        steps: int. Training steps of the rotation prediction.
        batch_size: int. Images a step; each is shown in four rotations.
        verbose: as in `keras.Model.fit`, but `"auto"` writes a line an epoch where
            nobody watches a bar move.
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
):
    """Labels from a `SemiSupervisedClassifier`.

    Args:
        encoder, optimizer, augmentation: as in `clustering`.
        weight_rotation_loss, weight_consistency_loss, confidence_threshold,
            distribution_alignment, classify_rotated: as in `SemiSupervisedClassifier`.
        steps: int. Training steps.
        batch_size: int. Labelled images a step.
        unlabelled_batch_size: int. Images a step that are shown in four rotations.
        kind: `"hard"` or `"soft"`, as in `infer_labels`.
        verbose: as in `clustering`.
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
    return infer_labels(classifier, images, labels, kind)


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
):
    """Labels from a `LinearClassifier` on an encoder trained by rotations.

    Args:
        encoder, optimizer, augmentation, layer: as in `clustering`.
        pretraining_steps: int. Training steps of the rotation prediction.
        steps: int. Training steps of the linear classifier.
        batch_size: int. Images a step, in both.
        kind: `"hard"` or `"soft"`, as in `infer_labels`.
        verbose: as in `clustering`.
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
        encoder, num_classes, layer, augmentation() if augmentation else None
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
    return infer_labels(classifier, images, labels, kind)


def from_file(images, labels, num_classes, seed, path):
    """Labels that `InferredLabels.save` wrote, made elsewhere.

    Args:
        path: string. The npz file.

    Raises:
        ValueError: if the file is damaged, or holds labels of another number of images
            or classes. A run also refuses those of other images, where the file says
            of which it is.
    """
    inferred = InferredLabels.load(path)
    found = len(inferred.labels), inferred.num_classes
    if found != (len(images), num_classes):
        raise ValueError(
            f"The labels of {len(images)} images in {num_classes} classes are needed. "
            f"Received: path={path} with {found[0]} images in {found[1]} classes"
        )
    return inferred


# The content may change under the name, which is all that a recipe holds of it.
from_file.cached = False


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
