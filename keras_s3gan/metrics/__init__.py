"""Scores of generated images, computed on features (NumPy, SciPy and Keras only)."""

from keras_s3gan.metrics.evaluation.evaluator import Evaluation, Evaluator
from keras_s3gan.metrics.evaluation.names import SPLITS, ScoreName
from keras_s3gan.metrics.evaluation.real_images import RealImages
from keras_s3gan.metrics.evaluation.records import ScoreRecord
from keras_s3gan.metrics.evaluation.table import SCORES
from keras_s3gan.metrics.features.cached_statistics import reference_statistics
from keras_s3gan.metrics.features.classifier import (
    ReferenceClassifier,
    reference_classifier,
)
from keras_s3gan.metrics.features.clip import CLIPExtractor
from keras_s3gan.metrics.features.dinov2 import DINOv2Extractor
from keras_s3gan.metrics.features.extractor import FeatureExtractor
from keras_s3gan.metrics.features.inception import InceptionExtractor
from keras_s3gan.metrics.features.model_extractor import (
    ModelExtractor,
    load_model_extractor,
)
from keras_s3gan.metrics.features.resizing import RESIZES
from keras_s3gan.metrics.features.statistics import FeatureStatistics
from keras_s3gan.metrics.features.streaming import stream_features, stream_statistics
from keras_s3gan.metrics.scores.authenticity import authenticity
from keras_s3gan.metrics.scores.classification_accuracy_score import (
    classification_accuracy_score,
)
from keras_s3gan.metrics.scores.discriminator_accuracy import discriminator_accuracy
from keras_s3gan.metrics.scores.fractal_dimension import fractal_dimension
from keras_s3gan.metrics.scores.frechet import frechet_distance
from keras_s3gan.metrics.scores.frechet_metric import FrechetDistance
from keras_s3gan.metrics.scores.gilbo import gilbo
from keras_s3gan.metrics.scores.inception_score import (
    StreamingInceptionScore,
    inception_score,
)
from keras_s3gan.metrics.scores.infinite_frechet import infinite_frechet_distance
from keras_s3gan.metrics.scores.intra_class_frechet import intra_class_frechet_distance
from keras_s3gan.metrics.scores.intra_class_kernel import intra_class_kernel_distance
from keras_s3gan.metrics.scores.jacobian_conditioning import (
    generator_jacobian,
    jacobian_conditioning,
)
from keras_s3gan.metrics.scores.kernel import (
    block_kernel_distance,
    kernel_distance,
    squared_discrepancy,
)
from keras_s3gan.metrics.scores.manifold import manifold_scores
from keras_s3gan.metrics.scores.memorization import memorization
from keras_s3gan.metrics.scores.monge_inception import monge_inception_distance
from keras_s3gan.metrics.scores.neighbors import nearest_neighbors
from keras_s3gan.metrics.scores.precision_recall_distribution import (
    precision_recall_distribution,
    precision_recall_f_scores,
    precision_recall_of_histograms,
)
from keras_s3gan.metrics.scores.structural_similarity import (
    structural_diversity,
    structural_similarity,
)
from keras_s3gan.metrics.scores.vendi import intra_class_vendi_score, vendi_score

__all__ = [
    "RESIZES",
    "SCORES",
    "SPLITS",
    "CLIPExtractor",
    "DINOv2Extractor",
    "Evaluation",
    "Evaluator",
    "FeatureExtractor",
    "FeatureStatistics",
    "FrechetDistance",
    "InceptionExtractor",
    "ModelExtractor",
    "RealImages",
    "ReferenceClassifier",
    "ScoreName",
    "ScoreRecord",
    "StreamingInceptionScore",
    "authenticity",
    "block_kernel_distance",
    "classification_accuracy_score",
    "discriminator_accuracy",
    "fractal_dimension",
    "frechet_distance",
    "generator_jacobian",
    "gilbo",
    "inception_score",
    "infinite_frechet_distance",
    "intra_class_frechet_distance",
    "intra_class_kernel_distance",
    "intra_class_vendi_score",
    "jacobian_conditioning",
    "kernel_distance",
    "load_model_extractor",
    "manifold_scores",
    "memorization",
    "monge_inception_distance",
    "nearest_neighbors",
    "precision_recall_distribution",
    "precision_recall_f_scores",
    "precision_recall_of_histograms",
    "reference_classifier",
    "reference_statistics",
    "squared_discrepancy",
    "stream_features",
    "stream_statistics",
    "structural_diversity",
    "structural_similarity",
    "vendi_score",
]
