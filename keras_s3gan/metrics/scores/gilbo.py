"""GILBO: a lower bound on the information that an image gives about its latent."""

import keras
import numpy as np
from keras import ops

from keras_s3gan.metrics.features import classifier_network
from keras_s3gan.validation import check_integer


def gilbo(
    generate,
    draw,
    entropy,
    steps=2000,
    batch_size=64,
    evaluated=5000,
    learning_rate=1e-3,
    seed=0,
    verbose=0,
):
    """Computes the generative information lower bound (GILBO), in nats.

    `I(x; z) ≥ E[log e(z | x)] + H(z)`. The encoder `e` predicts a normal distribution
    with a mean and a standard deviation per latent variable. It is trained on generated
    images and evaluated on others. Any encoder gives a lower bound; a better encoder
    gives a higher one. Images have random classes, as the encoder predicts the latent
    only.

    Args:
        generate: callable from latents `[N, D]` and a seed to images `[N, H, W, C]` in
            `[-1, 1]`.
        draw: callable from a `numpy.random.Generator` and N to latents `[N, D]`.
        entropy: float. Differential entropy of the latent distribution, in nats:
            `D / 2 · log(2πe)` for a standard normal distribution.
        steps: int. Training steps of the encoder.
        batch_size: int.
        evaluated: int, at least 2. Number of images that the bound is evaluated on.
        learning_rate: float. It decays to 0 along a cosine.
        seed: int. Seed of the latents and of the encoder's initial weights.
        verbose: int. 1 shows Keras' progress bar.

    Returns:
        A dict: `value` in nats, its `standard_error`, `n_trained` and `n_evaluated`.

    Raises:
        ValueError: if a number is too small.

    Example:
        >>> gan = GAN(SmallGenerator(32, 1), SmallDiscriminator(32, 1))
        >>> bound = gilbo(
        ...     lambda latents, seed: gan.generate(len(latents), latents=latents),
        ...     lambda random, count: random.normal(size=(count, 64)),
        ...     entropy=32 * np.log(2 * np.pi * np.e),
        ...     steps=10,
        ...     evaluated=100,
        ... )
        >>> sorted(bound)
        ['n_evaluated', 'n_trained', 'standard_error', 'value']

    Reference:
        - Alemi & Fischer, 2018, https://arxiv.org/abs/1802.04874
    """
    for name, value, least in (
        ("steps", steps, 1),
        ("batch_size", batch_size, 1),
        ("evaluated", evaluated, 2),
    ):
        check_integer(name, value, least)
    random = np.random.default_rng(seed)

    def batches(count):
        while True:
            latents = draw(random, count).astype("float32")
            yield generate(latents, int(random.integers(2**31))), latents

    pairs = batches(batch_size)
    images, latents = next(pairs)
    encoder = _encoder(images.shape[1:], latents.shape[1], seed)
    decay = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    encoder.compile(
        keras.optimizers.Adam(decay),
        _negative_log_likelihood,
        jit_compile=classifier_network.jit_compile(),
    )
    encoder.fit(pairs, steps_per_epoch=steps, shuffle=False, verbose=verbose)
    losses = []
    while sum(map(len, losses)) < evaluated:
        images, latents = next(pairs)
        outputs = encoder.predict_on_batch(images)
        loss = _negative_log_likelihood(
            ops.convert_to_tensor(latents), ops.convert_to_tensor(outputs)
        )
        losses.append(ops.convert_to_numpy(loss))
    bounds = entropy - np.concatenate(losses)[:evaluated].astype("float64")
    return {
        "value": float(bounds.mean()),
        "standard_error": float(bounds.std(ddof=1) / np.sqrt(evaluated)),
        "n_trained": steps * batch_size,
        "n_evaluated": evaluated,
    }


def _encoder(image_shape, latent_dim, seed):
    """Builds the encoder: images to means and log standard deviations `[N, 2 D]`."""
    image, features = classifier_network.trunk(
        image_shape, classifier_network.initializers(seed)
    )
    outputs = keras.layers.Dense(
        2 * latent_dim, kernel_initializer="zeros", dtype="float32", name="code"
    )(features)
    return keras.Model(image, outputs)


def _negative_log_likelihood(latents, outputs):
    """Computes `-log e(z | x)` of each image, in nats."""
    mean, log_deviation = ops.split(ops.cast(outputs, "float32"), 2, axis=-1)
    error = (latents - mean) * ops.exp(-log_deviation)
    terms = 0.5 * ops.square(error) + log_deviation + 0.5 * float(np.log(2 * np.pi))
    return ops.sum(terms, axis=-1)
