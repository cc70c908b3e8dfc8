"""The argument `normalization` of the networks, and its layers."""

import keras

from keras_s3gan.layers.batch_normalization import BatchNormalization
from keras_s3gan.layers.conditional_batch_normalization import (
    ConditionalBatchNormalization,
)
from keras_s3gan.layers.layer_normalization import LayerNormalization
from keras_s3gan.layers.self_modulated_batch_normalization import (
    SelfModulatedBatchNormalization,
)

_PLAIN = {"batch": BatchNormalization, "layer": LayerNormalization}
_CONDITIONAL = {
    "conditional_batch": ConditionalBatchNormalization,
    "self_modulated_batch": SelfModulatedBatchNormalization,
}
NORMALIZATIONS = (*_PLAIN, *_CONDITIONAL)


def scheme_of(normalization):
    """The scheme of the argument `normalization` of a network, or `None`.

    Args:
        normalization: `None`, one of `NORMALIZATIONS`, or a dict with one of them as
            `"scheme"` and with arguments of its layer:
            `{"scheme": "batch", "momentum": 0.9}`.

    Raises:
        ValueError: if it has another value.
    """
    scheme = normalization
    if isinstance(normalization, dict):
        scheme = normalization.get("scheme", "")
    if scheme is not None and scheme not in NORMALIZATIONS:
        raise ValueError(
            f"`normalization` must be None, one of {sorted(NORMALIZATIONS)}, or a dict "
            f"with one of them as 'scheme'. Received: normalization={normalization}"
        )
    return scheme


def is_conditional(normalization):
    """Whether the normalization has a condition."""
    return scheme_of(normalization) in _CONDITIONAL


def check_unconditional(normalization):
    """Checks the normalization of a discriminator, which must have no condition.

    Raises:
        ValueError: if it has one.
    """
    if is_conditional(normalization):
        raise ValueError(
            "The `normalization` of a discriminator must be None, 'batch' or 'layer'. "
            f"Received: normalization={normalization}"
        )


def over_the_batch(normalization):
    """Whether the output for an image depends on the other images of the batch."""
    return scheme_of(normalization) not in (None, "layer")


def plain(normalization):
    """The same normalization without a condition."""
    if not is_conditional(normalization):
        return normalization
    arguments = normalization if isinstance(normalization, dict) else {}
    kept = {key: arguments[key] for key in ("momentum", "epsilon") if key in arguments}
    return {"scheme": "batch", **kept}


def make_normalization(
    normalization,
    kernel_initializer,
    kernel_normalization=None,
    data_format=None,
    **kwargs,
):
    """Makes a normalization layer.

    Args:
        normalization: see `scheme_of`.
        kernel_initializer, kernel_normalization: of the kernels of a conditional one.
        data_format: `"channels_last"` or `"channels_first"`.
        **kwargs: `name` and `dtype`.

    Returns:
        A layer, or `None` for no normalization. The second argument of a conditional
        one is the condition.
    """
    scheme = scheme_of(normalization)
    arguments = dict(normalization) if isinstance(normalization, dict) else {}
    arguments.pop("scheme", None)
    arguments |= kwargs
    if scheme is None:
        return None
    if scheme in _PLAIN:
        return _PLAIN[scheme](data_format=data_format, **arguments)
    return _CONDITIONAL[scheme](
        kernel_initializer=keras.initializers.get(kernel_initializer).clone(),
        kernel_normalization=kernel_normalization,
        data_format=data_format,
        **arguments,
    )
