"""The networks of torch-mimicry for 32 pixels, out of this package's factory."""

import math

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.models import GAN, SSGAN
from keras_s3gan.networks import Discriminator, Generator, ResidualBlock
from keras_s3gan.networks.layer_factory import LayerFactory

IMAGE_SIZE, CHANNELS, LATENT_DIM, CLASSES = 32, 3, 128, 10
INITIALIZER = "glorot_uniform"


class MimicryGenerator(Generator):
    """Three blocks of one width, whose shortcuts are 1x1 convolutions.

    Args:
        num_classes: int for conditional batch normalization, or `None` for plain.
        width: int. Channels everywhere.
    """

    image_size, channels, latent_dim = IMAGE_SIZE, CHANNELS, LATENT_DIM
    data_format = "channels_last"

    def __init__(self, num_classes=None, width=256, name="generator", **kwargs):
        factory = LayerFactory(
            INITIALIZER,
            normalization="batch" if num_classes is None else "conditional_batch",
            data_format=self.data_format,
        )
        inputs, labels = self.make_inputs(LATENT_DIM, num_classes)
        vectors = factory.dense(inputs[0], 4 * 4 * width, "first_linear")
        images = factory.as_images(vectors, 4, width, "first_images")
        for number in (1, 2, 3):
            images = factory.block(
                ResidualBlock, images, width, "up", f"block_{number}", labels
            )
        factory.normalization = "batch"
        images = ops.relu(factory.normalize(images, "last_norm"))
        images = factory.convolution(images, CHANNELS, 3, "last_convolution")
        images = factory.image_values(images, "tanh")
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        self._keep_arguments(locals())


class BareBlock(ResidualBlock):
    """Without the first relu, and without normalization."""

    def call(self, inputs, condition=None, training=False):
        outputs = backend.call(self, self.convolution_1, inputs, training=training)
        outputs = backend.call(
            self, self.convolution_2, ops.relu(outputs), training=training
        )
        if self.shortcut_convolution is None:
            return outputs + inputs
        return outputs + self._convolved_shortcut(inputs, training)


class MimicryDiscriminator(Discriminator):
    """Four blocks of one width; those that halve have a convolved shortcut.

    All but the first rectify what they are given. In torch-mimicry that happens in
    place, so that their shortcuts get it, too.

    Args:
        num_classes: int for a projection, or `None`.
        width: int. Channels everywhere.
    """

    def __init__(self, num_classes=None, width=128, name="discriminator", **kwargs):
        factory = LayerFactory(INITIALIZER, "spectral", data_format="channels_last")
        inputs = images = self.make_input(IMAGE_SIZE, CHANNELS, "channels_last")
        for number in (1, 2, 3, 4):
            halves = number < 3
            images = factory.block(
                BareBlock,
                images if number == 1 else ops.relu(images),
                width,
                "down" if halves else None,
                f"block_{number}",
                shortcut="convolution" if halves else "identity",
            )
        features = factory.pool(ops.relu(images), "sum")
        logits = factory.dense(features, 1, "last_linear")
        trunk = keras.Model(inputs, [logits, features], name="trunk")
        super().__init__(trunk, num_classes, "spectral", name=name, **kwargs)
        self._keep_arguments(locals())


def build(model, width, discriminator_steps, batch_size):
    """Our GAN for one of torch-mimicry's, compiled.

    Args:
        model: `"sngan"`, `"ssgan"` or `"cgan_pd"`.
        width: int. Channels of the discriminator; the generator has twice as many.
        discriminator_steps: int.
        batch_size: int.
    """
    classes = CLASSES if model == "cgan_pd" else None
    # As many images in the rotation loss as torch-mimicry has there: those of a batch.
    kind, extra = GAN, {}
    if model == "ssgan":
        kind, extra = SSGAN, {"rotated_batch_size": batch_size}
    gan = kind(
        MimicryGenerator(classes, 2 * width),
        MimicryDiscriminator(classes, width),
        discriminator_steps=discriminator_steps,
        seed=0,
        **extra,
    )
    gan.compile(*(keras.optimizers.Adam(2e-4, 0.0, 0.9) for _ in range(2)))
    return gan


def count(variables):
    """How many numbers variables hold."""
    return sum(math.prod(variable.shape) for variable in variables)
