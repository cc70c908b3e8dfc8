"""Methods of resizing images for a feature extractor.

| name | equivalent |
| --- | --- |
| `"tensorflow1"` | TensorFlow 1: the original FID and torch-fidelity |
| `"pytorch"` | PyTorch: pytorch-fid |
| `"clean"` | clean-fid: Pillow's bicubic filter on floats |
| `"clean_quantized"` | the same on uint8 |

The first two interpolate four neighbours at any scale, so they alias large images.
"""

import concurrent.futures
import os

import numpy as np
from PIL import Image

PIL_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def resize_bilinear(images, size, half_pixel_centers=False):
    """Resizes images by bilinear interpolation without antialiasing.

    Args:
        images: `[N, H, W, C]`, uint8 or float.
        size: `(height, width)`.
        half_pixel_centers: bool. False as in TensorFlow 1: output pixel i lies at
            `i * scale`. True as in PyTorch: at `max((i + 0.5) * scale - 0.5, 0)`.

    Returns:
        float32 `[N, *size, C]`, in the range of `images`.

    Reference:
        - `tf.compat.v1.image.resize_bilinear`, `torch.nn.functional.interpolate`
    """
    columns = _neighbours(images.shape[2], size[1], half_pixel_centers)
    rows = _neighbours(images.shape[1], size[0], half_pixel_centers)

    def resize(image):
        wide = _interpolate(image.astype("float32").swapaxes(0, 1), *columns)
        return _interpolate(wide.swapaxes(0, 1), *rows)

    return _of_each(resize, images, size)


def _interpolate(image, low, high, weight):
    """Computes `(1 - weight) * image[low] + weight * image[high]`."""
    first, result = image[low], image[high]
    # In place, so that one image stays in the processor's cache.
    result -= first
    result *= weight[:, None, None]
    result += first
    return result


def _neighbours(from_size, to_size, half_pixel_centers):
    """Returns, for each output pixel, two input pixels and the weight of the second."""
    scale = np.float32(from_size / to_size)
    position = np.arange(to_size, dtype="float32")
    if half_pixel_centers:
        position = np.maximum((position + np.float32(0.5)) * scale - np.float32(0.5), 0)
    else:
        position = position * scale
    low = np.minimum(position.astype("int64"), from_size - 1)
    return low, np.minimum(low + 1, from_size - 1), position - low.astype("float32")


def resize_pil(images, size, filter="bicubic", quantize=False):
    """Resizes images by Pillow, with antialiasing.

    Args:
        images: `[N, H, W, C]`, uint8.
        size: `(height, width)`.
        filter: a key of `PIL_FILTERS`.
        quantize: bool. True resizes uint8 to uint8. False resizes floats, clipped to
            `[0, 255]`.

    Returns:
        float32 `[N, *size, C]` in `[0, 255]`.

    Reference:
        - Parmar et al., 2022, https://arxiv.org/abs/2104.11222
    """

    def resize(image):
        channels = []
        for channel in np.moveaxis(image, -1, 0):
            channel = channel if quantize else channel.astype("float32")
            channel = Image.fromarray(np.ascontiguousarray(channel))
            channels.append(channel.resize(size[::-1], PIL_FILTERS[filter]))
        return np.clip(np.stack(channels, axis=-1), 0, 255)

    return _of_each(resize, images, size)


def _of_each(resize, images, size):
    """Resizes every image, as many at a time as there are cores: `[N, *size, C]`."""
    resized = np.empty((len(images), *size, images.shape[-1]), "float32")

    def work(index):
        resized[index] = resize(images[index])

    # NumPy and Pillow release the lock of Python; one thread would keep a GPU waiting.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, range(len(images))))
    return resized


def _tensorflow1(images, size):
    return resize_bilinear(images, size)


def _pytorch(images, size):
    return resize_bilinear(images, size, half_pixel_centers=True)


def _clean(images, size):
    return resize_pil(images, size)


def _clean_quantized(images, size):
    return resize_pil(images, size, quantize=True)


_BY_NAME = {
    "tensorflow1": _tensorflow1,
    "pytorch": _pytorch,
    "clean": _clean,
    "clean_quantized": _clean_quantized,
}
RESIZES = tuple(_BY_NAME)


def check_resize(name):
    """Raises a `ValueError` if `name` is not in `RESIZES`."""
    if name not in _BY_NAME:
        raise ValueError(
            f"`resize` must be one of {RESIZES}. Received: resize={name!r}"
        )


def resized(name, images, size):
    """Resizes images by a method of `RESIZES`.

    Args:
        name: str. One of `RESIZES`.
        images: `[N, H, W, C]`, uint8.
        size: `(height, width)`.

    Returns:
        float32 `[N, *size, C]` in `[0, 255]`.

    Raises:
        ValueError: if the method is unknown.
    """
    check_resize(name)
    return _BY_NAME[name](images, size)
