"""Adapters that compute each score of the table from `ScoreInputs`."""

import numpy as np

from keras_s3gan.metrics.evaluation.types import ScoreResult
from keras_s3gan.metrics.scores.authenticity import authenticity
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
from keras_s3gan.metrics.scores.intra_class_kernel import intra_class_kernel_distance
from keras_s3gan.metrics.scores.jacobian_conditioning import (
    generator_jacobian,
    jacobian_conditioning,
)
from keras_s3gan.metrics.scores.kernel import kernel_distance
from keras_s3gan.metrics.scores.memorization import memorization
from keras_s3gan.metrics.scores.monge_inception import monge_inception_distance
from keras_s3gan.metrics.scores.structural_similarity import structural_diversity
from keras_s3gan.metrics.scores.vendi import intra_class_vendi_score, vendi_score
from keras_s3gan.validation import to_float_range

# Random pairs of images for MS-SSIM, over all classes.
_PAIRS = 500
# Images of each kind that the discriminator classifies.
_CLASSIFIED = 5000
# Columns in the picture of nearest real images.
_SHOWN = 20


def compute_fid(inputs):
    sides = inputs.real.statistics, inputs.generated.statistics
    return ScoreResult(frechet_distance(*sides), n_real=inputs.real.statistics.count)


def compute_infinite_fid(inputs):
    real = inputs.real.statistics
    found = infinite_frechet_distance(real, inputs.generated.features, seed=inputs.seed)
    return ScoreResult(found.value, {"slope": found.slope}, n_real=real.count)


def compute_kid(inputs):
    sides = inputs.real, inputs.generated
    size = min(1000, *(side.count for side in sides))
    found = kernel_distance(
        *(side.features for side in sides), subset_size=size, seed=inputs.seed
    )
    details = {"standard_deviation": found.standard_deviation, "subset_size": size}
    return ScoreResult(found.mean, details)


def compute_mind(inputs):
    sides = inputs.real, inputs.generated
    count = min(side.count for side in sides)
    found = monge_inception_distance(
        *(side.features for side in sides), seed=inputs.seed
    )
    return ScoreResult(found, {"images_of_each_side": count}, n_real=count)


def compute_vendi(inputs):
    return ScoreResult(vendi_score(inputs.generated.features))


def compute_intra_class_vendi(inputs):
    found = intra_class_vendi_score(inputs.generated.features, inputs.generated.labels)
    return ScoreResult(found.mean, {"per_class": list(found.per_class.values())})


def compute_authenticity(inputs):
    found = authenticity(inputs.real.features, inputs.generated.features)
    if inputs.held_out is None:
        return ScoreResult(found)
    held_out = authenticity(inputs.real.features, inputs.held_out.features)
    details = {
        "held_out": held_out,
        "held_out_images": inputs.held_out.count,
        "gap": found - held_out,
    }
    return ScoreResult(found, details)


def compute_inception_score(inputs):
    parts = inputs.generated.inception_scores
    details = {"standard_deviation": float(parts.std()), "splits": len(parts)}
    return ScoreResult(float(parts.mean()), details)


def compute_manifold(name):
    return lambda inputs: ScoreResult(getattr(inputs.manifold, name), {"k": 5})


def compute_distribution(name):
    return lambda inputs: ScoreResult(float(getattr(inputs.distribution, name)))


def compute_intra_class(distance):
    def compute(inputs):
        known = inputs.real.labels >= 0
        real_labels, labels = inputs.real.labels[known], inputs.generated.labels
        features = inputs.real.features[known], inputs.generated.features
        found = distance(features[0], real_labels, features[1], labels)
        # Values of few images are noisy: these say how many.
        details = {
            "per_class": list(found.per_class.values()),
            "n_real": [int(np.sum(real_labels == label)) for label in found.per_class],
            "n_generated": [int(np.sum(labels == label)) for label in found.per_class],
        }
        return ScoreResult(found.mean, details, n_real=int(known.sum()))

    return compute


compute_intra_class_fid = compute_intra_class(intra_class_frechet_distance)
compute_intra_class_kid = compute_intra_class(intra_class_kernel_distance)


