"""Times a few training steps of a recipe on this machine."""

import statistics
import time

import keras
import numpy as np

from keras_s3gan import backend
from keras_s3gan.experiment.planning.tables import duration
from keras_s3gan.experiment.recipe.resolve import ResolvedRecipe
from keras_s3gan.experiment.runs.build import build_gan
from keras_s3gan.experiment.runs.provenance import machine
from keras_s3gan.layers import data_formats
from keras_s3gan.models import GAN

HEADINGS = ("measured", "value")


def time_steps(
    resolved: ResolvedRecipe,
    device: str,
    batch_size: int | None = None,
    count: int = 5,
) -> list[tuple[str, str]]:
    """Trains on random images for a few steps.

    Args:
        resolved: the `ResolvedRecipe` that was resolved last.
        device: `"cpu"` or `"gpu"`: the device that the backend must use.
        batch_size: integer. Images per update. Defaults to the recipe's own.
        count: integer. Number of timed steps, after the one that compiles.

    Returns:
        Rows of two texts.

    Raises:
        ValueError: if the backend uses another device, or the batch is not positive.
    """
    platform, name = backend.default_device()
    if platform != device:
        raise ValueError(
            f"The backend {keras.backend.backend()!r} runs on {platform} ({name}) "
            f"here. Received: device={device}"
        )
    settings = resolved.settings
    batch_size = settings.batch_size if batch_size is None else batch_size
    if batch_size < 1:
        raise ValueError(f"batch must be positive. Received: batch={batch_size}")
    gan = build_gan(settings)
    batch = _random_batch(gan, batch_size)
    if len(batch) == 2:
        gan.count_labels(batch[1])
    first, *seconds = [_seconds_of(gan, batch) for _ in range(count + 1)]
    step = statistics.median(seconds)
    images = len(batch[0])
    return [
        ("recipe", f"{resolved.name}, {settings.dtype_policy}"),
        ("on", f"{keras.backend.backend()}, {_named(platform, name)}"),
        ("batch", f"{batch_size:,}; {images:,} real images per step"),
        ("first step", f"{first:.1f} s, compilation included"),
        (
            "step",
            f"{step:.3g} s, median of {count} ({min(seconds):.3g}–{max(seconds):.3g})",
        ),
        ("images", f"{images / step:.0f} per second"),
        (
            f"{settings.steps:,} steps",
            f"{duration(step * settings.steps)}, without input, scores and checkpoints",
        ),
    ]


def _named(platform: str, name: str) -> str:
    if platform != "cpu":
        return name
    here = machine()
    return f"{here['cores']} cores of {here['processor']}"


def _random_batch(gan: GAN, batch_size: int) -> tuple[np.ndarray, ...]:
    """Images `[N, …]` in [-1, 1] and, with classes, labels."""
    random = np.random.default_rng(0)
    count = gan.discriminator_steps * batch_size
    image_size, _, channels = gan.image_shape
    shape = data_formats.image_shape(image_size, image_size, channels, gan.data_format)
    images = random.uniform(-1, 1, (count, *shape)).astype("float32")
    if gan.num_classes is None:
        return (images,)
    return images, random.integers(gan.num_classes, size=count).astype("int32")


def _seconds_of(gan: GAN, batch: tuple[np.ndarray, ...]) -> float:
    images, labels = batch if len(batch) == 2 else (*batch, None)
    start = time.perf_counter()
    # Reading the losses as numbers waits for the device.
    gan.train_on_batch(images, labels, return_dict=True)
    return time.perf_counter() - start
