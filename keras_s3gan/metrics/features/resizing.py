"""How images are brought to the size that a network expects: part of a score's name.

| name | what it repeats |
| --- | --- |
| `"tensorflow1"` | TensorFlow 1, and so the first FID and torch-fidelity |
| `"pytorch"` | PyTorch, and so pytorch-fid |
| `"clean"` | clean-fid: Pillow's bicubic filter on floats |
| `"clean_quantized"` | the same on bytes |

The first two take four neighbours whatever the scale: a large image is aliased by them.
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
    """Bilinear interpolation of four neighbours, without antialiasing.

    Args:
        images: `[N, H, W, C]`, uint8 or float.
        size: `(height, width)`.
        half_pixel_centers: bool. False as in TensorFlow 1, where output pixel i lies
            at `i * scale`; True as in PyTorch, at `(i + 0.5) * scale - 0.5`, not below
            0.

    Returns:
        float32 `[N, *size, C]`, of the range of `images`.

    Reference:
        - `tf.compat.v1.image.resize_bilinear`, `torch.nn.functional.interpolate`
    """
    columns = _neighbours(images.shape[2], size[1], half_pixel_centers)
    rows = _neighbours(images.shape[1], size[0], half_pixel_centers)

    def resize(image):
        wide = _between(image.astype("float32").swapaxes(0, 1), *columns)
        return _between(wide.swapaxes(0, 1), *rows)

    return _of_each(resize, images, size)


def _between(image, low, high, weight):
    """Along the first axis: `(1 - weight) * image[low] + weight * image[high]`."""
    first, result = image[low], image[high]
    # In place, one image at a time stays in a processor's cache.
    result -= first
    result *= weight[:, None, None]
    result += first
    return result


def _neighbours(from_size, to_size, half_pixel_centers):
    """Of each output pixel: the two input pixels, and the weight of the second."""
    scale = np.float32(from_size / to_size)
    position = np.arange(to_size, dtype="float32")
    if half_pixel_centers:
        position = np.maximum((position + np.float32(0.5)) * scale - np.float32(0.5), 0)
    else:
        position = position * scale
    low = np.minimum(position.astype("int64"), from_size - 1)
    return low, np.minimum(low + 1, from_size - 1), position - low.astype("float32")


def resize_pil(images, size, filter="bicubic", quantize=False):
    """Pillow's resize, which widens its filter where it shrinks an image.

    Args:
        images: `[N, H, W, C]`, uint8.
        size: `(height, width)`.
        filter: a key of `PIL_FILTERS`.
        quantize: bool. True resizes bytes to bytes; False resizes floats, cut to
            `[0, 255]` where the filter overshoots.

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
    """Every image resized, `[N, *size, C]`: as many at a time as there are cores."""
    resized = np.empty((len(images), *size, images.shape[-1]), "float32")

    def work(index):
        resized[index] = resize(images[index])

    # NumPy and Pillow let other threads run, and a GPU would wait for one.
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
    """Refuses what is none of `RESIZES`."""
    if name not in _BY_NAME:
        raise ValueError(
            f"`resize` must be one of {RESIZES}. Received: resize={name!r}"
        )


def resized(name, images, size):
    """Bytes `[N, H, W, C]` resized as `name` of `RESIZES` says.

    Returns:
        float32 `[N, *size, C]` in `[0, 255]`.

    Raises:
        ValueError: if there is no such resize.
    """
    check_resize(name)
    return _BY_NAME[name](images, size)
