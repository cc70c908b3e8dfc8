"""Scores of generated images, computed on features (NumPy and Keras only)."""

from keras_s3gan.metrics.cached_statistics import reference_statistics
from keras_s3gan.metrics.classifier import ReferenceClassifier, reference_classifier
from keras_s3gan.metrics.extractor import FeatureExtractor
from keras_s3gan.metrics.frechet import FeatureStatistics, frechet_distance
from keras_s3gan.metrics.inception import InceptionExtractor
from keras_s3gan.metrics.model_extractor import ModelExtractor
from keras_s3gan.metrics.score import score_generator
from keras_s3gan.metrics.score_name import ScoreName
from keras_s3gan.metrics.score_record import ScoreRecord
from keras_s3gan.metrics.streaming import stream_features, stream_statistics

__all__ = [
    "FeatureExtractor",
    "FeatureStatistics",
    "InceptionExtractor",
    "ModelExtractor",
    "ReferenceClassifier",
    "ScoreName",
    "ScoreRecord",
    "stream_statistics",
    "frechet_distance",
    "reference_classifier",
    "reference_statistics",
    "score_generator",
    "stream_features",
]
