"""Scores of generated images, computed on features (NumPy and Keras only)."""

from keras_s3gan.metrics.array_file import CorruptFileError, load_arrays, save_arrays
from keras_s3gan.metrics.classifier import ReferenceClassifier, reference_classifier
from keras_s3gan.metrics.frechet import FeatureStatistics, frechet_distance
from keras_s3gan.metrics.score import score_generator

__all__ = [
    "CorruptFileError",
    "FeatureStatistics",
    "ReferenceClassifier",
    "frechet_distance",
    "load_arrays",
    "reference_classifier",
    "save_arrays",
    "score_generator",
]
