"""Penalties on the discriminator, or on the kernels of either network.

Each is an object that acts on images, on logits or on kernels, see `Penalty`, or a
function that acts on images.
"""

import functools
import inspect

import keras

from keras_s3gan.penalties.centring import Centring
from keras_s3gan.penalties.consistency import BalancedConsistency, LatentConsistency
from keras_s3gan.penalties.finite_differences import FiniteDifferences
from keras_s3gan.penalties.gradient import GradientPenalty, squared_gradient_norms
from keras_s3gan.penalties.kernels import L2, Orthogonal
from keras_s3gan.penalties.lecam import LeCam
from keras_s3gan.penalties.penalty import Penalty, acts_on, call, names, weight

__all__ = [
    "L2",
    "PENALTIES",
    "BalancedConsistency",
    "Centring",
    "FiniteDifferences",
    "GradientPenalty",
    "LatentConsistency",
    "LeCam",
    "Orthogonal",
    "Penalty",
    "acts_on",
    "call",
    "get",
    "names",
    "squared_gradient_norms",
    "weight",
]

PENALTIES = {
    "gradient": GradientPenalty,
    "wasserstein_gradient_penalty": functools.partial(
        GradientPenalty, points="between", target=1.0
    ),
    "dragan": functools.partial(GradientPenalty, points="around_real", target=1.0),
    "r1": functools.partial(GradientPenalty, points="real", target=0.0),
    "r2": functools.partial(GradientPenalty, points="fake", target=0.0),
    "r1_r2": functools.partial(GradientPenalty, points="both", target=0.0),
    "finite_differences": FiniteDifferences,
    "centring": Centring,
    "balanced_consistency": BalancedConsistency,
    "latent_consistency": LatentConsistency,
    "l2": L2,
    "lecam": LeCam,
    "orthogonal": Orthogonal,
}


def get(identifier):
    """Returns a penalty from its name, its configuration or a callable.

    Args:
        identifier: `None`; one of `PENALTIES`; a dict with one of them as `"scheme"`
            and with its arguments, `{"scheme": "lecam", "decay": 0.9}`; the serialized
            form of a penalty; or a callable.

    Returns:
        A callable, or `None`.

    Raises:
        ValueError: if there is no such penalty, or it takes no such argument.

    Example:
        >>> keras_s3gan.penalties.get({"scheme": "lecam", "decay": 0.9}).decay
        0.9
    """
    if isinstance(identifier, dict) and "class_name" in identifier:
        return keras.saving.deserialize_keras_object(identifier)
    if isinstance(identifier, type):
        return identifier()
    if identifier is None or callable(identifier):
        return identifier
    arguments = {"scheme": identifier} if isinstance(identifier, str) else identifier
    if not isinstance(arguments, dict) or arguments.get("scheme") not in PENALTIES:
        raise ValueError(
            f"`penalty` must be None, a function, one of {sorted(PENALTIES)}, or a "
            f"dict with one of them as 'scheme'. Received: penalty={identifier}"
        )
    arguments = dict(arguments)
    make = PENALTIES[arguments.pop("scheme")]
    allowed = set(inspect.signature(make).parameters) - {"kwargs"}
    if not allowed.issuperset(arguments):
        raise ValueError(
            f"This penalty takes the arguments {sorted(allowed)}. "
            f"Received: penalty={identifier}"
        )
    return make(**arguments)
