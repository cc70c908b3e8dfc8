"""Every score of the table as one function of the same argument."""

import numpy as np

from keras_s3gan.metrics.evaluation.types import Result
from keras_s3gan.metrics.scores.classification_accuracy_score import (
    classification_accuracy_score,
)
from keras_s3gan.metrics.scores.fractal_dimension import fractal_dimension
from keras_s3gan.metrics.scores.frechet import frechet_distance
from keras_s3gan.metrics.scores.gilbo import gilbo
from keras_s3gan.metrics.scores.infinite_frechet import infinite_frechet_distance
from keras_s3gan.metrics.scores.intra_class_frechet import (
    intra_class_frechet_distance,
)
from keras_s3gan.metrics.scores.jacobian_conditioning import (
    generator_jacobian,
    jacobian_conditioning,
)
from keras_s3gan.metrics.scores.kernel import kernel_distance
from keras_s3gan.metrics.scores.memorization import memorization
from keras_s3gan.metrics.scores.structural_similarity import structural_diversity
from keras_s3gan.validation import to_float_range

_PAIRS = 500
_JUDGED = 5000
_SHOWN = 20


def compute_fid(evidence):
    sides = evidence.real.statistics, evidence.generated.statistics
    return Result(frechet_distance(*sides), n_real=evidence.real.statistics.count)


def compute_infinite_fid(evidence):
    real = evidence.real.statistics
    found = infinite_frechet_distance(
        real, evidence.generated.features, seed=evidence.seed
    )
    return Result(found.value, {"slope": found.slope}, n_real=real.count)


def compute_kid(evidence):
    sides = evidence.real, evidence.generated
    size = min(1000, *(side.count for side in sides))
    found = kernel_distance(
        *(side.features for side in sides), subset_size=size, seed=evidence.seed
    )
    details = {"standard_deviation": found.standard_deviation, "subset_size": size}
    return Result(found.mean, details)


def compute_inception_score(evidence):
    parts = evidence.generated.inception_scores
    details = {"standard_deviation": float(parts.std()), "splits": len(parts)}
    return Result(float(parts.mean()), details)


def compute_manifold(name):
    return lambda evidence: Result(getattr(evidence.manifold, name), {"k": 5})


def compute_distribution(name):
    return lambda evidence: Result(float(getattr(evidence.distribution, name)))


def compute_intra_class_fid(evidence):
    known = evidence.real.labels >= 0
    found = intra_class_frechet_distance(
        evidence.real.features[known],
        evidence.real.labels[known],
        evidence.generated.features,
        evidence.generated.labels,
    )
    per_class = [found.per_class[label] for label in sorted(found.per_class)]
    return Result(found.mean, {"per_class": per_class}, n_real=int(known.sum()))


def compute_class_accuracy(evidence):
    labels = evidence.generated.labels
    right = evidence.generated.predictions == labels
    asked = np.bincount(labels, minlength=evidence.classes)
    hit = np.bincount(labels[right], minlength=evidence.classes)
    return Result(float(right.mean()), {"per_class": (hit / asked).tolist()})


def compute_classification_accuracy_score(evidence):
    found = classification_accuracy_score(
        evidence.generated.images,
        evidence.generated.labels,
        evidence.real.images,
        evidence.real.labels,
        evidence.classes,
        seed=evidence.seed,
    )
    details = {"per_class": found["per_class"]}
    return Result(found["value"], details, n_real=found["n_real"])


def compute_structural_diversity(evidence):
    images, labels = evidence.generated.images, evidence.generated.labels
    if evidence.gan.num_classes is None:
        labels = np.zeros(len(images), int)
    classes = [label for label in np.unique(labels) if (labels == label).sum() > 1]
    if not classes:
        raise ValueError(
            "ms_ssim compares images of a class: at least two of one are needed. "
            f"Received: {len(images)} images of {len(np.unique(labels))} classes"
        )
    per_class = [
        structural_diversity(
            images[labels == label],
            max(10, _PAIRS // len(classes)),
            value_range=(0, 255),
            seed=evidence.seed,
        )
        for label in classes
    ]
    return Result(float(np.mean(per_class)), {"per_class": per_class})


def compute_duplicate_rate(evidence):
    found = memorization(evidence.real.features, evidence.generated.features)
    nearest = np.argsort(found.distances, kind="stable")[:_SHOWN]
    pairs = (
        evidence.generated.images[nearest],
        evidence.real.images[found.indices[nearest]],
    )
    details = {"threshold": found.threshold, "nearest": float(found.distances.min())}
    return Result(found.duplicate_rate, details, pictures={"nearest": np.stack(pairs)})


def compute_fractal_dimension(evidence):
    images = evidence.generated.images.astype("float32")
    return Result(fractal_dimension(images, seed=evidence.seed))


def compute_discriminator_accuracy(evidence):
    """Of the real images; that of the generated ones is in the details."""
    shares = {}
    sides = {"real": evidence.real, "generated": evidence.generated}
    labelled = evidence.classes is not None and (evidence.real.labels >= 0).all()
    for name, side in sides.items():
        random = np.random.default_rng(evidence.seed)
        count = min(_JUDGED, side.count)
        chosen = np.sort(random.choice(side.count, count, replace=False))
        images = to_float_range(side.images[chosen])
        logits = evidence.gan.discriminate(
            images, side.labels[chosen] if labelled else None
        )
        right = logits > 0 if name == "real" else logits < 0
        shares[name] = float(np.mean(right))
    return Result(
        shares["real"],
        {"generated": shares["generated"]},
        n_real=min(_JUDGED, evidence.real.count),
    )


def compute_gilbo(evidence):
    found = gilbo(
        evidence.generate,
        lambda random, count: evidence.gan.sample_latents(count, seed=random),
        evidence.gan.latent_entropy,
        evaluated=evidence.count,
        seed=evidence.seed,
    )
    details = {name: found[name] for name in ("standard_error", "n_trained")}
    return Result(found["value"], details)


def compute_jacobian_conditioning(evidence):
    latents = evidence.gan.sample_latents(evidence.count, seed=evidence.seed)
    jacobians = generator_jacobian(
        lambda moved: evidence.generate(moved, evidence.seed), latents
    )
    found = jacobian_conditioning(jacobians)
    logarithms = found.log_condition_number
    singular = int(np.isinf(logarithms).sum())
    if singular:
        raise ValueError(
            "The logarithm of a condition number needs a generator whose image changes "
            f"with each entry of the latent. Received: {singular} of {len(latents)} "
            "latents where it does not"
        )
    return Result(
        float(logarithms.mean()),
        {
            "standard_deviation": float(logarithms.std()),
            "of_the_mean_metric_tensor": float(
                found.mean_metric_tensor.log_condition_number[0]
            ),
        },
    )
