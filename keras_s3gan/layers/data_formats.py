"""Data formats: whether the channels are the first or the last axis."""

import keras

_FORMATS = ("channels_last", "channels_first")


def standardize(data_format):
    """`data_format`, or Keras' setting for `None`.

    Raises:
        ValueError: if it is no data format.
    """
    data_format = data_format or keras.config.image_data_format()
    if data_format not in _FORMATS:
        raise ValueError(
            f"`data_format` must be one of {_FORMATS} or None. "
            f"Received: data_format={data_format}"
        )
    return data_format


def channel_axis(data_format):
    """The channel axis of a batch of images, a positive int."""
    return 1 if data_format == "channels_first" else 3


def channels(shape, data_format):
    """Number of channels of a tensor `[N, C]` or of a batch of images."""
    return shape[-1] if len(shape) == 2 else shape[channel_axis(data_format)]


def image_shape(height, width, count, data_format):
    """The shape of one image."""
    if data_format == "channels_first":
        return (count, height, width)
    return (height, width, count)


def spatial_axes(data_format):
    """The axes of height and width of a batch of images."""
    return (2, 3) if data_format == "channels_first" else (1, 2)


def reduction_axes(inputs, data_format):
    """All axes but the channel axis."""
    if len(inputs.shape) == 2:
        return (0,)
    return (0, *spatial_axes(data_format))


def broadcast_shape(inputs, vector, data_format):
    """A shape in which `vector` (`[C]` or `[N, C]`) broadcasts against `inputs`."""
    batch = 1 if len(vector.shape) == 1 else -1
    count = vector.shape[-1]
    if len(inputs.shape) == 2:
        return (batch, count)
    return (batch, *image_shape(1, 1, count, data_format))
