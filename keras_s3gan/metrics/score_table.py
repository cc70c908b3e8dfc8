"""The scores that an `Evaluator` knows, by name, and what each of them needs."""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

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
from keras_s3gan.metrics.scores.manifold import manifold_scores
from keras_s3gan.metrics.scores.memorization import memorization
from keras_s3gan.metrics.scores.precision_recall_distribution import (
    precision_recall_distribution,
)
from keras_s3gan.metrics.scores.structural_similarity import structural_diversity

_PAIRS = 500
_JUDGED = 5000
_SHOWN = 20


@dataclasses.dataclass
class Evidence:
    """All that a score may be computed on.

    Attributes:
        real: `Observations` of real images; `None` for a score without.
        generated: `Observations` of generated ones; `None` for a score of the
            generator alone.
        gan: the model.
        seed: int. Of what a score draws itself.
        count: int. Generated images that were asked for.
        classes: int or `None`. The classes that both the real labels and those that
            the generator was asked for are of; `None` where they are not the same.
        truncation: float or `None`. Of the latents.
    """

    real: object
    generated: object
    gan: object
    seed: int
    count: int
    classes: int | None
    truncation: float | None = None

    @functools.cached_property
    def manifold(self):
        return manifold_scores(self.real.features, self.generated.features)

    @functools.cached_property
    def distribution(self):
        """Of equal numbers: a larger side would draw the clusters to itself."""
        count = min(self.real.count, self.generated.count)
        sides = (
            side.features[np.sort(random.choice(side.count, count, replace=False))]
            for random, side in (
                (np.random.default_rng(self.seed), self.real),
                (np.random.default_rng(self.seed), self.generated),
            )
        )
        return precision_recall_distribution(*sides, seed=self.seed)

    def generate(self, latents, seed):
        """Images for latents, each of a class drawn at random."""
        labels = len(latents)
        if self.gan.num_classes is not None:
            random = np.random.default_rng(seed)
            labels = random.integers(self.gan.num_classes, size=len(latents))
        return self.gan.generate(labels, latents=latents)


@dataclasses.dataclass(frozen=True)
class Result:
    """A score's value and what else there is to say.

    Attributes:
        value: float.
        details: dict that JSON can hold.
        pictures: dict from a name to images `[rows, columns, H, W, C]`, uint8.
        n_real, n_generated: ints, where they are not those of the evidence.
    """

    value: float
    details: dict = dataclasses.field(default_factory=dict)
    pictures: dict = dataclasses.field(default_factory=dict)
    n_real: int | None = None
    n_generated: int | None = None


@dataclasses.dataclass(frozen=True)
class Score:
    """How a score is computed.

    Attributes:
        compute: callable from `Evidence` to a `Result`.
        description: str, a line for people.
        better: `"lower"`, `"higher"`, or `None` where neither is.
        real: attributes of `Observations` that it needs of real images.
        generated: likewise, of generated ones.
        by_class: bool. Whether it needs the classes of both.
        count: int. Generated images where nothing else is asked for; `None`: the run's.
        digits: int. Behind the point, when it is shown.
    """

    compute: Callable
    description: str
    better: str | None = "lower"
    real: tuple = ()
    generated: tuple = ()
    by_class: bool = False
    count: int | None = None
    digits: int = 4

    @property
    def observed(self):
        """Whether the extractor's network is asked of images."""
        return bool({*self.real, *self.generated} - {"images"})


def _fid(evidence):
    sides = evidence.real.statistics, evidence.generated.statistics
    return Result(frechet_distance(*sides), n_real=evidence.real.statistics.count)


def _infinite_fid(evidence):
    real = evidence.real.statistics
    found = infinite_frechet_distance(
        real, evidence.generated.features, seed=evidence.seed
    )
    return Result(found.value, {"slope": found.slope}, n_real=real.count)


def _kid(evidence):
    sides = evidence.real, evidence.generated
    size = min(1000, *(side.count for side in sides))
    found = kernel_distance(
        *(side.features for side in sides), subset_size=size, seed=evidence.seed
    )
    details = {"standard_deviation": found.standard_deviation, "subset_size": size}
    return Result(found.mean, details)


def _inception_score(evidence):
    parts = evidence.generated.inception_scores
    details = {"standard_deviation": float(parts.std()), "splits": len(parts)}
    return Result(float(parts.mean()), details)


def _manifold(name):
    return lambda evidence: Result(getattr(evidence.manifold, name), {"k": 5})


def _distribution(name):
    return lambda evidence: Result(float(getattr(evidence.distribution, name)))


def _intra_class_fid(evidence):
    known = evidence.real.labels >= 0
    found = intra_class_frechet_distance(
        evidence.real.features[known],
        evidence.real.labels[known],
        evidence.generated.features,
        evidence.generated.labels,
    )
    per_class = [found.per_class[label] for label in sorted(found.per_class)]
    return Result(found.mean, {"per_class": per_class}, n_real=int(known.sum()))


