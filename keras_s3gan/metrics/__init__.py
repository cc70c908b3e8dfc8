"""Scores of generated images, computed on features (NumPy and Keras only)."""

from keras_s3gan.metrics.classification_accuracy_score import (
    classification_accuracy_score,
)
from keras_s3gan.metrics.classifier import ReferenceClassifier, reference_classifier
from keras_s3gan.metrics.discriminator_accuracy import discriminator_accuracy
from keras_s3gan.metrics.frechet import FeatureStatistics, frechet_distance
from keras_s3gan.metrics.gilbo import gilbo
from keras_s3gan.metrics.score import score_generator

__all__ = [
    "FeatureStatistics",
    "ReferenceClassifier",
    "classification_accuracy_score",
    "discriminator_accuracy",
    "frechet_distance",
    "gilbo",
    "reference_classifier",
    "score_generator",
]
