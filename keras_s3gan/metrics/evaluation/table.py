"""The scores that an `Evaluator` knows, by name, and what each of them needs."""

from keras_s3gan.metrics.evaluation import adapters
from keras_s3gan.metrics.evaluation.types import Score

_FEATURES = {"real": ("features",), "generated": ("features",)}
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
        **_FEATURES,
    ),
    "inception_score": Score(
        adapters.compute_inception_score,
        "how sure the classifier is of an image, and how varied it finds them",
        better="higher",
        generated=("inception_scores",),
    ),
    "precision": Score(
        adapters.compute_manifold("precision"),
        "part of the generated images inside the real ones' manifold",
        better="higher",
        **_FEATURES,
    ),
    "recall": Score(
        adapters.compute_manifold("recall"),
        "part of the real images inside the generated ones' manifold",
        better="higher",
        **_FEATURES,
    ),
    "density": Score(
        adapters.compute_manifold("density"),
        "in how many real neighbourhoods a generated image lies, over k",
        better="higher",
        **_FEATURES,
    ),
    "coverage": Score(
        adapters.compute_manifold("coverage"),
        "part of the real neighbourhoods with a generated image inside",
        better="higher",
        **_FEATURES,
    ),
    "prd_precision": Score(
        adapters.compute_distribution("f_1_8"),
        "F(1/8) of the PRD curve, which precision weighs most in",
        better="higher",
        **_FEATURES,
    ),
    "prd_recall": Score(
        adapters.compute_distribution("f_8"),
        "F(8) of the PRD curve, which recall weighs most in",
        better="higher",
        **_FEATURES,
    ),
    "intra_class_fid": Score(
        adapters.compute_intra_class_fid,
        "mean of the classes' own FIDs",
        by_class=True,
        digits=2,
        **_FEATURES,
    ),
    "class_accuracy": Score(
        adapters.compute_class_accuracy,
        "part of the images that the classifier puts in the class asked for",
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
        "structural similarity of pairs of a class: lower is more varied",
        generated=("images",),
    ),
    "duplicate_rate": Score(
        adapters.compute_duplicate_rate,
        "part of the images that are copies of real ones; draws nearest.png",
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
        "part of the real images that the discriminator takes for real",
        better=None,
        real=("images",),
        generated=("images",),
    ),
    "gilbo": Score(
        adapters.compute_gilbo,
        "nats that an image tells of its latent, at least",
        better="higher",
        count=5000,
    ),
    "jacobian_conditioning": Score(
        adapters.compute_jacobian_conditioning,
        "mean log condition number of the generator's Jacobian, over latents",
        count=32,
    ),
}
