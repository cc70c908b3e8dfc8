"""Pseudo-labelling: from a few labels to a label for every image."""

from keras_s3gan.deprecation import moved
from keras_s3gan.labels import pseudo_labelling
from keras_s3gan.labels.inference import (
    cluster_labels,
    extract_features,
    infer_labels,
)
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.labels.label_noise import (
    LabelNoise,
    estimate_label_noise,
    out_of_fold_probabilities,
)
from keras_s3gan.labels.linear_classifier import LinearClassifier
from keras_s3gan.labels.masking import mask_labels
from keras_s3gan.labels.refinement import refine_labels
from keras_s3gan.labels.rotation_pretrainer import RotationPretrainer
from keras_s3gan.labels.semi_supervised import SemiSupervisedClassifier

__all__ = [
    "InferredLabels",
    "LabelNoise",
    "LinearClassifier",
    "RotationPretrainer",
    "SemiSupervisedClassifier",
    "cluster_labels",
    "estimate_label_noise",
    "extract_features",
    "infer_labels",
    "mask_labels",
    "out_of_fold_probabilities",
    "pseudo_labelling",
    "refine_labels",
]

__getattr__ = moved(__name__, {"stages": "pseudo_labelling"})