def compute_class_accuracy(inputs):
    labels = inputs.generated.labels
    correct = inputs.generated.predictions == labels
    totals = np.bincount(labels, minlength=inputs.classes)
    hits = np.bincount(labels[correct], minlength=inputs.classes)
    return ScoreResult(float(correct.mean()), {"per_class": (hits / totals).tolist()})


def compute_classification_accuracy_score(inputs):
    found = classification_accuracy_score(
        inputs.generated.images,
        inputs.generated.labels,
        inputs.real.images,
        inputs.real.labels,
        inputs.classes,
        seed=inputs.seed,
    )
    details = {"per_class": found["per_class"]}
    return ScoreResult(found["value"], details, n_real=found["n_real"])


def compute_structural_diversity(inputs):
    images, labels = inputs.generated.images, inputs.generated.labels
    if inputs.gan.num_classes is None:
        labels = np.zeros(len(images), int)
    classes = [label for label in np.unique(labels) if (labels == label).sum() > 1]
    if not classes:
        raise ValueError(
            "ms_ssim compares images of the same class: one class needs two images. "
            f"Received: {len(images)} images of {len(np.unique(labels))} classes"
        )
    per_class = [
        structural_diversity(
            images[labels == label],
            max(10, _PAIRS // len(classes)),
            value_range=(0, 255),
            seed=inputs.seed,
        )
        for label in classes
    ]
    return ScoreResult(float(np.mean(per_class)), {"per_class": per_class})


def compute_duplicate_rate(inputs):
    found = memorization(inputs.real.features, inputs.generated.features)
    nearest = np.argsort(found.distances, kind="stable")[:_SHOWN]
    pairs = (
        inputs.generated.images[nearest],
        inputs.real.images[found.indices[nearest]],
    )
    details = {"threshold": found.threshold, "nearest": float(found.distances.min())}
    return ScoreResult(
        found.duplicate_rate, details, pictures={"nearest": np.stack(pairs)}
    )


def compute_fractal_dimension(inputs):
    images = inputs.generated.images.astype("float32")
    return ScoreResult(fractal_dimension(images, seed=inputs.seed))


def compute_discriminator_accuracy(inputs):
    """The accuracy on real images; that on generated images is in the details."""
    shares = {}
    sides = {"real": inputs.real, "generated": inputs.generated}
    labelled = inputs.classes is not None and (inputs.real.labels >= 0).all()
    for name, side in sides.items():
        random = np.random.default_rng(inputs.seed)
        count = min(_CLASSIFIED, side.count)
        chosen = np.sort(random.choice(side.count, count, replace=False))
        images = to_float_range(side.images[chosen])
        logits = inputs.gan.discriminate(
            images, side.labels[chosen] if labelled else None
        )
        correct = logits > 0 if name == "real" else logits < 0
        shares[name] = float(np.mean(correct))
    return ScoreResult(
        shares["real"],
        {"generated": shares["generated"]},
        n_real=min(_CLASSIFIED, inputs.real.count),
    )


def compute_gilbo(inputs):
    found = gilbo(
        inputs.generate,
        lambda random, count: inputs.gan.sample_latents(count, seed=random),
        inputs.gan.latent_entropy,
        evaluated=inputs.count,
        seed=inputs.seed,
    )
    details = {name: found[name] for name in ("standard_error", "n_trained")}
    return ScoreResult(found["value"], details)


def compute_jacobian_conditioning(inputs):
    latents = inputs.gan.sample_latents(inputs.count, seed=inputs.seed)
    jacobians = generator_jacobian(
        lambda moved: inputs.generate(moved, inputs.seed), latents
    )
    found = jacobian_conditioning(jacobians)
    logarithms = found.log_condition_number
    singular = int(np.isinf(logarithms).sum())
    if singular:
        raise ValueError(
            "The condition number is infinite if a latent variable does not change "
            f"the image. Received: {singular} of {len(latents)} latents with such a "
            "variable"
        )
    return ScoreResult(
        float(logarithms.mean()),
        {
            "standard_deviation": float(logarithms.std()),
            "of_the_mean_metric_tensor": float(
                found.mean_metric_tensor.log_condition_number[0]
            ),
        },
    )
