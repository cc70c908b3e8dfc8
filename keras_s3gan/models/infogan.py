"""InfoGAN: a GAN whose images show a code."""

import keras
import numpy as np
from keras import ops

from keras_s3gan.layers.code_head import CodeHead
from keras_s3gan.models.codes import CodedLatents
from keras_s3gan.models.gan import GAN


@keras.saving.register_keras_serializable("keras_s3gan")
class InfoGAN(GAN):
    """A GAN that finds categories and directions of variation without labels.

    Part of the latent is a code: categories, and numbers in [-1, 1]. A head on the
    discriminator's features reads it from generated images. Generator and discriminator
    both learn to make that easy, which raises a lower bound of the mutual information
    of code and image: the cross-entropy of each category falls, and so does half the
    squared error of each number, the log-likelihood of a normal distribution of
    deviation 1.

    Args:
        generator: `keras_s3gan.networks.Generator`, whose `latent_dim` has room for the
            code: the noise comes first, then a one-hot row for each category, then the
            numbers.
        discriminator: as in `GAN`.
        categorical_codes: tuple of ints >= 2. How many values each category has.
            Defaults to `(10,)`.
        continuous_codes: int >= 0. How many numbers. Defaults to `2`.
        weight_categorical: float. In both losses. Defaults to `1.0`.
        weight_continuous: float. In both losses, less than the other so that numbers
            do not outweigh the game. Defaults to `0.1`.
        hidden_units: int. Of the head. Defaults to `128`.
        **kwargs: as in `GAN`; `latent_distribution` is that of the noise, the
            paper's is `"uniform"`.

    Raises:
        ValueError: if there is no code, the latents have no room for it, or as in
            `GAN`.

    Example:
        >>> gan = InfoGAN(InfoGANGenerator(28, 1), InfoGANDiscriminator(28, 1))
        >>> gan.compile("adam", "adam", loss="non_saturating")
        >>> gan.fit(images, batch_size=64, epochs=10)
        >>> gan.generate(8, gan.sample_latents(8, categories=[3]))

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
        self.code_head = CodeHead(
            self._latents.length,
            hidden_units,
            discriminator.kernel_normalization,
            dtype=discriminator.dtype_policy,
            name="code_head",
        )
        self.code_head.build((None, discriminator.feature_dim))
        if categorical_codes:
            self._track_also("categorical_code_loss", "categorical_code_accuracy")
        if continuous_codes:
            self._track_also("continuous_code_loss")

    @property
    def heads(self):
        return [*super().heads, self.code_head]

    def _code_loss(self, fake, features):
        """How badly the code is read from the images: `(loss, values)`."""
        features = features[: fake.images.shape[0]]
        outputs = ops.cast(self.code_head(features, training=True), "float32")
        logits, means = self._latents.split(outputs)
        rows, numbers = self._latents.split(self._latents.code_of(fake.latents))
        loss, values = 0.0, {}
        if rows:
            entropies = [
                ops.categorical_crossentropy(known, read, from_logits=True)
                for known, read in zip(rows, logits, strict=True)
            ]
            correct = [
                ops.argmax(known, -1) == ops.argmax(read, -1)
                for known, read in zip(rows, logits, strict=True)
            ]
            entropy = ops.mean(sum(entropies))
            values["categorical_code_loss"] = entropy
            values["categorical_code_accuracy"] = ops.mean(
                ops.cast(ops.stack(correct), "float32")
            )
            loss = loss + self.weight_categorical * entropy
        if self.continuous_codes:
            error = 0.5 * ops.mean(ops.sum(ops.square(means - numbers), axis=-1))
            values["continuous_code_loss"] = error
            loss = loss + self.weight_continuous * error
        return loss, values

    def _discriminator_heads(self, real, fake, real_features, fake_features):
        # What is tracked is what the generator gets to see, after this update.
        loss, _ = self._code_loss(fake, fake_features)
        return loss, {}

    def _generator_heads(self, fake, features):
        return self._code_loss(fake, features)

    def sample_latents(self, count, seed=0, categories=None, continuous=None):
        """As in `GAN`, with a code of one's choice.

        Args:
            count, seed: as there.
            categories: integers `[count, number of categories]`, or a row for all, or
                `None` for random ones.
            continuous: floats `[count, continuous_codes]`, or a row for all, or `None`.

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
        """The code that the head reads from images.

        Args:
            images: `[N, H, W, C]` in [-1, 1], channels last on every data format.
            batch_size: int. Images at a time.

        Returns:
            `(categories, continuous)`: arrays `[N, number of categories]`, int32, and
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
