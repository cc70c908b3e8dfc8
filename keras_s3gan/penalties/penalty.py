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

    Attributes:
        acts_on: see above.
        differentiates: bool. Whether it takes the gradient of each image's logit,
            which needs logits that do not depend on the other images of the batch.
        default_weight: float. The published weight.

    Call arguments:
        discriminator: `keras_s3gan.networks.Discriminator`.
        real, fake: images, `[N, …]`.
        labels_one_hot, fake_labels_one_hot: `[N, num_classes]`, or `None`.
        seed: int or `keras.random.SeedGenerator`.

    Returns:
        A scalar in float32.

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
    """What a penalty acts on: `"images"`, `"logits"` or `"kernels"`."""
    if hasattr(penalty, "sees"):
        deprecation.warn("sees", "acts_on")
        return penalty.sees
    return getattr(penalty, "acts_on", "images")


def weight(penalty, given):
    """The given weight of a penalty, or for `None` the published one."""
    return getattr(penalty, "default_weight", 1.0) if given is None else given


def call(penalty, discriminator, real, fake, logits, seed):
    """The value of a discriminator's penalty.

    Args:
        penalty: `Penalty` or function.
        discriminator: `keras_s3gan.networks.Discriminator`. It gets labels only if it
            has a class projection.
        real, fake: batches with `images` and `labels_one_hot`.
        logits: of both, a pair.
        seed: int or `keras.random.SeedGenerator`.
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
