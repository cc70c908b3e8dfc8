"""Losses: adversarial ones of discriminator logits, and those of the heads.

All are scalars in float32.
"""

import keras

from keras_s3gan.losses.adversarial import (
    AdversarialLoss,
    Hinge,
    LeastSquares,
    NonSaturating,
    Wasserstein,
)
from keras_s3gan.losses.contrastive import data_to_data_cross_entropy
from keras_s3gan.losses.heads import (
    has_label,
    labelled_count,
    labelled_cross_entropy,
    labelled_mean,
    normalized_entropy,
    rotation_cross_entropy,
)
from keras_s3gan.losses.partial_labels import (
    in_set,
    partial_cross_entropy,
    within_sets,
)
from keras_s3gan.losses.relativistic import (
    RelativisticAverageHinge,
    RelativisticAverageLogistic,
    RelativisticPaired,
)

__all__ = [
    "LOSSES",
    "AdversarialLoss",
    "Hinge",
    "LeastSquares",
    "NonSaturating",
    "RelativisticAverageHinge",
    "RelativisticAverageLogistic",
    "RelativisticPaired",
    "Wasserstein",
    "data_to_data_cross_entropy",
    "get",
    "has_label",
    "in_set",
    "labelled_count",
    "labelled_cross_entropy",
    "labelled_mean",
    "normalized_entropy",
    "partial_cross_entropy",
    "rotation_cross_entropy",
    "within_sets",
]

LOSSES = {
    "non_saturating": NonSaturating,
    "logistic": NonSaturating,
    "wasserstein": Wasserstein,
    "least_squares": LeastSquares,
    "hinge": Hinge,
    "relativistic_average_hinge": RelativisticAverageHinge,
    "relativistic_average_logistic": RelativisticAverageLogistic,
    "relativistic_paired": RelativisticPaired,
}


def get(identifier):
    """Returns an adversarial loss from its name, its configuration or itself.

    Args:
        identifier: one of `LOSSES`, the serialized form of a loss, or an
            `AdversarialLoss` or its class.

    Returns:
        An `AdversarialLoss`.

    Raises:
        ValueError: if there is no such loss.

    Example:
        >>> keras_s3gan.losses.get("hinge").relativistic
        False
    """
    if isinstance(identifier, AdversarialLoss):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, AdversarialLoss):
        return identifier()
    if isinstance(identifier, str) and identifier in LOSSES:
        return LOSSES[identifier]()
    if isinstance(identifier, dict):
        return keras.saving.deserialize_keras_object(identifier)
    raise ValueError(
        f"`loss` must be an AdversarialLoss or one of {sorted(LOSSES)}. "
        f"Received: loss={identifier}"
    )
