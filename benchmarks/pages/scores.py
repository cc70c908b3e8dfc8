"""Every score beside public packages, stored outputs and closed forms."""

from benchmarks.pages.page import Page, Row

FRECHET = "metrics/scores/test_frechet.py"
REFERENCES = "metrics/scores/test_frechet_references.py"
PACKAGES = f"{REFERENCES}::test_distance_equals_other_packages"
SINGULAR = f"{REFERENCES}::test_singular_covariances"
SAVED = "metrics/features/test_cached_statistics.py::test_pytorch_fid_reads_the_file"
KERNEL = "metrics/scores/test_kernel.py"
SUBSETS = f"{KERNEL}::test_subsets_of_torch_fidelity"
MIND = "metrics/scores/test_monge_inception.py"
VENDI = "metrics/scores/test_vendi.py"
INCEPTION_SCORE = "metrics/scores/test_inception_score.py"
SPLITS = f"{INCEPTION_SCORE}::test_torch_fidelity"
MANIFOLD = "metrics/scores/test_manifold.py"
OUTLIERS = f"{MANIFOLD}::test_near_duplicates_and_far_outliers"
COPIES = f"{MANIFOLD}::test_copies_count_as_often_as_they_occur"
PRD = "metrics/scores/test_precision_recall_distribution.py"
NEIGHBORS = "metrics/scores/test_neighbors.py::test_equals_the_full_matrix"
FRACTAL = "metrics/scores/test_fractal_dimension.py::test_golden"
SIMILARITY = "metrics/scores/test_structural_similarity.py"
CONSTANT = f"{SIMILARITY}::test_opposite_and_constant_images_are_no_nan"
JACOBIAN = "metrics/scores/test_jacobian_conditioning.py"
RESIZING = "metrics/features/test_resizing.py"
CLEAN = f"{RESIZING}::test_equals_clean_fid"
FILTERS = f"{RESIZING}::test_every_filter_equals_clean_fid"
INCEPTION = "metrics/features/test_inception.py"
DINOV2 = "metrics/features/test_dinov2.py"
CLIP = "metrics/features/test_clip.py"
OUTPUTS = f"{INCEPTION}::test_features_and_logits_equal_torch_fidelity"
FIRST_BLOCK = f"{INCEPTION}::test_resize_and_scale_are_part_of_the_features"
BLOCKS = f"{INCEPTION}::test_every_block_equals_pytorch_fid"


def row(score, reference, test, parameters=".*", name=".*"):
    return Row(score, test, parameters, name, reference)


