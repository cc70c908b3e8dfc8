"""Twenty steps of every architecture under every loss and every penalty.

`make test` runs each architecture once, with the losses and penalties in turn, and on
JAX and TensorFlow those alone that are compiled soon. All of them, which takes a while:

    KERAS_BACKEND=… python -m pytest -m exhaustive tests/models/test_combinations.py
"""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import penalties
from keras_s3gan.losses import LOSSES
from keras_s3gan.models import GAN
from keras_s3gan.networks.normalization import over_the_batch
from tests.networks.architectures import (
    ARCHITECTURES,
    discriminator_of,
    generator_of,
)
from tests.once import once

QUICK = ("sndcgan", "infogan", "resnet_cifar")
slow = once("layers, losses and penalties have their own tests on each")
CLASSES, BATCH, STEPS = 3, 4, 20
# Without the second name of one of them.
NAMES = sorted(set(LOSSES) - {"logistic"})
# Arguments of `GAN`.
PENALTIES = [
    {},
    {"penalty": "wasserstein_gradient_penalty"},
    {"penalty": "dragan"},
    {"penalty": "r1", "penalty_interval": 2},
    {"penalty": "r2"},
    {"penalty": "l2", "generator_penalty": "orthogonal"},
    {"penalty": {"scheme": "lecam", "start_step": 1}},
    {"penalty": "orthogonal", "generator_penalty": "l2"},
    {"penalty": "r1_r2"},
    {
        "penalty": [
            *("finite_differences", "centring"),
            *("balanced_consistency", "latent_consistency"),
        ]
    },
]
DTYPES = ("float32", "mixed_bfloat16")


def combinations():
    """Every two of architecture, loss and penalty, in every dtype."""
    runs = itertools.product(*map(enumerate, (ARCHITECTURES, PENALTIES, DTYPES)))
    for (row, name), (column, kwargs), (number, dtype) in runs:
        loss = NAMES[(row + column) % len(NAMES)]
        usual = (column, number) == (row % len(PENALTIES), row % len(DTYPES))
        marks = [] if usual else [pytest.mark.exhaustive]
        marks += [slow] if usual and name not in QUICK else []
        penalty = "-".join(map(str, kwargs.values())) or "none"
        label = f"{name}-{loss}-{penalty}-{dtype}"
        yield pytest.param(name, loss, kwargs, dtype, marks=marks, id=label)


def test_nothing_is_left_out():
    every = list(combinations())
    runs = [
        (name, loss, str(kwargs), dtype)
        for name, loss, kwargs, dtype in (run.values for run in every)
    ]
    kinds = [set(kind) for kind in zip(*runs, strict=True)]
    assert kinds[:2] == [set(ARCHITECTURES), set(NAMES)]
    for chosen in itertools.combinations(range(3), 2):
        met = {tuple(run[i] for i in (*chosen, 3)) for run in runs}
        assert len(met) == np.prod([len(kinds[i]) for i in (*chosen, 3)])
    usual = [run.values for run in every if pytest.mark.exhaustive not in run.marks]
    assert {loss for _, loss, _, _ in usual} == set(NAMES)
    names = {name_of(p) for _, _, kwargs, _ in usual for p in penalties_of(kwargs)}
    # Which the others are cases of.
    assert names | {"gradient"} == set(penalties.PENALTIES)


def penalties_of(kwargs):
    given = kwargs.get("penalty", [])
    return given if isinstance(given, list) else [given]


def name_of(penalty):
    return penalty["scheme"] if isinstance(penalty, dict) else penalty


@pytest.mark.parametrize(("name", "loss", "kwargs", "dtype"), [*combinations()])
def test_twenty_steps(name, loss, kwargs, dtype):
    found = [penalties.get(penalty) for penalty in penalties_of(kwargs)]
    discriminator = discriminator_of(name, CLASSES, dtype=dtype)
    differentiates = any(getattr(p, "differentiates", False) for p in found)
    if differentiates and over_the_batch(getattr(discriminator, "normalization", None)):
        # Such a penalty fits the architecture without its batch normalization alone.
        with pytest.raises(ValueError, match="without batch normalization"):
            GAN(generator_of(name, CLASSES), discriminator, **kwargs)
        discriminator = discriminator_of(
            name, CLASSES, dtype=dtype, normalization="layer"
        )
    gan = GAN(generator_of(name, CLASSES, dtype=dtype), discriminator, seed=0, **kwargs)
    gan.compile(keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4), loss=loss)
    random = np.random.default_rng(0)
    shape = (STEPS * BATCH, *discriminator.image_shape)
    images = random.uniform(-1, 1, shape).astype("float32")
    labels = random.integers(CLASSES, size=len(images))
    before = [ops.convert_to_numpy(v) for v in gan.trainable_variables]

    logs = gan.fit(images, labels, batch_size=BATCH, verbose=0).history

    assert set(logs) == set(gan.metric_names)
    assert np.isfinite(list(logs.values())).all()
    for metric in penalties.names(found):
        assert logs[metric][0] > 0
    after = [ops.convert_to_numpy(v) for v in gan.trainable_variables]
    assert all(np.isfinite(value).all() for value in after)
    moved = [np.any(a != b) for a, b in zip(before, after, strict=True)]
    assert np.mean(moved) > 0.8
