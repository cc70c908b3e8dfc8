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


def channel_axis(data_format, rank=4):
    """The channel axis of a batch, a positive int."""
    return 1 if data_format == "channels_first" else rank - 1


def channels(shape, data_format):
    """Number of channels of a batch of images, sequences or vectors."""
    return shape[channel_axis(data_format, len(shape))]


def image_shape(height, width, count, data_format):
    """The shape of one image."""
    if data_format == "channels_first":
        return (count, height, width)
    return (height, width, count)


def spatial_axes(data_format, rank=4):
    """The axes between batch and channels, such as height and width of images."""
    first = 2 if data_format == "channels_first" else 1
    return tuple(range(first, first + rank - 2))


def reduction_axes(inputs, data_format):
    """All axes but the channel axis."""
    return (0, *spatial_axes(data_format, len(inputs.shape)))


def broadcast_shape(inputs, vector, data_format):
    """A shape in which `vector` (`[C]` or `[N, C]`) broadcasts against `inputs`."""
    rank = len(inputs.shape)
    shape = [1 if len(vector.shape) == 1 else -1, *[1] * (rank - 1)]
    shape[channel_axis(data_format, rank)] = vector.shape[-1]
    return tuple(shape)
