"""What every penalty is, and how one is called."""

import inspect
import re

from keras_s3gan import deprecation

_OLD_ARGUMENTS = {"rows": "labels_one_hot", "fake_rows": "fake_labels_one_hot"}


class Penalty:
    """Base of the penalties: callables that return a scalar in float32.

    | `acts_on` | called with |
    | --- | --- |
    | `"images"` | the call arguments below, all by name |
    | `"logits"` | `real_logits`, `fake_logits`, each `[N, 1]` |
    | `"copies"` | them, and `real_copy_logits`, `fake_copy_logits`, each `[n, 1]` |
    | `"kernels"` | a network |

    A plain function acts on images. A penalty on copies defines
    `copies(real, fake, seed)`, which returns a pair of changed images of the first n of
    each batch, or `None` for no copies of that kind. Their logits, with the labels of
    the images that they were made of, come from the same call of the discriminator.

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
        `"images"`, `"logits"`, `"copies"` or `"kernels"`.

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
        logits: the logits of `real` and of `fake`, and for a penalty on copies those of
            the copies of each, of no images where it made none.
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
    if kind in ("logits", "copies"):
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


def names(parts):
    """The metrics of penalties: `"penalty"`, or one of each class.

    Args:
        parts: list of `Penalty` or functions.

    Returns:
        List of strings, all different.

    Example:
        >>> names([LeCam(), GradientPenalty()])
        ['le_cam_penalty', 'gradient_penalty']
    """
    if len(parts) == 1:
        return ["penalty"]
    found = []
    for part in parts:
        kind = getattr(part, "__name__", type(part).__name__)
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
        found.append(name.removesuffix("_penalty") + "_penalty")
    return [
        name if found.count(name) == 1 else f"{name}_{1 + found[:index].count(name)}"
        for index, name in enumerate(found)
    ]
