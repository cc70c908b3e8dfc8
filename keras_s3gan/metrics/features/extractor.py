import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.metrics.features.images import checked_images, stacked


class FeatureExtractor:
    """What a score needs to know of a network: images in, features out.

    `InceptionExtractor`, `ModelExtractor` and `ReferenceClassifier` are such. The
    network sees whole batches only: nothing is compiled anew for the last images.

    Args:
        model: a `keras.Model` from `[N, H, W, C]` to features `[N, D]`, or to a dict
            of `features` and, where it classifies, `logits`, `[N, K]`.
        identifier: str. Names network and weights; features of two identifiers
            cannot be compared.
        sha256: str. Hexadecimal hash of the weights, whole.
        resize: str. How images of another size are made to fit, `"none"` if they are
            not.
        batch_size: int. Images that the network sees at a time.

    Attributes:
        model, identifier, sha256, resize, batch_size: as above.
        dtype: str. What the network computes in.
        image_shape: `(H, W, C)` that the network expects, `None` for any.
        preprocessing: str. What else is done to the images, in words.
    """

    preprocessing = "floats in [-1, 1]"

    def __init__(self, model, identifier, sha256, resize="none", batch_size=64):
        self.model = model
        self.identifier = identifier
        self.sha256 = sha256
        self.resize = resize
        self.batch_size = batch_size
        self.dtype = " and ".join(sorted(_dtypes(model)))
        self.image_shape = image_shape(model)
        self._network = backend.batched(_outputs_of(model), model.variables)

    def describe(self):
        """All that features depend on beside the images, a dict that JSON can hold."""
        return {
            "identifier": self.identifier,
            "sha256": self.sha256,
            "resize": self.resize,
            "preprocessing": self.preprocessing,
            "dtype": self.dtype,
        }

    def prepare(self, images):
        """What the network sees of images `[N, H, W, C]`, float32."""
        images = checked_images(images)
        sizes = zip(self.image_shape, images.shape[1:], strict=True)
        if any(size not in (None, received) for size, received in sizes):
            raise ValueError(
                f"`images` must be [N, {', '.join(map(str, self.image_shape))}]. "
                f"Received: shape={images.shape}"
            )
        return images

    def outputs(self, images):
        """All outputs of the network, in one pass.

        Args:
            images: `[N, H, W, C]`, uint8, or floats in `[-1, 1]`; N at least 1.

        Returns:
            A dict of str to float32 array `[N, ...]`.

        Raises:
            ValueError: if the images are not as above, or features are no `[N, D]`.
        """
        images, size = stacked(images), self.batch_size
        starts = range(0, len(images), size)
        parts = [self._part(images[start : start + size]) for start in starts]
        return {
            name: np.concatenate([part[name] for part in parts]) for name in parts[0]
        }

    def _part(self, images):
        images = self.prepare(images)
        missing = self.batch_size - len(images)
        padded = np.pad(images, [(0, missing), (0, 0), (0, 0), (0, 0)])
        outputs = self._network(padded, batch_size=self.batch_size)
        if outputs["features"].ndim != 2:
            raise ValueError(
                "The network must give features [N, D], pooled over the image. "
                f"Received: {self.identifier}, shape={outputs['features'].shape}"
            )
        return {name: values[: len(images)] for name, values in outputs.items()}

    def features(self, images):
        """Features `[N, D]`, float32, of images as in `outputs`."""
        return self.outputs(images)["features"]

    def logits(self, images):
        """Logits `[N, K]`, float32, of images as in `outputs`.

        Raises:
            ValueError: if the network does not classify.
        """
        return self._named("logits", self.outputs(images))

    def predict_labels(self, images):
        """Most probable labels `[N]`, int32."""
        return self.features_and_labels(images)[1]

    def features_and_labels(self, images):
        """Features and most probable labels in one pass."""
        outputs = self.outputs(images)
        labels = self._named("logits", outputs).argmax(axis=-1)
        return outputs["features"], labels.astype("int32")

    def _named(self, name, outputs):
        if name not in outputs:
            raise ValueError(
                f"The network must give `{name}`. "
                f"Received: {self.identifier}, which gives {sorted(outputs)}"
            )
        return outputs[name]


def image_shape(model):
    """The images that a model expects, `(H, W, C)` with `None` for any."""
    # A subclassed model does not say.
    return tuple(getattr(model, "input_shape", [None] * 4)[1:])


def _dtypes(layer):
    """What the layers with weights compute in; a model itself computes nothing."""
    parts = getattr(layer, "layers", None)
    if not parts:
        return {layer.compute_dtype} if layer.weights else set()
    return set().union(*map(_dtypes, parts))


def _outputs_of(model):
    """A function from images to a dict of outputs in float32."""

    def outputs(images):
        found = model(images, training=False)
        found = found if isinstance(found, dict) else {"features": found}
        return {name: ops.cast(output, "float32") for name, output in found.items()}

    return outputs
