import numpy as np

from keras_s3gan.metrics.feature_statistics import FeatureStatistics
from keras_s3gan.metrics.frechet import frechet_distance


def score_generator(
    generate,
    real_images,
    classifier,
    num_samples=5000,
    seed=0,
    num_labels=None,
    images_per_call=1000,
):
    """Fréchet distance and class accuracy of a class-conditional generator.

    The labels asked for are balanced over the classes (or whatever else the generator
    is conditioned on). Real and generated images are
    rounded to the 256 levels of a saved picture first.

    Args:
        generate: callable `(labels [N] int32, seed) -> images [N, H, W, C]` in
            `[-1, 1]`.
        real_images: `[M, H, W, C]` in `[-1, 1]`, M at least 2.
        classifier: a `ReferenceClassifier`.
        num_samples: int, at least one image a label and at least 2.
        seed: int. The seeds of the single calls of `generate` are derived from it.
        num_labels: int. How many labels the generator knows, where they are not the
            classes that the classifier tells apart: then there is no class accuracy.
        images_per_call: int. How many images are asked for at a time.

    Returns:
        A dict that JSON can hold: `fid` and `class_accuracy`, each with its `value` and
        everything it was computed on, and `classifier`, what the judge reaches on
        held-out real images.

    Raises:
        ValueError: if a count is too small, or images are not as above.
    """
    num_classes = num_labels or classifier.num_classes
    if num_samples < max(2, num_classes):
        raise ValueError(
            "`num_samples` must be at least 2 and one image a label, "
            f"{max(2, num_classes)}. Received: num_samples={num_samples}"
        )
    if len(real_images) < 2:
        raise ValueError(
            "`real_images` must hold at least 2 images. "
            f"Received: {len(real_images)} images"
        )
    real_features = classifier.features(_eight_bits(real_images))
    real = FeatureStatistics.from_features(real_features)
    generated = FeatureStatistics(real.dimension)
    correct = np.zeros(num_classes, int)
    asked = np.zeros(num_classes, int)
    for labels, call_seed in _calls(num_samples, num_classes, seed, images_per_call):
        images = np.asarray(generate(labels, call_seed))
        if len(images) != len(labels):
            raise ValueError(
                f"`generate` must return one image a label, {len(labels)}. "
                f"Received: shape={images.shape}"
            )
        features, predicted = classifier.features_and_labels(_eight_bits(images))
        generated.update(features)
        asked += np.bincount(labels, minlength=num_classes)
        correct += np.bincount(labels[predicted == labels], minlength=num_classes)

    protocol = {
        "n_generated": generated.count,
        "features": classifier.identifier,
        "seed": seed,
        "levels": 256,
    }
    scores = {
        "fid": {
            "value": frechet_distance(real, generated),
            "n_real": real.count,
            **protocol,
        }
    }
    if num_labels is None:
        scores["class_accuracy"] = {
            "value": float(correct.sum() / asked.sum()),
            "per_class": (correct / asked).tolist(),
            **protocol,
        }
    return {
        **scores,
        "classifier": {
            "features": classifier.identifier,
            "held_out_accuracy": classifier.accuracy,
            "held_out_per_class": classifier.per_class_accuracy,
            "held_out_images": classifier.metadata["held_out_images"],
            "trained_on": classifier.metadata["trained_on"],
            "trained_by": classifier.metadata["backend"],
        },
    }


def _calls(num_samples, num_classes, seed, images_per_call):
    """Balanced labels in runs of `images_per_call`, each with a seed of its own."""
    labels = np.arange(num_samples, dtype="int32") % num_classes
    starts = range(0, num_samples, images_per_call)
    seeds = np.random.SeedSequence(seed).generate_state(len(starts)) >> 1
    for start, call_seed in zip(starts, seeds, strict=True):
        yield labels[start : start + images_per_call], int(call_seed)


def _eight_bits(images):
    levels = np.round((np.asarray(images, "float32") + 1) * 127.5)
    return levels / np.float32(127.5) - 1
