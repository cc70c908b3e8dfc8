"""Gradient penalties: functions of a discriminator and two batches.

Each takes `(discriminator, real, fake, rows, seed)`: images `[N, …]`, images `[N, …]`,
rows `[N, num_classes]` or `None`, and an int or a `keras.random.SeedGenerator`; and
returns a scalar in float32.
"""

import keras
from keras import ops

from keras_s3gan import backend


def gradient_norms(discriminator, images, rows=None, floor=1e-4):
    """Length of the gradient of each image's logit with respect to the image.

    Args:
        discriminator: `keras_s3gan.networks.Discriminator`.
        images: `[N, …]`.
        rows: `[N, num_classes]` or `None`.
        floor: float. Added to the squared length, which keeps the gradient of the root
            finite at zero.

    Returns:
        `[N]`, differentiable.
    """

    def logits(images):
        return discriminator(images, labels=rows, training=True)[0]

    gradients = backend.input_gradient(logits, images, discriminator.variables)
    gradients = ops.reshape(ops.cast(gradients, "float32"), (images.shape[0], -1))
    return ops.sqrt(floor + ops.sum(ops.square(gradients), axis=1))


@keras.saving.register_keras_serializable("keras_s3gan")
def wasserstein_gradient_penalty(discriminator, real, fake, rows=None, seed=None):
    """Keeps the gradient at length 1 between real and generated images.

    `mean((‖∇D(x + α (x̃ - x))‖ - 1)²)` with α uniform in [0, 1] for each image.

    Args:
        discriminator, real, fake, rows, seed: see the module.

    Returns:
        A scalar.

    Reference:
        - Gulrajani et al., 2017, https://arxiv.org/abs/1704.00028
    """
    alpha = keras.random.uniform((real.shape[0], 1, 1, 1), seed=seed)
    norms = gradient_norms(discriminator, real + alpha * (fake - real), rows)
    return ops.mean(ops.square(norms - 1.0))


PENALTIES = {"wasserstein_gradient_penalty": wasserstein_gradient_penalty}


def get(identifier):
    """A penalty by name, or as it is; `None` stays `None`.

    Raises:
        ValueError: if there is no such penalty.
    """
    if identifier is None or callable(identifier):
        return identifier
    if identifier in PENALTIES:
        return PENALTIES[identifier]
    raise ValueError(
        f"`penalty` must be None, a function or one of {sorted(PENALTIES)}. "
        f"Received: penalty={identifier}"
    )
