"""ReACGAN: a conditional GAN whose head compares images with one another."""

import keras
import numpy as np
from keras import layers, ops

from keras_s3gan.losses import data_to_data_cross_entropy, has_label, labelled_count
from keras_s3gan.models.acgan import check_classes
from keras_s3gan.models.gan import GAN
from keras_s3gan.validation import check_integer


@keras.saving.register_keras_serializable("keras_s3gan")
class ReACGAN(GAN):
    """A conditional GAN with an embedding of images and a proxy of each class.

    The head is a linear embedding of the discriminator's features. Its loss, in both
    networks' losses, is `data_to_data_cross_entropy`: images of a class lie near the
    proxy of the class, away from images of other classes. The discriminator's part is
    of the labelled real images, the generator's part of its own images.

    Images are compared within a batch: with replicas, within the batch of all of them;
    with gradient accumulation, within each microbatch. So a batch needs labelled images
    of more than one class.

    Args:
        generator: `keras_s3gan.networks.Generator` with classes.
        discriminator: `keras_s3gan.networks.Discriminator` for the same images, without
            classes: the head replaces the class projection. With classes, the same
            ones, there are both.
        weight_class_loss: float. In both losses. Defaults to `0.5`.
        margin: float in [0, 1]. Cosine up to which images are drawn to their proxy;
            those of other classes are pushed apart beyond `1 - margin`. Defaults to
            `0.98`.
        temperature: float > 0. Defaults to `0.5`.
        embedding_dim: int. Defaults to `512`.
        **kwargs: as in `GAN`.

    Call arguments, Returns: as in `GAN`.

    Raises:
        ValueError: if the generator has no classes, the discriminator has others, an
            argument is out of range, or as in `GAN`.

    Example:
        >>> gan = ReACGAN(SmallGenerator(32, 1, 10), SmallDiscriminator(32, 1))
        >>> gan.compile("adam", "adam")
        >>> gan.fit(images, labels, batch_size=64, epochs=10)  # -1: no label

    Reference:
        - Kang et al., 2021, https://arxiv.org/abs/2111.01118
    """

    shared_attributes = ("image_shape", "data_format")

    def __init__(
        self,
        generator,
        discriminator,
        weight_class_loss=0.5,
        margin=0.98,
        temperature=0.5,
        embedding_dim=512,
        **kwargs,
    ):
        if not 0 <= margin <= 1:
            raise ValueError(f"`margin` must be in [0, 1]. Received: margin={margin}")
        if temperature <= 0:
            raise ValueError(
                f"`temperature` must be positive. Received: temperature={temperature}"
            )
        check_integer("embedding_dim", embedding_dim)
        super().__init__(generator, discriminator, **kwargs)
        self.weight_class_loss = weight_class_loss
        self.margin = margin
        self.temperature = temperature
        self.embedding_dim = embedding_dim
        self.image_embedding = self._linear_head(embedding_dim, "image_embedding")
        # Their length does not matter: there is nothing to normalize.
        self.class_proxies = layers.Dense(
            embedding_dim,
            use_bias=False,
            kernel_initializer="orthogonal",
            dtype=discriminator.dtype_policy,
            name="class_proxies",
        )
        self.class_proxies.build((None, self.num_classes))
        self._add_metrics("class_loss_real", "class_loss_fake", "label_fraction")

    def _check_networks(self, generator, discriminator):
        super()._check_networks(generator, discriminator)
        check_classes(generator, discriminator)

    @property
    def heads(self):
        return [*super().heads, self.image_embedding, self.class_proxies]

    def _class_loss(self, features, labels_one_hot, count=None):
        features = features[: labels_one_hot.shape[0]]
        return data_to_data_cross_entropy(
            self.image_embedding(features, training=self.in_training),
            self.class_proxies(labels_one_hot),
            labels_one_hot,
            self.margin,
            self.temperature,
            count,
        )

    def _discriminator_heads(self, real, fake, real_features, fake_features):
        label_mask = has_label(real.labels_one_hot)
        count = real.num_labelled
        count = labelled_count(label_mask) if count is None else count
        loss = self._class_loss(real_features, real.labels_one_hot, count)
        values = {
            "class_loss_real": (loss, count),
            "label_fraction": ops.mean(label_mask),
        }
        return self.weight_class_loss * loss, values

    def _generator_heads(self, fake, features):
        loss = self._class_loss(features, fake.labels_one_hot)
        weight = self.conditional_weight * self.weight_class_loss
        return weight * loss, {"class_loss_fake": loss}

    def predict_labels(self, images, batch_size=64):
        """The classes whose proxies are nearest to the embeddings of images.

        Args:
            images: `[N, H, W, C]` in [-1, 1], channels last on every data format.
            batch_size: int. Images per call of the network.

        Returns:
            int32 array `[N]`.
        """
        embeddings = self._head_outputs(self.image_embedding, images, batch_size)
        proxies = ops.convert_to_numpy(self.class_proxies.kernel)
        proxies = proxies / np.linalg.norm(proxies, axis=1, keepdims=True)
        return np.argmax(embeddings @ proxies.T, axis=1).astype("int32")

    def get_config(self):
        return {
            **super().get_config(),
            "weight_class_loss": self.weight_class_loss,
            "margin": self.margin,
            "temperature": self.temperature,
            "embedding_dim": self.embedding_dim,
        }
