"""Penalties on logits that change with an augmentation, or a little of the latent."""

import keras
from keras import ops

from keras_s3gan.layers import DiffAugment, ImageAugmentation
from keras_s3gan.penalties.penalty import Penalty


@keras.saving.register_keras_serializable("keras_s3gan")
class BalancedConsistency(keras.layers.Layer):
    """Penalizes logits that an augmentation changes: bCR.

    `λ_real mean((D(T(x)) - D(x))²) + λ_fake mean((D(T(x̃)) - D(x̃))²)`. All logits are of
    one call of the discriminator. It is a layer because the augmentation has a random
    state.

    Args:
        augmentation: `keras_s3gan.layers.ImageAugmentation`. Defaults to
            `DiffAugment(("translation", "flip"))`.
        real_weight: float >= 0. λ of real images. Defaults to `10.0`.
        fake_weight: float >= 0. λ of generated images; `0` is CR, which makes no copies
            of them. Defaults to `10.0`.

    Call arguments:
        real_logits: `[N, 1]`.
        fake_logits: `[M, 1]`.
        real_copy_logits, fake_copy_logits: of the augmented images, or of none.

    Returns:
        A scalar in float32.

    Raises:
        ValueError: if the augmentation is none, or a weight is negative.

    Example:
        >>> gan = GAN(generator, discriminator, penalty="balanced_consistency")

    Reference:
        - Zhao et al., 2020, https://arxiv.org/abs/2002.04724
        - CR: Zhang et al., 2020, https://arxiv.org/abs/1910.12027
    """

    acts_on = "copies"
    differentiates = False
    default_weight = 1.0

    def __init__(self, augmentation=None, real_weight=10.0, fake_weight=10.0, **kwargs):
        super().__init__(**{"autocast": False, "dtype": "float32", **kwargs})
        if augmentation is None:
            augmentation = DiffAugment(("translation", "flip"))
        if not isinstance(augmentation, ImageAugmentation):
            raise ValueError(
                "`augmentation` must be an ImageAugmentation, such as DiffAugment(). "
                f"Received: augmentation={augmentation}"
            )
        for name, value in (("real_weight", real_weight), ("fake_weight", fake_weight)):
            if value < 0:
                raise ValueError(
                    f"`{name}` must not be negative. Received: {name}={value}"
                )
        self.augmentation = augmentation
        self.real_weight = real_weight
        self.fake_weight = fake_weight
        self.built = True

    def copies(self, real, fake, seed):
        """The augmented images: a pair, with `None` for a kind of weight 0."""
        del seed  # The augmentation has its own.
        return tuple(
            self.augmentation(images, training=True) if weight else None
            for images, weight in ((real, self.real_weight), (fake, self.fake_weight))
        )

    def call(self, real_logits, fake_logits, real_copy_logits, fake_copy_logits):
        penalty = 0.0
        if self.real_weight:
            changes = _squared_changes(real_logits, real_copy_logits)
            penalty = penalty + self.real_weight * changes
        if self.fake_weight:
            changes = _squared_changes(fake_logits, fake_copy_logits)
            penalty = penalty + self.fake_weight * changes
        return penalty

    def compute_output_shape(self, *shapes):
        return ()

    def get_config(self):
        return {
            **super().get_config(),
            "augmentation": keras.saving.serialize_keras_object(self.augmentation),
            "real_weight": self.real_weight,
            "fake_weight": self.fake_weight,
        }

    @classmethod
    def from_config(cls, config):
        part = keras.saving.deserialize_keras_object(config["augmentation"])
        return cls(**{**config, "augmentation": part})


@keras.saving.register_keras_serializable("keras_s3gan")
class LatentConsistency(Penalty):
    """Penalizes logits that a little of the latent changes: zCR.

    Beside every latent z there is a neighbour `z + σ n`, n normal. The discriminator's
    penalty is `mean((D(G(z + σ n)) - D(G(z)))²)`. From the generator's loss is taken
    `λ mean((G(z + σ n) - G(z))²)`, a mean over all values, so that its images do not
    become alike. The generator makes twice as many images in a step.

    Args:
        deviation: float > 0. σ. Defaults to `0.05`.
        generator_weight: float >= 0. λ. Defaults to `0.5`.

    Call arguments:
        real_logits: `[N, 1]`.
        fake_logits: `[M, 1]`.
        real_copy_logits: of no images.
        fake_copy_logits: `[M, 1]`, of the images of the neighbours.

    Returns:
        A scalar in float32.

    Raises:
        ValueError: if an argument is out of range.

    Example:
        >>> penalties = ["balanced_consistency", "latent_consistency"]
        >>> gan = GAN(generator, discriminator, penalty=penalties)

    Reference:
        - Zhao et al., 2020, https://arxiv.org/abs/2002.04724
    """

    acts_on = "copies"
    default_weight = 20.0

    def __init__(self, deviation=0.05, generator_weight=0.5):
        if deviation <= 0:
            raise ValueError(
                f"`deviation` must be positive. Received: deviation={deviation}"
            )
        if generator_weight < 0:
            raise ValueError(
                "`generator_weight` must not be negative. "
                f"Received: generator_weight={generator_weight}"
            )
        self.deviation = deviation
        self.generator_weight = generator_weight

    def with_neighbours(self, latents, seed):
        """Each latent and its neighbour: `[N, 2, latent_dim]` of `[N, latent_dim]`."""
        noise = keras.random.normal(latents.shape, seed=seed)
        return ops.stack([latents, latents + self.deviation * noise], axis=1)

    def generator_term(self, images, neighbours):
        """What is added to the generator's loss.

        Args:
            images, neighbours: `[N, …]`.
        """
        return -self.generator_weight * _squared_changes(images, neighbours)

    def __call__(self, real_logits, fake_logits, real_copy_logits, fake_copy_logits):
        return _squared_changes(fake_logits, fake_copy_logits)

    def get_config(self):
        return {
            "deviation": self.deviation,
            "generator_weight": self.generator_weight,
        }


def _squared_changes(before, after):
    changes = ops.cast(after, "float32") - ops.cast(before, "float32")
    return ops.mean(ops.square(changes))
