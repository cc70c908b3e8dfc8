"""Settings in a run, whatever those of the user are."""

import contextlib
from collections.abc import Iterator

import keras

from keras_s3gan.validation import allow_non_negative


@contextlib.contextmanager
def keras_settings(dtype_policy: str = "float32") -> Iterator[None]:
    """Context manager or decorator with the settings that Keras has by itself.

    The user's settings, of `keras.json` or of the program, are restored at its end.
    Otherwise a run would depend on them, and its recipe would not tell.

    Images of a run's source may all be bright: they are converted from bytes, so that
    they cannot be in [0, 1] by mistake.

    Args:
        dtype_policy: string. The policy of the layers that are built in the context.

    Example:
        >>> keras.config.set_image_data_format("channels_first")
        >>> with keras_settings():
        ...     keras.config.image_data_format()
        'channels_last'
        >>> keras.config.set_image_data_format("channels_last")
    """
    config = keras.config
    before = (
        config.image_data_format(),
        config.floatx(),
        config.epsilon(),
        config.dtype_policy(),
    )
    try:
        _set("channels_last", "float32", 1e-7, dtype_policy)
        with allow_non_negative():
            yield
    finally:
        _set(*before)


def _set(
    data_format: str, floatx: str, epsilon: float, policy: str | keras.DTypePolicy
) -> None:
    keras.config.set_image_data_format(data_format)
    keras.config.set_floatx(floatx)
    keras.config.set_epsilon(epsilon)
    keras.config.set_dtype_policy(policy)
