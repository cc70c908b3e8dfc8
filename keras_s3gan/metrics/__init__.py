"""Scores of generated images, computed on features (NumPy, SciPy and Keras only)."""

from keras_s3gan.metrics.cached_statistics import reference_statistics
from keras_s3gan.metrics.classification_accuracy_score import (
    classification_accuracy_score,
)
from keras_s3gan.metrics.classifier import ReferenceClassifier, reference_classifier
from keras_s3gan.metrics.discriminator_accuracy import discriminator_accuracy
from keras_s3gan.metrics.extractor import FeatureExtractor
from keras_s3gan.metrics.feature_statistics import FeatureStatistics
from keras_s3gan.metrics.fractal_dimension import fractal_dimension
from keras_s3gan.metrics.frechet import frechet_distance
from keras_s3gan.metrics.frechet_metric import FrechetDistance
from keras_s3gan.metrics.gilbo import gilbo
from keras_s3gan.metrics.inception import InceptionExtractor
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
from keras_s3gan.metrics.model_extractor import ModelExtractor
from keras_s3gan.metrics.neighbors import nearest_neighbors
from keras_s3gan.metrics.precision_recall_distribution import (
    precision_recall_distribution,
    precision_recall_of_histograms,
)
from keras_s3gan.metrics.score import score_generator
from keras_s3gan.metrics.score_name import ScoreName
from keras_s3gan.metrics.score_record import ScoreRecord
from keras_s3gan.metrics.streaming import stream_features, stream_statistics
from keras_s3gan.metrics.structural_similarity import (
    structural_diversity,
    structural_similarity,
)

__all__ = [
    "FeatureExtractor",
    "FeatureStatistics",
    "FrechetDistance",
    "InceptionExtractor",
    "ModelExtractor",
    "ReferenceClassifier",
    "ScoreName",
    "ScoreRecord",
    "StreamingInceptionScore",
    "classification_accuracy_score",
    "discriminator_accuracy",
    "fractal_dimension",
    "frechet_distance",
    "generator_jacobian",
    "gilbo",
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
    "reference_statistics",
    "score_generator",
    "squared_discrepancy",
    "stream_features",
    "stream_statistics",
    "structural_diversity",
    "structural_similarity",
]
