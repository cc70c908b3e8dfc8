"""A small InfoGAN."""

from keras_s3gan.models import InfoGAN
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from tests.models.small import SIZE

# Noise of 3, a category of 2, one of 3, and 2 numbers.
CODES = {"categorical_codes": (2, 3), "continuous_codes": 2}
LATENT = 10


def make(latent_dim=LATENT, kernel_normalization="spectral", **kwargs):
    return InfoGAN(
        SmallGenerator(SIZE, 1, latent_dim=latent_dim, base_channels=2),
        SmallDiscriminator(
            SIZE, 1, base_channels=2, kernel_normalization=kernel_normalization
        ),
        **{**CODES, "seed": 0, "hidden_units": 8, **kwargs},
    )
