"""The kernel normalizations by name."""

from keras_s3gan.layers.spectral_normalization import SpectralNormalization
from keras_s3gan.layers.weight_normalization import WeightNormalization

KERNEL_NORMALIZATIONS = {
    "spectral": SpectralNormalization,
    "weight": WeightNormalization,
}


def with_kernel_normalization(layer, kernel_normalization):
    """Wraps a layer in a kernel normalization, or returns it.

    Args:
        layer: a Keras layer.
        kernel_normalization: `None`, `"spectral"`, `"weight"`, or a dict with one of
            these as `"scheme"` and with arguments of the wrapper:
            `{"scheme": "spectral", "side": "left"}`.

    Returns:
        `layer`, or `layer` wrapped.

    Raises:
        ValueError: if `kernel_normalization` has another value.

    Example:
        >>> layer = with_kernel_normalization(keras.layers.Dense(3), "spectral")
        >>> layer(keras.ops.ones((2, 5))).shape
        (2, 3)
    """
    if kernel_normalization is None:
        return layer
    options = kernel_normalization
    if isinstance(options, str):
        options = {"scheme": options}
    if not isinstance(options, dict) or options.get("scheme") not in (
        KERNEL_NORMALIZATIONS
    ):
        raise ValueError(
            "`kernel_normalization` must be None, one of "
            f"{sorted(KERNEL_NORMALIZATIONS)}, or a dict with one of them as 'scheme'. "
            f"Received: kernel_normalization={kernel_normalization}"
        )
    options = dict(options)
    return KERNEL_NORMALIZATIONS[options.pop("scheme")](layer, **options)
