"""What counts as an image, a label and a number, and the errors where one is not."""

from keras_s3gan.validation.images import check_images, check_range
from keras_s3gan.validation.integers import check_integer
from keras_s3gan.validation.labels import check_labels

__all__ = ["check_images", "check_integer", "check_labels", "check_range"]
