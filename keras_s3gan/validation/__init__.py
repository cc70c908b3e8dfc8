"""Checks of images, labels and integers; each error says what is allowed."""

from keras_s3gan.validation.batches import check_image_batch, split_arrays
from keras_s3gan.validation.images import (
    allow_non_negative,
    check_finite,
    check_images,
    check_range,
    to_bytes,
    to_float_range,
)
from keras_s3gan.validation.integers import check_integer, is_integer
from keras_s3gan.validation.keras_calls import callback_list, refuse
from keras_s3gan.validation.labels import check_hard_labels, check_labels

__all__ = [
    "allow_non_negative",
    "callback_list",
    "check_finite",
    "check_hard_labels",
    "check_image_batch",
    "check_images",
    "check_integer",
    "check_labels",
    "check_range",
    "is_integer",
    "refuse",
    "split_arrays",
    "to_bytes",
    "to_float_range",
]
