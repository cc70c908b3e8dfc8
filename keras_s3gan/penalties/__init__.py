"""Penalties on the discriminator, or on the kernels of either network.

Each is an object of one of three kinds, see `Penalty`, or a function of a
discriminator and two batches.
"""

import functools
import inspect

import keras

from keras_s3gan.penalties.gradient import GradientPenalty, squared_gradient_norms
from keras_s3gan.penalties.kernels import L2, Orthogonal
from keras_s3gan.penalties.lecam import LeCam
from keras_s3gan.penalties.penalty import Penalty, sees, weight

__all__ = [
    "L2",
    "PENALTIES",
    "GradientPenalty",
    "LeCam",
    "Orthogonal",
    "Penalty",
    "get",
    "sees",
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
    "l2": L2,
    "lecam": LeCam,
    "orthogonal": Orthogonal,
}


def get(identifier):
    """A penalty by name, by name and arguments, by configuration, or as it is.

    Args:
        identifier: `None`, which stays `None`; one of `PENALTIES`; a dict of one of
            them as `"scheme"` and of its arguments, `{"scheme": "lecam",
            "decay": 0.9}`; what Keras serializes a penalty to; or a callable.

    Raises:
        ValueError: if there is no such penalty, or it takes no such argument.
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
    known = set(inspect.signature(make).parameters) - {"kwargs"}
    if not known.issuperset(arguments):
        raise ValueError(
            f"This penalty takes the arguments {sorted(known)}. "
            f"Received: penalty={identifier}"
        )
    return make(**arguments)
