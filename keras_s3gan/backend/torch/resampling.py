"""PyTorch: downsampling and upsampling by 2."""

from torch.nn import functional


def average_pool(images, data_format):
    """See `keras_s3gan.backend.interface`.

    Without the copy that Keras makes of images with the channels last.
    """
    if data_format == "channels_first":
        return functional.avg_pool2d(images, 2)
    return functional.avg_pool2d(images.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)


def repeat_pixels(images, data_format):
    """See `keras_s3gan.backend.interface`."""
    if data_format == "channels_first":
        return functional.interpolate(images, scale_factor=2)
    images = functional.interpolate(images.permute(0, 3, 1, 2), scale_factor=2)
    return images.permute(0, 2, 3, 1)
