"""Reusable Keras layers, one per file."""

from keras_s3gan.deprecation import moved
from keras_s3gan.layers.adaptive_augmentation import AdaptiveAugmentation
from keras_s3gan.layers.batch_normalization import BatchNormalization
from keras_s3gan.layers.class_projection import ClassProjection
from keras_s3gan.layers.conditional_batch_normalization import (
    ConditionalBatchNormalization,
)
from keras_s3gan.layers.convolution import Convolution, TransposedConvolution
from keras_s3gan.layers.diff_augment import DiffAugment
from keras_s3gan.layers.image_augmentation import ImageAugmentation
from keras_s3gan.layers.kernel_normalization import with_kernel_normalization
from keras_s3gan.layers.layer_normalization import LayerNormalization
from keras_s3gan.layers.one_hot import to_one_hot
from keras_s3gan.layers.q_head import QHead
from keras_s3gan.layers.random_affine import RandomAffine
from keras_s3gan.layers.resampling import average_pool, max_pool, upsample
from keras_s3gan.layers.rotation import (
    NUM_ROTATIONS,
    RotationHead,
    rotate,
    rotation_labels,
    rotations,
)
from keras_s3gan.layers.self_attention import SelfAttention2D
from keras_s3gan.layers.self_modulated_batch_normalization import (
    SelfModulatedBatchNormalization,
)
from keras_s3gan.layers.spectral_normalization import SpectralNormalization
from keras_s3gan.layers.standing_statistics import accumulate_standing_statistics
from keras_s3gan.layers.weight_normalization import WeightNormalization

__all__ = [
    "NUM_ROTATIONS",
    "AdaptiveAugmentation",
    "BatchNormalization",
    "ClassProjection",
    "ConditionalBatchNormalization",
    "Convolution",
    "DiffAugment",
    "ImageAugmentation",
    "LayerNormalization",
    "QHead",
    "RandomAffine",
    "RotationHead",
    "SelfAttention2D",
    "SelfModulatedBatchNormalization",
    "SpectralNormalization",
    "TransposedConvolution",
    "WeightNormalization",
    "accumulate_standing_statistics",
    "average_pool",
    "max_pool",
    "rotate",
    "rotation_labels",
    "rotations",
    "to_one_hot",
    "upsample",
    "with_kernel_normalization",
]

__getattr__ = moved(__name__, {"CodeHead": "QHead", "label_rows": "to_one_hot"})