def _class_accuracy(evidence):
    labels = evidence.generated.labels
    right = evidence.generated.predictions == labels
    asked = np.bincount(labels, minlength=evidence.classes)
    hit = np.bincount(labels[right], minlength=evidence.classes)
    return Result(float(right.mean()), {"per_class": (hit / asked).tolist()})


def _classification_accuracy_score(evidence):
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


def _structural_diversity(evidence):
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


def _duplicate_rate(evidence):
    found = memorization(evidence.real.features, evidence.generated.features)
    nearest = np.argsort(found.distances, kind="stable")[:_SHOWN]
    pairs = (
        evidence.generated.images[nearest],
        evidence.real.images[found.indices[nearest]],
    )
    details = {"threshold": found.threshold, "nearest": float(found.distances.min())}
    return Result(found.duplicate_rate, details, pictures={"nearest": np.stack(pairs)})


def _fractal_dimension(evidence):
    images = evidence.generated.images.astype("float32")
    return Result(fractal_dimension(images, seed=evidence.seed))


def _discriminator_accuracy(evidence):
    """Of the real images; that of the generated ones is in the details."""
    shares = {}
    sides = {"real": evidence.real, "generated": evidence.generated}
    labelled = evidence.classes is not None and (evidence.real.labels >= 0).all()
    for name, side in sides.items():
        random = np.random.default_rng(evidence.seed)
        count = min(_JUDGED, side.count)
        chosen = np.sort(random.choice(side.count, count, replace=False))
        images = side.images[chosen].astype("float32") / 127.5 - 1
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


def _gilbo(evidence):
    found = gilbo(
        evidence.generate,
        lambda random, count: evidence.gan.sample_latents(count, seed=random),
        evidence.gan.latent_entropy,
        evaluated=evidence.count,
        seed=evidence.seed,
    )
    details = {name: found[name] for name in ("standard_error", "n_trained")}
    return Result(found["value"], details)


def _jacobian_conditioning(evidence):
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


_FEATURES = {"real": ("features",), "generated": ("features",)}
SCORES = {
    "fid": Score(
        _fid,
        "Fréchet distance of the features",
        real=("statistics",),
        generated=("statistics",),
        digits=2,
    ),
    "fid_infinity": Score(
        _infinite_fid,
        "Fréchet distance extrapolated to infinitely many generated images",
        real=("statistics",),
        generated=("features",),
        digits=2,
    ),
    "kid": Score(
        _kid,
        "kernel distance of the features, unbiased, over subsets",
        digits=6,
        **_FEATURES,
    ),
    "inception_score": Score(
        _inception_score,
        "how sure the classifier is of an image, and how varied it finds them",
        better="higher",
        generated=("inception_scores",),
    ),
    "precision": Score(
        _manifold("precision"),
        "part of the generated images inside the real ones' manifold",
        better="higher",
        **_FEATURES,
    ),
    "recall": Score(
        _manifold("recall"),
        "part of the real images inside the generated ones' manifold",
        better="higher",
        **_FEATURES,
    ),
    "density": Score(
        _manifold("density"),
        "in how many real neighbourhoods a generated image lies, over k",
        better="higher",
        **_FEATURES,
    ),
    "coverage": Score(
        _manifold("coverage"),
        "part of the real neighbourhoods with a generated image inside",
        better="higher",
        **_FEATURES,
    ),
    "prd_precision": Score(
        _distribution("f_1_8"),
        "F(1/8) of the PRD curve, which precision weighs most in",
        better="higher",
        **_FEATURES,
    ),
    "prd_recall": Score(
        _distribution("f_8"),
        "F(8) of the PRD curve, which recall weighs most in",
        better="higher",
        **_FEATURES,
    ),
    "intra_class_fid": Score(
        _intra_class_fid,
        "mean of the classes' own FIDs",
        by_class=True,
        digits=2,
        **_FEATURES,
    ),
    "class_accuracy": Score(
        _class_accuracy,
        "part of the images that the classifier puts in the class asked for",
        better="higher",
        generated=("predictions",),
        by_class=True,
    ),
    "classification_accuracy_score": Score(
        _classification_accuracy_score,
        "accuracy on real images of a classifier trained on generated ones",
        better="higher",
        real=("images",),
        generated=("images",),
        by_class=True,
    ),
    "ms_ssim": Score(
        _structural_diversity,
        "structural similarity of pairs of a class: lower is more varied",
        generated=("images",),
    ),
    "duplicate_rate": Score(
        _duplicate_rate,
        "part of the images that are copies of real ones; draws nearest.png",
        real=("features", "images"),
        generated=("features", "images"),
    ),
    "fractal_dimension": Score(
        _fractal_dimension,
        "correlation dimension of the generated images",
        better=None,
        generated=("images",),
    ),
    "discriminator_accuracy": Score(
        _discriminator_accuracy,
        "part of the real images that the discriminator takes for real",
        better=None,
        real=("images",),
        generated=("images",),
    ),
    "gilbo": Score(
        _gilbo,
        "nats that an image tells of its latent, at least",
        better="higher",
        count=5000,
    ),
    "jacobian_conditioning": Score(
        _jacobian_conditioning,
        "mean log condition number of the generator's Jacobian, over latents",
        count=32,
    ),
}
