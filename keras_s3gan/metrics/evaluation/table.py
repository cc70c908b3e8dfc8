"""The scores that an `Evaluator` can compute, by name, and what each needs."""

from keras_s3gan.metrics.evaluation import adapters
from keras_s3gan.metrics.evaluation.types import Score

_FEATURES = ("features",)
SCORES = {
    "fid": Score(
        adapters.compute_fid,
        "Fréchet distance of the features",
        real=("statistics",),
        generated=("statistics",),
        digits=2,
    ),
    "fid_infinity": Score(
        adapters.compute_infinite_fid,
        "Fréchet distance extrapolated to infinitely many generated images",
        real=("statistics",),
        generated=("features",),
        digits=2,
    ),
    "kid": Score(
        adapters.compute_kid,
        "kernel distance of the features, unbiased, over subsets",
        digits=6,
        real=_FEATURES,
        generated=_FEATURES,
    ),
    "inception_score": Score(
        adapters.compute_inception_score,
        "how confident and how varied the classifier's predictions are",
        better="higher",
        generated=("inception_scores",),
    ),
    "precision": Score(
        adapters.compute_manifold("precision"),
        "fraction of the generated images inside the manifold of the real ones",
        better="higher",
        real=_FEATURES,
        generated=_FEATURES,
    ),
    "recall": Score(
        adapters.compute_manifold("recall"),
        "fraction of the real images inside the manifold of the generated ones",
        better="higher",
        real=_FEATURES,
        generated=_FEATURES,
    ),
    "density": Score(
        adapters.compute_manifold("density"),
        "number of real neighbourhoods that a generated image lies in, over k",
        better="higher",
        real=_FEATURES,
        generated=_FEATURES,
    ),
    "coverage": Score(
        adapters.compute_manifold("coverage"),
        "fraction of the real neighbourhoods that contain a generated image",
        better="higher",
        real=_FEATURES,
        generated=_FEATURES,
    ),
    "prd_precision": Score(
        adapters.compute_distribution("f_1_8"),
        "F(1/8) score of the PRD curve, which favours precision",
        better="higher",
        real=_FEATURES,
        generated=_FEATURES,
    ),
    "prd_recall": Score(
        adapters.compute_distribution("f_8"),
        "F(8) score of the PRD curve, which favours recall",
        better="higher",
        real=_FEATURES,
        generated=_FEATURES,
    ),
    "intra_class_fid": Score(
        adapters.compute_intra_class_fid,
        "mean of the FIDs of each class",
        by_class=True,
        digits=2,
        real=_FEATURES,
        generated=_FEATURES,
    ),
    "class_accuracy": Score(
        adapters.compute_class_accuracy,
        "fraction of the images that the classifier puts in the requested class",
        better="higher",
        generated=("predictions",),
        by_class=True,
    ),
    "classification_accuracy_score": Score(
        adapters.compute_classification_accuracy_score,
        "accuracy on real images of a classifier trained on generated ones",
        better="higher",
        real=("images",),
        generated=("images",),
        by_class=True,
    ),
    "ms_ssim": Score(
        adapters.compute_structural_diversity,
        "structural similarity of pairs of the same class: lower is more varied",
        generated=("images",),
    ),
    "duplicate_rate": Score(
        adapters.compute_duplicate_rate,
        "fraction of the images that copy a real one; draws nearest.png",
        real=("features", "images"),
        generated=("features", "images"),
    ),
    "fractal_dimension": Score(
        adapters.compute_fractal_dimension,
        "correlation dimension of the generated images",
        better=None,
        generated=("images",),
    ),
    "discriminator_accuracy": Score(
        adapters.compute_discriminator_accuracy,
        "fraction of the real images that the discriminator classifies as real",
        better=None,
        real=("images",),
        generated=("images",),
    ),
    "gilbo": Score(
        adapters.compute_gilbo,
        "lower bound on the information an image gives about its latent, in nats",
        better="higher",
        count=5000,
    ),
    "jacobian_conditioning": Score(
        adapters.compute_jacobian_conditioning,
        "mean log condition number of the generator's Jacobian",
        count=32,
    ),
}
