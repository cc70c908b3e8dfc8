"""The interface between scores and the network that computes features."""

import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.metrics.features.images import checked_images, stacked


class FeatureExtractor:
    """A network that turns images into features, and optionally class logits.

    The base class of `InceptionExtractor`, `DINOv2Extractor`, `CLIPExtractor`,
    `ModelExtractor` and `ReferenceClassifier`.
    The last batch is padded to `batch_size`, so that nothing is compiled for it.

    Args:
        model: a `keras.Model` from `[N, H, W, C]` to features `[N, D]`, or to a dict
            of `features` and optionally `logits` `[N, K]`.
        identifier: str. Name of network and weights. Features with different
            identifiers cannot be compared.
        sha256: str. SHA-256 of the weights, hexadecimal.
        resize: str. How images are resized; `"none"` if they are not.
        batch_size: int. Number of images per call of the network.

    Attributes:
        model, identifier, sha256, resize, batch_size: as above.
        dtype: str. The dtype that the network computes in.
        image_shape: `(H, W, C)` that the network expects, with `None` for any.
        preprocessing: str. How images are preprocessed, in words.
        label: str. What names of scores call the network, as `dinov2-vitl14` in
            `fid5k_train@dinov2-vitl14`. `None` for Inception, which FID is defined on,
            and for models of one's own, which only the identifier tells apart.

    Example:
        >>> file = pathlib.Path("features.keras").read_bytes()
        >>> sha256 = hashlib.sha256(file).hexdigest()
        >>> model = keras.saving.load_model("features.keras")
        >>> extractor = FeatureExtractor(model, "my-network", sha256)
        >>> extractor.features(images).shape
        (64, 128)
    """

    preprocessing = "floats in [-1, 1]"
    label: str | None = None

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
        """Returns everything but the images that features depend on, as a JSON dict."""
        return {
            "identifier": self.identifier,
            "sha256": self.sha256,
            "resize": self.resize,
            "preprocessing": self.preprocessing,
            "dtype": self.dtype,
        }

    def prepare(self, images):
        """Preprocesses images `[N, H, W, C]` for the network; returns float32."""
        images = checked_images(images)
        sizes = zip(self.image_shape, images.shape[1:], strict=True)
        if any(size not in (None, received) for size, received in sizes):
            raise ValueError(
                f"`images` must be [N, {', '.join(map(str, self.image_shape))}]. "
                f"Received: shape={images.shape}"
            )
        return images

    def outputs(self, images):
        """Computes all outputs of the network.

        Args:
            images: `[N, H, W, C]`, uint8, or floats in `[-1, 1]`; N at least 1.

        Returns:
            A dict of str to float32 array `[N, ...]`.

        Raises:
        ValueError: if the images are not as above, or the features are not
            `[N, D]`.
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
                "The network must return features [N, D], pooled over the image. "
                f"Received: {self.identifier}, shape={outputs['features'].shape}"
            )
        return {name: values[: len(images)] for name, values in outputs.items()}

    def features(self, images):
        """Computes float32 features `[N, D]` of images as in `outputs`."""
        return self.outputs(images)["features"]

    def logits(self, images):
        """Computes float32 logits `[N, K]` of images as in `outputs`.

        Raises:
            ValueError: if the network has no logits.
        """
        return self._named("logits", self.outputs(images))

    def predict_labels(self, images):
        """Computes the most probable labels, int32 `[N]`."""
        return self.features_and_labels(images)[1]

    def features_and_labels(self, images):
        """Computes features and most probable labels in one pass."""
        outputs = self.outputs(images)
        labels = self._named("logits", outputs).argmax(axis=-1)
        return outputs["features"], labels.astype("int32")

    def _named(self, name, outputs):
        if name not in outputs:
            raise ValueError(
                f"The network must return `{name}`. "
                f"Received: {self.identifier}, which returns {sorted(outputs)}"
            )
        return outputs[name]


def image_shape(model):
    """Returns the image shape that a model expects, `(H, W, C)` with `None` for any."""
    # Subclassed models have no `input_shape`.
    return tuple(getattr(model, "input_shape", [None] * 4)[1:])


def _dtypes(layer):
    """Returns the compute dtypes of all layers that have weights."""
    parts = getattr(layer, "layers", None)
    if not parts:
        return {layer.compute_dtype} if layer.weights else set()
    return set().union(*map(_dtypes, parts))


def _outputs_of(model):
    """Returns a function from images to a dict of float32 outputs."""

    def outputs(images):
        found = model(images, training=False)
        found = found if isinstance(found, dict) else {"features": found}
        return {name: ops.cast(output, "float32") for name, output in found.items()}

    return outputs
