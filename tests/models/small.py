"""A small S3GAN on small noise, for tests of what is around the mathematics."""

import keras
import numpy as np
from keras import ops

from keras_s3gan.models import S3GAN
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator

SIZE, CLASSES, LATENT = 8, 3, 4


def make_gan(
    num_classes=CLASSES,
    model=S3GAN,
    dtype=None,
    data_format=None,
    projection=True,
    **kwargs,
):
    """A GAN whose discriminator knows of the classes unless without `projection`."""
    shared = {
        "image_size": SIZE,
        "channels": 1,
        "num_classes": num_classes,
        "base_channels": 4,
        "dtype": dtype,
        "data_format": data_format,
    }
    if num_classes is None and model is S3GAN:
        kwargs.setdefault("predictor", None)
    kwargs.setdefault("seed", 0)
    kwargs.setdefault("ema_decay", 0.5)
    return model(
        SmallGenerator(latent_dim=LATENT, **shared),
        SmallDiscriminator(
            **{**shared, "num_classes": num_classes if projection else None}
        ),
        **kwargs,
    )


def compiled_gan(**kwargs):
    loss = kwargs.pop("loss", "hinge")
    gan = make_gan(**kwargs)
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), loss=loss)
    return gan


def data(count=32, labelled=0.5, seed=0):
    random = np.random.default_rng(seed)
    images = random.uniform(-1, 1, (count, SIZE, SIZE, 1)).astype("float32")
    labels = random.integers(CLASSES, size=count).astype("int32")
    labels[random.random(count) > labelled] = -1
    return images, labels


def values(gan):
    """Every array that the next step depends on, by path."""
    return {p: ops.convert_to_numpy(v).copy() for p, v in gan.state_variables}


def assert_same(found, expected):
    for path, value in expected.items():
        np.testing.assert_array_equal(found[path], value, err_msg=path)
