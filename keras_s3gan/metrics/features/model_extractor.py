"""Any Keras model as a feature extractor."""

import hashlib
import json

import keras
import numpy as np

from keras_s3gan.metrics.features.extractor import FeatureExtractor, image_shape
from keras_s3gan.metrics.features.images import as_bytes
from keras_s3gan.metrics.features.resizing import RESIZES, check_resize, resized


class ModelExtractor(FeatureExtractor):
    """A feature extractor from any Keras model.

    Its identifier is the model's name and a hash of its configuration and weights. Make
    a new extractor after the model is trained further.

    Args:
        model: a built `keras.Model` from `[N, H, W, C]` in `[-1, 1]` to features
            `[N, D]`, or to a dict of `features` and optionally `logits`. If it expects
            another range, put a `keras.layers.Rescaling` in front of it.
        resize: `"none"` if the images already have the size that the model expects;
            else one of `keras_s3gan.metrics.RESIZES`.
        batch_size: int. Number of images per call of the model.

    Raises:
        ValueError: if the model is not built, or `resize` is not as above.

    Example:
        >>> extractor = ModelExtractor(ResNetV2Encoder(32, channels=1))
        >>> extractor.features(images).shape
        (64, 128)
    """

    def __init__(self, model, resize="none", batch_size=64):
        if not model.built or not model.weights:
            raise ValueError(
                "`model` must be built and have weights. "
                f"Received: model={model.name}, built={model.built}"
            )
        if resize != "none":
            check_resize(resize)
            shape = image_shape(model)
            if None in shape:
                raise ValueError(
                    "`resize` needs a model with a fixed image size. "
                    f"Received: model={model.name} of images {shape}"
                )
            self.preprocessing = "rounded to bytes, resized, (x - 127.5) / 127.5"
        sha256 = model_sha256(model)
        name = f"{model.name}-{sha256[:8]}"
        super().__init__(model, name, sha256, resize, batch_size)

    def prepare(self, images):
        """Preprocesses images `[N, H, W, C]` for the model; returns float32."""
        if self.resize in RESIZES:
            images = resized(self.resize, as_bytes(images), self.image_shape[:2])
            images = images / np.float32(127.5) - 1
        return super().prepare(images)


def load_model_extractor(path, resize="none", batch_size=64):
    """Loads a saved model as a `ModelExtractor`.

    Args:
        path: str or `Path` of a `.keras` file.
        resize, batch_size: as in `ModelExtractor`.

    Returns:
        A `ModelExtractor`.

    Raises:
        ValueError: as `ModelExtractor`, or if the file cannot be read.

    Example:
        >>> extractor = load_model_extractor("features.keras", resize="clean")
        >>> extractor.features(images).shape
        (64, 128)
    """
    model = keras.saving.load_model(path, compile=False)
    return ModelExtractor(model, resize, batch_size)


def model_sha256(model):
    """Computes the SHA-256 of a model's configuration and weights.

    Names of layers are part of the configuration. A model without a configuration is
    identified by its class and weights.

    Args:
        model: a built `keras.Model`.

    Returns:
        The hexadecimal SHA-256.
    """
    try:
        config = keras.saving.serialize_keras_object(model.get_config())
    except NotImplementedError:
        config = {}
    description = {
        "class": f"{type(model).__module__}.{type(model).__qualname__}",
        "config": config,
        "weights": [
            (str(variable.dtype), list(variable.shape)) for variable in model.weights
        ],
    }
    digest = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
    for value in model.get_weights():
        digest.update(np.ascontiguousarray(value).tobytes())
    return digest.hexdigest()
