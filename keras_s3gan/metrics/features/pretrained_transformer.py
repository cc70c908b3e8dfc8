"""What the extractors of published vision transformers share."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from keras_s3gan.files import load_torch_state_dict
from keras_s3gan.metrics.features.extractor import FeatureExtractor
from keras_s3gan.metrics.features.images import as_bytes, check_channels
from keras_s3gan.metrics.features.inception_weights import checked_sha256
from keras_s3gan.metrics.features.model_extractor import model_sha256
from keras_s3gan.metrics.features.resizing import check_resize, resized
from keras_s3gan.metrics.features.vision_transformer import Affine, Normalization

# What papers call the widths.
_SIZES = {384: "s", 768: "b", 1024: "l", 1280: "h"}


class PretrainedTransformer(FeatureExtractor):
    """A vision transformer from a file of weights or a KerasHub preset in a folder.

    The base class of `DINOv2Extractor` and `CLIPExtractor`. Nothing is downloaded.

    Args:
        path: str or `Path` of a file that `torch.save` wrote of a state dict, or of a
            folder with a preset.
        resize: one of `keras_s3gan.metrics.RESIZES`.
        batch_size: int. Number of images per call of the network.
        sha256: str. Required start of the SHA-256; `""` accepts any.

    Raises:
        ValueError: if there is no such file, the SHA-256 differs, the arrays are not
            those of the network, or a folder is given without KerasHub.
    """

    # Its name, that of KerasHub's class with its settings, and the usual file.
    family: str
    backbone: str
    backbone_settings: dict[str, Any] = {}
    file: str
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]

    def __init__(self, path, resize, batch_size, sha256):
        check_resize(resize)
        path = Path(path)
        if path.is_dir():
            model = self.from_preset(self._backbone(path))
            digest = model_sha256(model)
            if not digest.startswith(sha256):
                raise ValueError(
                    f"The SHA-256 of the model must begin with {sha256}. "
                    f"Received: {path} with {digest}"
                )
        elif path.is_file():
            digest = checked_sha256(path, sha256)
            model = self.from_arrays(_arrays(path))
        else:
            raise ValueError(
                f"{self.family} needs its weights, which are never downloaded: give "
                f"the path of {self.file}, or of the folder of a preset of KerasHub's "
                f"{self.backbone}. Received: path={path}, where nothing is"
            )
        self.preprocessing = (
            f"rounded to bytes, resized, (x / 255 - {self.mean}) / {self.deviation}"
        )
        super().__init__(
            model, f"{self.label}-{digest[:8]}", digest, resize, batch_size
        )

    def from_arrays(self, arrays):
        """Builds the network from the arrays of a state dict, and sets `label`."""
        raise TypeError(f"{type(self).__name__} must define `from_arrays`.")

    def from_preset(self, backbone):
        """Builds the network from a backbone of KerasHub, and sets `label`."""
        raise TypeError(f"{type(self).__name__} must define `from_preset`.")

    def _backbone(self, path):
        if importlib.util.find_spec("keras_hub") is None:
            raise ValueError(
                f"{self.family} from a folder needs KerasHub: pip install keras-hub. "
                f"Received: path={path}, a folder"
            )
        import keras_hub

        backbone = getattr(keras_hub.models, self.backbone)
        try:
            return backbone.from_preset(str(path), **self.backbone_settings)
        # KerasHub raises many kinds of errors.
        except Exception as error:
            raise ValueError(
                f"The folder must be a preset of KerasHub's {self.backbone} "
                f"({type(error).__name__}: {error}). Received: path={path}"
            ) from error

    def prepare(self, images):
        """Preprocesses images `[N, H, W, C]` for the network; returns float32."""
        images = as_bytes(images)
        check_channels(images)
        images = resized(self.resize, images, self.image_shape[:2]) / np.float32(255)
        # A single channel becomes three here.
        return (images - np.float32(self.mean)) / np.float32(self.deviation)


def transformer_name(width, patch, image_size):
    """What papers call a vision transformer, such as `vitl14`."""
    size = _SIZES.get(width, f"{width}-")
    return f"vit{size}{patch}" + ("" if image_size == 224 else f"-{image_size}")


def array_of(arrays, name):
    """The array of a name, float32.

    Raises:
        ValueError: if there is none.
    """
    if name not in arrays:
        raise ValueError(
            "The file must be a state dict of this network. Received: "
            f"{len(arrays)} arrays, none named {name!r}"
        )
    return arrays[name].astype("float32")


def affine_of(arrays, name):
    """The `Affine` of a layer of PyTorch."""
    return Affine(array_of(arrays, f"{name}.weight"), array_of(arrays, f"{name}.bias"))


def normalization_of(arrays, name):
    """The `Normalization` of a layer of PyTorch."""
    return Normalization(*affine_of(arrays, name))


def _arrays(path):
    try:
        return load_torch_state_dict(path)
    except ValueError as error:
        raise ValueError(
            "The file must be a state dict. Of a TorchScript file, write one in "
            "PyTorch: torch.save(torch.jit.load(path).state_dict(), other_path). "
            f"{error}"
        ) from error
