"""InfoGAN: a GAN with an interpretable latent code."""

import keras
import numpy as np
from keras import ops

from keras_s3gan.layers.q_head import QHead
from keras_s3gan.models.codes import CodedLatents
from keras_s3gan.models.gan import GAN


@keras.saving.register_keras_serializable("keras_s3gan")
class InfoGAN(GAN):
    """A GAN that learns categories and continuous factors of variation without labels.

    Part of the latent is a code of categorical and of continuous variables, the latter
    in [-1, 1]. A Q head on the discriminator's features predicts it from generated
    images. Its loss, in both networks' losses, is a bound on the mutual information of
    code and image: the cross-entropy of each category, and half the squared error of
    each continuous variable, the negative log-likelihood of a normal distribution of
    standard deviation 1.

    Args:
        generator: `keras_s3gan.networks.Generator`. Its latents are the noise, then one
            one-hot vector per categorical variable, then the continuous variables;
            `latent_dim` is their total length.
        discriminator: as in `GAN`.
        categorical_codes: tuple of ints >= 2. Number of values of each categorical
            variable. Defaults to `(10,)`.
        continuous_codes: int >= 0. Number of continuous variables. Defaults to `2`.
        weight_categorical: float. In both losses. Defaults to `1.0`.
        weight_continuous: float. In both losses; smaller, so that these terms do not
            dominate the adversarial losses. Defaults to `0.1`.
        hidden_units: int. Of the Q head. Defaults to `128`.
        **kwargs: as in `GAN`; `latent_distribution` is that of the noise, the
            paper's is `"uniform"`.

    Call arguments, Returns: as in `GAN`.

    Raises:
        ValueError: if there is no code, it is longer than the latents, or as in `GAN`.

    Example:
        >>> gan = InfoGAN(InfoGANGenerator(32, 1), InfoGANDiscriminator(32, 1))
        >>> gan.compile("adam", "adam", loss="non_saturating")
        >>> gan.fit(images, batch_size=64, epochs=10)
        >>> gan.generate(8, gan.sample_latents(8, categories=[3])).shape
        (8, 32, 32, 1)

    Reference:
        - Chen et al., 2016, https://arxiv.org/abs/1606.03657
    """

    def __init__(
        self,
        generator,
        discriminator,
        categorical_codes=(10,),
        continuous_codes=2,
        weight_categorical=1.0,
        weight_continuous=0.1,
        hidden_units=128,
        **kwargs,
    ):
        super().__init__(generator, discriminator, **kwargs)
        self._latents = CodedLatents(
            generator.latent_dim,
            self.latent_distribution,
            categorical_codes,
            continuous_codes,
        )
        self.categorical_codes = tuple(categorical_codes)
        self.continuous_codes = continuous_codes
        self.weight_categorical = weight_categorical
        self.weight_continuous = weight_continuous
        self.hidden_units = hidden_units
        self.code_head = QHead(
            self._latents.length,
            hidden_units,
            discriminator.kernel_normalization,
            dtype=discriminator.dtype_policy,
            name="code_head",
        )
        self.code_head.build((None, discriminator.feature_dim))
        if categorical_codes:
            self._add_metrics("categorical_code_loss", "categorical_code_accuracy")
        if continuous_codes:
            self._add_metrics("continuous_code_loss")

    @property
    def heads(self):
        return [*super().heads, self.code_head]

    def _code_loss(self, fake, features):
        """The Q head's loss on generated images: `(loss, values)`."""
        features = features[: fake.images.shape[0]]
        outputs = self.code_head(features, training=self.in_training)
        outputs = ops.cast(outputs, "float32")
        logits, means = self._latents.split(outputs)
        categories, continuous = self._latents.split(
            self._latents.code_of(fake.latents)
        )
        loss, values = 0.0, {}
        if categories:
            entropies = [
                ops.categorical_crossentropy(true, predicted, from_logits=True)
                for true, predicted in zip(categories, logits, strict=True)
            ]
            correct = [
                ops.argmax(true, -1) == ops.argmax(predicted, -1)
                for true, predicted in zip(categories, logits, strict=True)
            ]
            entropy = ops.mean(sum(entropies))
            values["categorical_code_loss"] = entropy
            values["categorical_code_accuracy"] = ops.mean(
                ops.cast(ops.stack(correct), "float32")
            )
            loss = loss + self.weight_categorical * entropy
        if self.continuous_codes:
            error = 0.5 * ops.mean(ops.sum(ops.square(means - continuous), axis=-1))
            values["continuous_code_loss"] = error
            loss = loss + self.weight_continuous * error
        return loss, values

    def _discriminator_heads(self, real, fake, real_features, fake_features):
        # The generator's update, which is later, gives the metrics.
        loss, _ = self._code_loss(fake, fake_features)
        return loss, {}

    def _generator_heads(self, fake, features):
        return self._code_loss(fake, features)

    def sample_latents(self, count, seed=0, categories=None, continuous=None):
        """As in `GAN`, with a chosen code.

        Args:
            count, seed: as there.
            categories: integers `[count, number of categorical variables]`, or without
                the first axis for the same ones in all latents, or `None` for random
                ones.
            continuous: floats `[count, continuous_codes]`, or likewise.

        Returns:
            float32 array `[count, latent_dim]`.

        Raises:
            ValueError: if the code is not of that shape, or a category out of range.
        """
        random = np.random.default_rng(seed)
        return self._latents.sample(
            random, count, categories=categories, continuous=continuous
        )

    def predict_codes(self, images, batch_size=64):
        """The code that the Q head predicts from images.

        Args:
            images: `[N, H, W, C]` in [-1, 1], channels last on every data format.
            batch_size: int. Images per call of the network.

        Returns:
            `(categories, continuous)`: arrays `[N, number of variables]`, int32, and
            `[N, continuous_codes]`, float32.
        """
        outputs = self._head_outputs(self.code_head, images, batch_size)
        logits, means = self._latents.split(outputs)
        categories = np.zeros((len(outputs), len(logits)), "int32")
        for index, values in enumerate(logits):
            categories[:, index] = values.argmax(axis=-1)
        return categories, means

    def get_config(self):
        return {
            **super().get_config(),
            "categorical_codes": self.categorical_codes,
            "continuous_codes": self.continuous_codes,
            "weight_categorical": self.weight_categorical,
            "weight_continuous": self.weight_continuous,
            "hidden_units": self.hidden_units,
        }
