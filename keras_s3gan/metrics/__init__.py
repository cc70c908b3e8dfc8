"""Scores of generated images, computed on features (NumPy, SciPy and Keras only)."""

from keras_s3gan.metrics.classifier import ReferenceClassifier, reference_classifier
from keras_s3gan.metrics.feature_statistics import FeatureStatistics
from keras_s3gan.metrics.fractal_dimension import fractal_dimension
from keras_s3gan.metrics.frechet import frechet_distance
from keras_s3gan.metrics.frechet_metric import FrechetDistance
from keras_s3gan.metrics.inception_score import (
    StreamingInceptionScore,
    inception_score,
)
from keras_s3gan.metrics.infinite_frechet import infinite_frechet_distance
from keras_s3gan.metrics.intra_class_frechet import intra_class_frechet_distance
from keras_s3gan.metrics.jacobian_conditioning import (
    generator_jacobian,
    jacobian_conditioning,
)
from keras_s3gan.metrics.kernel import kernel_distance, squared_discrepancy
from keras_s3gan.metrics.manifold import manifold_scores
from keras_s3gan.metrics.memorization import memorization
from keras_s3gan.metrics.neighbors import nearest_neighbors
from keras_s3gan.metrics.precision_recall_distribution import (
    precision_recall_distribution,
    precision_recall_of_histograms,
)
from keras_s3gan.metrics.score import score_generator
from keras_s3gan.metrics.structural_similarity import (
    structural_diversity,
    structural_similarity,
)

__all__ = [
    "FeatureStatistics",
    "FrechetDistance",
    "ReferenceClassifier",
    "StreamingInceptionScore",
    "fractal_dimension",
    "frechet_distance",
    "generator_jacobian",
    "inception_score",
    "infinite_frechet_distance",
    "intra_class_frechet_distance",
    "jacobian_conditioning",
    "kernel_distance",
    "manifold_scores",
    "memorization",
    "nearest_neighbors",
    "precision_recall_distribution",
    "precision_recall_of_histograms",
    "reference_classifier",
    "score_generator",
    "squared_discrepancy",
    "structural_diversity",
    "structural_similarity",
]