OF_FEATURES = (
    row("FID", "pytorch-fid", PACKAGES, ".*-pytorch_fid"),
    row("FID", "torch-fidelity", PACKAGES, ".*-torch_fidelity"),
    row("FID", "clean-fid", PACKAGES, ".*-cleanfid"),
    row("FID of statistics on disk", "pytorch-fid, reading them", SAVED),
    row("FID", "Compare GAN", f"{FRECHET}::test_golden"),
    row(
        "FID, fewer images than features",
        "Compare GAN",
        f"{FRECHET}::test_golden_rank_deficient",
    ),
    row("FID", "SciPy's `sqrtm`", f"{FRECHET}::test_distance_equals_the_textbook"),
    row(
        "FID, fewer images than features",
        "SciPy's `sqrtm`",
        f"{FRECHET}::test_fewer_images_than_features",
    ),
    row("FID, singular covariances", "singular values", SINGULAR, name="features"),
    row(
        "FID, singular covariances, of statistics",
        "singular values",
        SINGULAR,
        name="statistics",
    ),
    row(
        "FID, one feature",
        "closed form",
        f"{FRECHET}::test_known_value_of_one_dimension",
    ),
    row(
        "FID, orthogonal subspaces",
        "closed form",
        f"{REFERENCES}::test_orthogonal_subspaces",
    ),
    row(
        "FID, constant features",
        "closed form",
        f"{REFERENCES}::test_constant_features",
    ),
    row("KID, equal subsets", "torch-fidelity", SUBSETS, name="mean"),
    row("KID, deviation of subsets", "torch-fidelity", SUBSETS, name="deviation"),
    row(
        "KID, unequal counts",
        "definition",
        f"{KERNEL}::test_unequal_sides_by_definition",
    ),
    row("KID by blocks", "definition", f"{KERNEL}::test_blocks_by_definition"),
    row(
        "KID by blocks, standard error",
        "definition",
        f"{KERNEL}::test_the_standard_error_of_blocks",
    ),
    row("MIND", "definition", f"{MIND}::test_equals_the_definition", name="array"),
    row(
        "MIND, one feature",
        "closed form",
        f"{MIND}::test_one_dimension_has_two_directions",
    ),
    row(
        "Vendi score",
        "definition",
        f"{VENDI}::test_equals_the_eigenvalues_of_the_similarities",
        name="array",
    ),
    row(
        "Vendi score",
        "closed form",
        f"{VENDI}::test_kinds_that_have_nothing_in_common",
    ),
    row("Inception Score", "torch-fidelity", SPLITS, name="mean"),
    row("Inception Score, deviation", "torch-fidelity", SPLITS, name="deviation"),
    row("Inception Score", "Compare GAN", f"{INCEPTION_SCORE}::test_golden"),
    row("Inception Score", "closed form", f"{INCEPTION_SCORE}::test_extremes"),
    *(
        row(score, "prdc", f"{MANIFOLD}::test_prdc", name=score)
        for score in ("precision", "recall", "density", "coverage")
    ),
    row("these four, near duplicates and outliers", "definition", OUTLIERS),
    row("these four, copies", "definition", COPIES),
    row("PRD, curve", "closed form", f"{PRD}::test_subset_of_the_modes"),
    row("PRD, F8 and F1/8", "closed form", f"{PRD}::test_closed_form_of_the_scores"),
    row("distance to nearest neighbours", "definition", NEIGHBORS),
    row("fractal dimension", "Compare GAN", FRACTAL),
)
OF_IMAGES = (
    row("MS-SSIM", "Compare GAN", f"{SIMILARITY}::test_golden", name="ms_ssim"),
    row(
        "MS-SSIM, unweighted",
        "Compare GAN",
        f"{SIMILARITY}::test_golden",
        name="ms_ssim_unweighted",
    ),
    row(
        "MS-SSIM, mean of pairs", "Compare GAN", f"{SIMILARITY}::test_golden_diversity"
    ),
    row("MS-SSIM, black beside white", "closed form", CONSTANT),
    row("Jacobian conditioning", "Compare GAN", f"{JACOBIAN}::test_golden"),
    *(
        row(
            f"Jacobian of a generator, {dtype}",
            "Compare GAN",
            f"{JACOBIAN}::test_golden_generator",
            f"{dtype}-.*",
        )
        for dtype in ("float32", "float64")
    ),
)
RESIZES = (
    row(
        "`tensorflow1`",
        "torch-fidelity",
        f"{RESIZING}::test_equals_torch_fidelity",
    ),
    row("`pytorch`", "PyTorch", f"{RESIZING}::test_equals_pytorch"),
    row("`clean`", "clean-fid", CLEAN, name="clean"),
    row("`clean_quantized`", "clean-fid", CLEAN, name="clean_quantized"),
    row("every filter", "clean-fid", FILTERS, ".*-False"),
    row("every filter, quantized", "clean-fid", FILTERS, ".*-True"),
)
OF_INCEPTION = (
    row("2048 features", "torch-fidelity", OUTPUTS, name=r"\w+ features"),
    row("logits", "torch-fidelity", OUTPUTS, name=r"\w+ logits"),
    row("logits without bias", "torch-fidelity", OUTPUTS, name=r"\w+ unbiased_logits"),
    row("64 features", "torch-fidelity", FIRST_BLOCK),
    *(
        row(f"{dimension} features", "pytorch-fid", BLOCKS, str(dimension))
        for dimension in (64, 192, 768, 2048)
    ),
)
OF_TRANSFORMERS = (
    row(
        "DINOv2's network",
        "PyTorch",
        f"{DINOV2}::test_features_are_those_of_the_network",
    ),
    row("CLIP's network", "PyTorch", f"{CLIP}::test_features_are_those_of_the_network"),
)
SECTIONS = {
    "Scores of features": OF_FEATURES,
    "Scores of images and generators": OF_IMAGES,
    "Resizes": RESIZES,
    "Inception": OF_INCEPTION,
    "Vision transformers": OF_TRANSFORMERS,
}
INTRODUCTION = """\
# Errors of the scores

`keras_s3gan.metrics` and a reference get the same input: a public package, Compare GAN
by its stored outputs, a closed form, or the definition written out in NumPy. An error
is `|ours - theirs| / |theirs|` of a score or a distance, `max|ours - theirs| /
max|theirs|` of an array of features, pixels or derivatives; a row has the largest one
of its comparisons. *Allowed* is what the tests let pass.

What is computed in NumPy is the same on every backend, and is measured once. Networks
run with random weights, not the published ones.

Written by `python -m benchmarks.golden --page scores`, which also writes the packages'
versions and the machine into `benchmarks/results/scores.json`.
"""
PAGE = Page(
    INTRODUCTION,
    "score",
    "comparisons",
    SECTIONS,
    numpy=("Scores of features", "Scores of images and generators", "Resizes"),
    packages=("pytorch-fid", "torch-fidelity", "clean-fid", "prdc"),
)
