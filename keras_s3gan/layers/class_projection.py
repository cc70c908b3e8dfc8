"""The projection head of a conditional discriminator."""

import keras
from keras import ops

from keras_s3gan.layers.kernel_normalization import with_kernel_normalization


@keras.saving.register_keras_serializable("keras_s3gan")
class ClassProjection(keras.layers.Layer):
    """Inner product of image features with the embedding of a class.

    `⟨features, labels · E⟩`, one number per image. Soft labels mix embeddings; a label
    of zeros gives 0.

    Args:
        num_classes: int >= 1.
        kernel_normalization: of the embedding E, see `with_kernel_normalization`.
            Defaults to `None`.
        kernel_initializer: Defaults to `"glorot_normal"`.

    Call arguments:
        features: `[N, D]`, any float dtype.
        labels: `[N, num_classes]`, one-hot or soft, see `to_one_hot`.
        training: bool. Updates the vector of spectral normalization.

    Returns:
        `[N, 1]` in the compute dtype.

    Raises:
        ValueError: if `num_classes` is less than 1 or `labels` has another width.

    Example:
        >>> ClassProjection(10)(features, to_one_hot(labels, 10)).shape
        (64, 1)

    Reference:
        - Miyato & Koyama, 2018, https://arxiv.org/abs/1802.05637
    """

    def __init__(
        self,
        num_classes,
        kernel_normalization=None,
        kernel_initializer="glorot_normal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        if num_classes < 1:
            raise ValueError(
                f"`num_classes` must be at least 1. Received: num_classes={num_classes}"
            )
        self.num_classes = num_classes
        self.kernel_normalization = kernel_normalization
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, features_shape, labels_shape=None):
        if labels_shape is not None and labels_shape[-1] != self.num_classes:
            raise ValueError(
                f"`labels` must have num_classes={self.num_classes} columns. "
                f"Received: labels of shape {tuple(labels_shape)}"
            )
        self.embedding = with_kernel_normalization(
            keras.layers.Dense(
                features_shape[-1],
                use_bias=False,
                kernel_initializer=self.kernel_initializer.clone(),
                dtype=self.dtype_policy,
                name="embedding",
            ),
            self.kernel_normalization,
        )
        self.embedding.build((None, self.num_classes))

    def call(self, features, labels, training=False):
        embedded = self.embedding(labels)
        return ops.sum(features * embedded, axis=-1, keepdims=True)

    def compute_output_shape(self, features_shape, labels_shape=None):
        return (features_shape[0], 1)

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "kernel_normalization": self.kernel_normalization,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
