"""What every penalty is, and how one is called."""

import inspect

from keras_s3gan import deprecation

_OLD_ARGUMENTS = {"rows": "labels_one_hot", "fake_rows": "fake_labels_one_hot"}


class Penalty:
    """Base of the penalties: callables that return a scalar in float32.

    | `acts_on` | called with |
    | --- | --- |
    | `"images"` | the call arguments below, all by name |
    | `"logits"` | `real_logits`, `fake_logits`, each `[N, 1]` |
    | `"kernels"` | a network |

    A plain function acts on images.

    Call arguments:
        discriminator: `keras_s3gan.networks.Discriminator`.
        real, fake: images, `[N, …]`.
        labels_one_hot, fake_labels_one_hot: `[N, num_classes]`, or `None`.
        seed: int or `keras.random.SeedGenerator`.

    Returns:
        A scalar in float32.

    Attributes:
        acts_on: see above.
        differentiates: bool. Whether it takes the gradient of each image's logit,
            which needs logits that do not depend on the other images of the batch.
        default_weight: float. The published weight.

    Example:
        >>> def squared_logits(discriminator, real, **kwargs):
        ...     return ops.mean(ops.square(discriminator(real, training=True)[0]))
        >>> gan = GAN(generator, discriminator, penalty=squared_logits)
    """

    acts_on = "images"
    differentiates = False
    default_weight = 1.0

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def acts_on(penalty):
    """What a penalty acts on.

    Args:
        penalty: `Penalty` or function.

    Returns:
        `"images"`, `"logits"` or `"kernels"`.

    Example:
        >>> acts_on(LeCam())
        'logits'
    """
    if hasattr(penalty, "sees"):
        deprecation.warn("sees", "acts_on")
        return penalty.sees
    return getattr(penalty, "acts_on", "images")


def weight(penalty, given):
    """The weight of a penalty.

    Args:
        penalty: `Penalty` or function.
        given: float, or `None` for the published weight.

    Returns:
        float.

    Example:
        >>> weight(GradientPenalty(), None)
        10.0
    """
    return getattr(penalty, "default_weight", 1.0) if given is None else given


def call(penalty, discriminator, real, fake, logits, seed):
    """The value of a discriminator's penalty.

    Args:
        penalty: `Penalty` or function.
        discriminator: `keras_s3gan.networks.Discriminator`. It gets labels only if it
            has a class projection.
        real, fake: batches with `images` and `labels_one_hot`.
        logits: pair of the logits of `real` and of `fake`.
        seed: int or `keras.random.SeedGenerator`.

    Returns:
        A scalar in float32.

    Example:
        >>> batch, logits = Batch(images, None), keras.ops.ones((64, 1))
        >>> float(call(LeCam(), discriminator, batch, batch, (logits, logits), seed=0))
        0.0
    """
    kind = acts_on(penalty)
    if kind == "kernels":
        return penalty(discriminator)
    if kind == "logits":
        return penalty(*logits)
    conditional = discriminator.class_projection is not None
    arguments = {
        "discriminator": discriminator,
        "real": real.images,
        "fake": fake.images,
        "labels_one_hot": real.labels_one_hot if conditional else None,
        "fake_labels_one_hot": fake.labels_one_hot if conditional else None,
        "seed": seed,
    }
    names = inspect.signature(penalty).parameters
    for old, new in _OLD_ARGUMENTS.items():
        if old in names:
            deprecation.warn(old, new)
            arguments[old] = arguments.pop(new)
    return penalty(**arguments)
