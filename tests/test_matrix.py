"""Every model on every form of data: it trains alike everywhere, or one error says why.

A sample of the cases, so that each model, form and circumstance has some. All of them:

    KERAS_S3GAN_MATRIX=all KERAS_BACKEND=jax python -m pytest tests/test_matrix.py
"""

import functools
import itertools
import os
import zlib

import keras
import numpy as np
import pytest

from keras_s3gan.labels import (
    LinearClassifier,
    RotationPretrainer,
    SemiSupervisedClassifier,
)
from keras_s3gan.models import ACGAN, GAN, OSSGAN, S3GAN, SSGAN, InfoGAN, ReACGAN
from keras_s3gan.models.batches import BatchList
from keras_s3gan.networks import ResNetV2Encoder
from tests.models.small import CLASSES, SIZE, data, make_gan

BATCH = 8
GANS = {
    model.__name__: model
    for model in (GAN, SSGAN, S3GAN, ACGAN, InfoGAN, ReACGAN, OSSGAN)
}
ENCODERS = {
    "semi-supervised": lambda encoder: SemiSupervisedClassifier(encoder, CLASSES),
    "linear": lambda encoder: LinearClassifier(encoder, CLASSES),
    "pre-trainer": RotationPretrainer,
}
# S3GAN rotates a quarter of a batch by default.
ROTATING = ("S3GAN",)
POLICIES = ("mixed_bfloat16", "mixed_float16")


@functools.cache
def model_of(name, policy):
    """One model for all forms of data, so that it is compiled once."""
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(policy)
    try:
        if name in GANS:
            arguments = {"categorical_codes": (2,), "continuous_codes": 1}
            model = make_gan(
                model=GANS[name], **(arguments if name == "InfoGAN" else {})
            )
            model.compile(keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4))
        else:
            encoder = ResNetV2Encoder(SIZE, 1, base_channels=8, blocks_per_stage=(1, 1))
            model = ENCODERS[name](encoder)
            model.compile(keras.optimizers.Adam(1e-4))
    finally:
        keras.config.set_dtype_policy("float32")
    return model


def tf_data(*arrays):
    tf = pytest.importorskip("tensorflow")
    return tf.data.Dataset.from_tensor_slices(arrays).batch(BATCH)


def data_loader(*arrays):
    torch = pytest.importorskip("torch")
    dataset = torch.utils.data.TensorDataset(*map(torch.from_numpy, arrays))
    return torch.utils.data.DataLoader(dataset, BATCH)


def grain_data(*arrays):
    import grain

    return grain.MapDataset.source(list(zip(*arrays, strict=True))).batch(BATCH)


def in_batches(*arrays):
    starts = range(0, len(arrays[0]), BATCH)
    return [tuple(array[start : start + BATCH] for array in arrays) for start in starts]


FORMS = {
    "array": None,
    "list": in_batches,
    "generator": lambda *arrays: (batch for batch in in_batches(*arrays)),
    "PyDataset": lambda *arrays: BatchList(in_batches(*arrays)),
    "tf.data": tf_data,
    "DataLoader": data_loader,
    "Grain": grain_data,
}
CASES = list(
    itertools.product(
        [*GANS, *ENCODERS],
        FORMS,
        ["plain", "odd last batch", "weights", "callbacks", *POLICIES],
    )
)
if os.environ.get("KERAS_S3GAN_MATRIX") != "all":
    # Of PyTorch, which compiles nothing, more.
    PART = 16 if keras.backend.backend() == "torch" else 48
    CASES = [case for case in CASES if zlib.crc32(repr(case).encode()) % PART == 0]


class Count(keras.callbacks.Callback):
    steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1


def expected_steps(name, form, odd):
    if name in GANS:
        # What is left over of arrays is not used in an epoch.
        in_epoch = 3 if odd and form != "array" else 2
    else:
        in_epoch = 3 if odd else 2
    return in_epoch * (1 if form == "generator" else 2)


@pytest.mark.parametrize(("name", "form", "circumstance"), CASES)
def test_it_trains_or_says_why_not(name, form, circumstance, tmp_path):
    odd = circumstance == "odd last batch"
    images, labels = data(20 if odd else 16, labelled=1.0)
    arrays = [images, labels]
    weights = np.ones(len(images), "float32")
    policy = circumstance if circumstance in POLICIES else "float32"
    model, count = model_of(name, policy), Count()
    arguments = {"epochs": 1 if form == "generator" else 2, "callbacks": [count]}
    if circumstance == "callbacks":
        first = model.metrics_names[0] if name in ENCODERS else "discriminator_loss"
        arguments["callbacks"] += [
            keras.callbacks.LearningRateScheduler(lambda epoch: 1e-4),
            keras.callbacks.EarlyStopping(first, patience=5, mode="min"),
            keras.callbacks.ModelCheckpoint(
                tmp_path / "model.weights.h5", save_weights_only=True
            ),
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
        ]
    if form == "array":
        arguments |= {"batch_size": BATCH}
        takes_labels = name in GANS or name != "pre-trainer"
        given = tuple(arrays) if takes_labels else (images,)
        if circumstance == "weights":
            arguments["sample_weight"] = weights
    else:
        given = (
            FORMS[form](*arrays, *([weights] if circumstance == "weights" else [])),
        )
        arguments |= {"shuffle": False}

    def fit():
        return model.fit(*given, verbose=0, **arguments)

    if circumstance == "weights":
        with pytest.raises(ValueError, match="weight"):
            fit()
        assert count.steps == 0
    elif odd and name in ROTATING and form != "array":
        with pytest.raises(ValueError, match="rotated_batch_fraction"):
            fit()
        assert count.steps == 2
    else:
        history = fit().history
        assert count.steps == expected_steps(name, form, odd)
        assert history
        for values in history.values():
            assert np.isfinite(values).all()
