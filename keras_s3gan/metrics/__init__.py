"""Scores of generated images, computed on features (NumPy and Keras only)."""

from keras_s3gan.metrics.classifier import ReferenceClassifier, reference_classifier
from keras_s3gan.metrics.feature_statistics import FeatureStatistics
from keras_s3gan.metrics.frechet import frechet_distance
from keras_s3gan.metrics.score import score_generator

__all__ = [
    "FeatureStatistics",
    "ReferenceClassifier",
    "frechet_distance",
    "reference_classifier",
    "score_generator",
]
