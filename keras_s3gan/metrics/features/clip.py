"""CLIP's image network as a feature extractor."""

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
    quick_gelu,
)

_HEAD_WIDTH = 64


class CLIPExtractor(PretrainedTransformer):
    """The image network of CLIP, a vision transformer, with its projection.

    It is trained on pictures and their captions. Scores with it are named
    `fid5k_train@clip-vitl14`. Images are rounded to uint8 and resized to the network's
    size; a single channel is repeated to three.

    Args:
        path: str or `Path` of a state dict of OpenAI's CLIP or of OpenCLIP, whose image
            network is a ViT, which any backend reads; or of the folder of a preset of
            KerasHub's `CLIPBackbone`, which needs `keras-hub`. Nothing is downloaded.
        quick_gelu: bool. Whether the file is of a network with `x sigmoid(1.702 x)`, as
            OpenAI's are, in place of the Gaussian error linear unit of most others.
            A preset says it itself.
        resize: one of `keras_s3gan.metrics.RESIZES`. `"clean_quantized"` is Pillow's
            bicubic filter on bytes.
        batch_size: int. Number of images per call of the network.
        sha256: str. Required start of the SHA-256 of the file, or of a preset's
            configuration and weights. Defaults to any. Records hold all of it.

    Raises:
        ValueError: if there is no such file, it is a different one, or KerasHub is
            missing for a folder; the message says what to do.

    Example:
        >>> extractor = CLIPExtractor("clip_vitl14.pt")
        >>> extractor.features(images).shape
        (64, 768)

    Reference:
        - Radford et al., 2021, https://arxiv.org/abs/2103.00020
    """

    family = "CLIP"
    file = "a state dict of CLIP or OpenCLIP"
    backbone = "CLIPBackbone"
    mean = (0.48145466, 0.4578275, 0.40821073)
    deviation = (0.26862954, 0.26130258, 0.27577711)

    def __init__(
        self,
        path,
        quick_gelu=True,
        resize="clean_quantized",
        batch_size=64,
        sha256="",
    ):
        self.quick_gelu = quick_gelu
        super().__init__(path, resize, batch_size, sha256)

    def from_arrays(self, arrays):
        patches = array_of(arrays, "visual.conv1.weight")
        if "visual.class_embedding" not in arrays:
            raise ValueError(
                "The image network must be a ViT. Received: arrays without "
                "'visual.class_embedding'"
            )
        width, patch = patches.shape[0], patches.shape[-1]
        positions = array_of(arrays, "visual.positional_embedding")
        image_size = patch * round((len(positions) - 1) ** 0.5)
        self.label = f"clip-{transformer_name(width, patch, image_size)}"
        self.label += "" if self.quick_gelu else "-gelu"
        positions[0] += array_of(arrays, "visual.class_embedding")
        blocks = [
            name
            for name in arrays
            if name.startswith("visual.") and name.endswith(".attn.in_proj_weight")
        ]
        weights = TransformerWeights(
            patches=Affine(patches, np.zeros(width, "float32")),
            positions=positions,
            first=normalization_of(arrays, "visual.ln_pre"),
            blocks=[
                _block(arrays, f"visual.transformer.resblocks.{index}.")
                for index in range(len(blocks))
            ],
            last=normalization_of(arrays, "visual.ln_post"),
            projection=array_of(arrays, "visual.proj"),
        )
        return build_vision_transformer(
            weights,
            image_size,
            max(1, width // _HEAD_WIDTH),
            epsilon=1e-5,
            activation=quick_gelu if self.quick_gelu else _gelu,
        )

    def from_preset(self, backbone):
        encoder = backbone.vision_encoder
        image_size = encoder.image_shape[0]
        name = transformer_name(encoder.hidden_dim, encoder.patch_size, image_size)
        self.label = f"clip-{name}"
        image = keras.Input((image_size, image_size, 3), dtype="float32", name="image")
        return keras.Model(image, backbone.get_vision_embeddings(image), name="clip")


def _gelu(x):
    return keras.activations.gelu(x, approximate=False)


def _block(arrays, name):
    return TransformerBlock(
        before_attention=normalization_of(arrays, f"{name}ln_1"),
        attention=Affine(
            array_of(arrays, f"{name}attn.in_proj_weight"),
            array_of(arrays, f"{name}attn.in_proj_bias"),
        ),
        attended=affine_of(arrays, f"{name}attn.out_proj"),
        before_mlp=normalization_of(arrays, f"{name}ln_2"),
        up=affine_of(arrays, f"{name}mlp.c_fc"),
        down=affine_of(arrays, f"{name}mlp.c_proj"),
    )
