"""Classification accuracy score (CAS): train on generated, test on real images."""

from keras_s3gan.metrics.features.classifier_network import (
    build_classifier,
    train_classifier,
)
from keras_s3gan.metrics.features.images import checked_images
from keras_s3gan.validation import check_hard_labels, check_integer


def classification_accuracy_score(
    generated_images,
    generated_labels,
    real_images,
    real_labels,
    num_classes,
    epochs=8,
    batch_size=64,
    seed=0,
    verbose=0,
):
    """Computes the accuracy on real images of a classifier trained on generated ones.

    It is low if the generator misses parts of a class, or generates images of a wrong
    class. Compare it with the accuracy of the same classifier trained on equally many
    real images, see `reference_classifier`.

    Args:
        generated_images: `[N, H, W, C]` in `[-1, 1]`.
        generated_labels: integers `[N]`, the requested classes, or one-hot labels.
        real_images: `[M, H, W, C]` in `[-1, 1]`, preferably not used to train the
            generator.
        real_labels: integers `[M]`, or one-hot labels; images labelled -1 are ignored.
        num_classes: int.
        epochs: int. Passes over the generated images.
        batch_size: int.
        seed: int. Seed of the weights, and of the order and shifts of the images.
        verbose: int. 1 shows Keras' progress bar.

    Returns:
        A dict: `value`, `per_class` (`None` for a class without real images),
        `n_generated` and `n_real`.

    Raises:
        ValueError: if images and labels do not match, no image has a label, or a number
            is below 1.

    Example:
        >>> requested = np.arange(100) % 10
        >>> generated = gan.generate(requested)
        >>> score = classification_accuracy_score(
        ...     generated, requested, images, labels, num_classes=10
        ... )
        >>> 0 <= score["value"] <= 1
        True

    Reference:
        - Ravuri & Vinyals, 2019, https://arxiv.org/abs/1905.10887
    """
    for name, value in (
        ("num_classes", num_classes),
        ("epochs", epochs),
        ("batch_size", batch_size),
    ):
        check_integer(name, value)
    generated_images, generated_labels = _checked(
        "generated", generated_images, generated_labels, num_classes
    )
    real_images, real_labels = _checked("real", real_images, real_labels, num_classes)
    classifier = build_classifier(generated_images.shape[1:], num_classes, seed)
    train_classifier(
        classifier,
        generated_images,
        generated_labels,
        epochs,
        batch_size,
        seed,
        verbose,
    )
    logits = classifier.predict(real_images, verbose=0)["logits"]
    correct = logits.argmax(axis=-1) == real_labels
    members = [real_labels == label for label in range(num_classes)]
    return {
        "value": float(correct.mean()),
        "per_class": [float(correct[m].mean()) if m.any() else None for m in members],
        "n_generated": len(generated_images),
        "n_real": len(real_images),
    }


def _checked(kind, images, labels, num_classes):
    images = checked_images(images)
    try:
        labels = check_hard_labels(labels, len(images), num_classes)
    except ValueError as error:
        raise ValueError(f"Labels of the {kind} images. {error}") from None
    known = labels >= 0
    if not known.any():
        raise ValueError(f"The {kind} images must have labels. Received: none")
    return images[known], labels[known]
