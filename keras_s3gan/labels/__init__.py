"""From few labels to a label for every image."""

from keras_s3gan.labels.masking import mask_labels

__all__ = ["mask_labels"]
