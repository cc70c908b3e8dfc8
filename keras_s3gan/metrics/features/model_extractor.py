import hashlib
import json

import keras
import numpy as np

from keras_s3gan.metrics.features.extractor import FeatureExtractor, image_shape
from keras_s3gan.metrics.features.images import as_bytes
from keras_s3gan.metrics.features.resizing import RESIZES, check_resize, resized


class ModelExtractor(FeatureExtractor):
    """Any Keras model as the network whose features are compared.

    Args:
        model: a built `keras.Model` from `[N, H, W, C]` in `[-1, 1]` to features
            `[N, D]`, or to a dict of `features` and, where it classifies, `logits`. If
            it expects another range, put a `keras.layers.Rescaling` in front of it.
        resize: `"none"`, where images must have the size that the model expects; or
            one of `keras_s3gan.metrics.RESIZES`, which bring bytes to it.
        batch_size: int. Images that the model sees at a time.

    Its identifier is the model's name and a hash of configuration and weights, taken
    when the extractor is made: a model that is trained on needs a new one.

    Raises:
        ValueError: if the model is not built, or `resize` is not as above.

    Example:
        >>> model = keras.applications.MobileNetV2(include_top=False, pooling="avg")
        >>> extractor = ModelExtractor(model)
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
                    "`resize` needs a model that takes images of one shape. "
                    f"Received: model={model.name} of images {shape}"
                )
            self.preprocessing = "rounded to bytes, resized, (x - 127.5) / 127.5"
        sha256 = model_sha256(model)
        name = f"{model.name}-{sha256[:8]}"
        super().__init__(model, name, sha256, resize, batch_size)

    def prepare(self, images):
        """What the model sees of images `[N, H, W, C]`, float32."""
        if self.resize in RESIZES:
            images = resized(self.resize, as_bytes(images), self.image_shape[:2])
            images = images / np.float32(127.5) - 1
        return super().prepare(images)


def load_model_extractor(path, resize="none", batch_size=64):
    """A `ModelExtractor` of a model that was saved.

    Args:
        path: str or `Path` of a `.keras` file.
        resize, batch_size: as in `ModelExtractor`.
    """
    model = keras.saving.load_model(path, compile=False)
    return ModelExtractor(model, resize, batch_size)


def model_sha256(model):
    """SHA-256 of a model's configuration and of its weights, hexadecimal.

    Layers' names are part of it. A model that has no configuration is known by its
    class.
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
