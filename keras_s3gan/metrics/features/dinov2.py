"""The feature extractor of FD-DINOv2."""

import keras
import numpy as np

from keras_s3gan.metrics.features.pretrained_transformer import (
    PretrainedTransformer,
    affine_of,
    array_of,
    normalization_of,
    transformer_name,
)
from keras_s3gan.metrics.features.vision_transformer import (
    Affine,
    TransformerBlock,
    TransformerWeights,
    build_vision_transformer,
    resized_positions,
)

_HEAD_WIDTH = 64
_IMAGE_SIZE = 224
# DINOv2's code adds it to the number of patches, against rounding errors.
_OFFSET = 0.1


class DINOv2Extractor(PretrainedTransformer):
    """The DINOv2 network, whose features FD-DINOv2 compares.

    It is trained without labels, and its features agree better with what people see
    than Inception's. Scores with it are named `fid5k_train@dinov2-vitl14`. Images are
    rounded to uint8 and resized to 224 pixels; a single channel is repeated to three.

    Args:
        path: str or `Path` of `dinov2_vitl14_pretrain.pth` or another of ViT-S, -B and
            -L that PyTorch's hub loads for `facebookresearch/dinov2`, which any backend
            reads; or of the folder of a preset of KerasHub's `DINOV2Backbone`, which
            needs `keras-hub`. Nothing is downloaded.
        resize: one of `keras_s3gan.metrics.RESIZES`. `"clean_quantized"` is Pillow's
            bicubic filter on bytes, as in the paper's code.
        batch_size: int. Number of images per call of the network.
        sha256: str. Required start of the SHA-256 of the file, or of a preset's
            configuration and weights. Defaults to any. Records hold all of it.

    Raises:
        ValueError: if there is no such file, it is a different one, or KerasHub is
            missing for a folder; the message says what to do.

    Example:
        >>> extractor = DINOv2Extractor("dinov2_vitl14_pretrain.pth")
        >>> extractor.features(images).shape
        (64, 1024)

    Reference:
        - Oquab et al., 2024, https://arxiv.org/abs/2304.07193
        - as features of scores: Stein et al., 2023, https://arxiv.org/abs/2306.04675
    """

    family = "DINOv2"
    file = "dinov2_vitl14_pretrain.pth, as PyTorch's hub has it"
    backbone = "DINOV2Backbone"
    # Presets are for larger images.
    backbone_settings = {
        "image_shape": (_IMAGE_SIZE, _IMAGE_SIZE, 3),
        "data_format": "channels_last",
    }
    # Of ImageNet.
    mean = (0.485, 0.456, 0.406)
    deviation = (0.229, 0.224, 0.225)

    def __init__(self, path, resize="clean_quantized", batch_size=64, sha256=""):
        super().__init__(path, resize, batch_size, sha256)

    def from_arrays(self, arrays):
        patches = array_of(arrays, "patch_embed.proj.weight")
        width, patch = patches.shape[0], patches.shape[-1]
        for name in ("register_tokens", "blocks.0.mlp.w12.weight"):
            if name in arrays:
                raise ValueError(
                    "The file must be ViT-S, ViT-B or ViT-L without registers. "
                    f"Received: a file with {name!r}"
                )
        image_size = _IMAGE_SIZE // patch * patch
        self.label = f"dinov2-{transformer_name(width, patch, image_size)}"
        positions = array_of(arrays, "pos_embed")[0]
        positions = resized_positions(positions, image_size // patch, _OFFSET)
        positions[0] += array_of(arrays, "cls_token")[0, 0]
        count = len([name for name in arrays if name.endswith(".attn.qkv.weight")])
        weights = TransformerWeights(
            patches=Affine(patches, array_of(arrays, "patch_embed.proj.bias")),
            positions=positions,
            first=None,
            blocks=[_block(arrays, f"blocks.{index}.") for index in range(count)],
            last=normalization_of(arrays, "norm"),
            projection=None,
        )
        return build_vision_transformer(
            weights,
            image_size,
            max(1, width // _HEAD_WIDTH),
            epsilon=1e-6,
            activation=lambda x: keras.activations.gelu(x, approximate=False),
        )

    def from_preset(self, backbone):
        name = transformer_name(backbone.hidden_dim, backbone.patch_size, _IMAGE_SIZE)
        registers = backbone.num_register_tokens
        self.label = f"dinov2-{name}" + (f"-reg{registers}" if registers else "")
        if not registers:
            # KerasHub's interpolation is not quite DINOv2's.
            embeddings = backbone.embeddings
            positions = keras.ops.convert_to_numpy(embeddings.position_embeddings)
            size = _IMAGE_SIZE // backbone.patch_size
            positions = resized_positions(positions[0], size, _OFFSET)
            embeddings.interpolated_position_embeddings.assign(positions[np.newaxis])
        shape = self.backbone_settings["image_shape"]
        image = keras.Input(shape, dtype="float32", name="image")
        return keras.Model(image, backbone({"images": image})[:, 0], name="dinov2")


def _block(arrays, name):
    return TransformerBlock(
        before_attention=normalization_of(arrays, f"{name}norm1"),
        attention=affine_of(arrays, f"{name}attn.qkv"),
        attended=_scaled(arrays, f"{name}attn.proj", f"{name}ls1.gamma"),
        before_mlp=normalization_of(arrays, f"{name}norm2"),
        up=affine_of(arrays, f"{name}mlp.fc1"),
        down=_scaled(arrays, f"{name}mlp.fc2", f"{name}ls2.gamma"),
    )


def _scaled(arrays, name, scale):
    """The layer and the scale after it, as one."""
    matrix, bias = affine_of(arrays, name)
    scale = array_of(arrays, scale)
    return Affine(scale[:, np.newaxis] * matrix, scale * bias)
