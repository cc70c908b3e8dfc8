"""What a Keras user expects of a GAN: fit, save, load, generate, clear errors."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import (
    ACGAN,
    GAN,
    OSSGAN,
    S3GAN,
    SSGAN,
    AdversarialOptimizer,
    InfoGAN,
    ReACGAN,
)
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from tests.models.small import CLASSES, LATENT, SIZE, compiled_gan, data, make_gan
from tests.once import once
from tests.tolerance import assert_close


def values(gan):
    return {p: ops.convert_to_numpy(v).copy() for p, v in gan.state_variables}


def test_a_step_moves_both_networks_the_average_and_the_optimizers():
    gan = compiled_gan(discriminator_steps=2)
    before = values(gan)
    images, labels = data()
    history = gan.fit(images, labels, batch_size=8, epochs=2, verbose=0)
    after = values(gan)
    assert int(gan.steps.value) == 4
    assert set(history.history) == set(gan.metric_names)
    assert all(np.isfinite(v).all() for v in history.history.values())
    assert history.history["label_fraction"][0] == pytest.approx(
        np.mean(labels >= 0), abs=0.2
    )
    still = [p for p in before if np.array_equal(before[p], after[p])]
    assert any("moving_mean" in p for p in before)
    assert any("moving_variance" in p for p in before)
    assert not [p for p in still if "learning_rate" not in p and "standing" not in p]
    counts = [
        int(part.iterations.value)
        for part in (gan.optimizer.generator, gan.optimizer.discriminator)
    ]
    assert counts == [4, 8]


def test_inference_moves_nothing():
    # From statistics of its own, so that moving moments have somewhere to go.
    gan = compiled_gan()
    for _, variable in gan.state_variables:
        if "moving" in variable.path:
            variable.assign(variable + 0.5)
    before = values(gan)
    images, _ = data(8)
    gan.generate([0, 1, 2], seed=1)
    gan.predict_labels(images)
    after = values(gan)
    assert [p for p in before if not np.array_equal(before[p], after[p])] == []


@pytest.mark.parametrize(
    "kwargs",
    [
        {"self_supervision": None, "predictor": None},
        {"predictor": "soft"},
        pytest.param(
            {"project_given_labels": True, "loss": "relativistic_average_hinge"},
            marks=once("test_losses_golden.py has both projections on each"),
        ),
        {"num_classes": None},
        pytest.param(
            {"num_classes": None, "model": GAN},
            marks=once("either change alone is tried on each"),
        ),
        {"model": GAN},
        {"dtype": "mixed_bfloat16"},
        {"dtype": "mixed_float16"},
        pytest.param(
            {"penalty": "wasserstein_gradient_penalty", "loss": "wasserstein"},
            marks=once("test_gradient.py has the penalty on each"),
        ),
        pytest.param(
            {"penalty": "lecam", "loss": "relativistic_average_hinge"},
            marks=once("test_lecam.py has the penalty on each"),
        ),
        {"model": SSGAN, "num_classes": None, "rotated_batch_size": 8},
        {"model": ACGAN, "projection": False},
        pytest.param(
            {"model": OSSGAN}, marks=once("test_ossgan.py has its losses on each")
        ),
        pytest.param(
            {"model": ReACGAN, "projection": False, "embedding_dim": 6},
            marks=once("test_reacgan.py has its losses on each"),
        ),
        {
            "model": InfoGAN,
            "num_classes": None,
            "categorical_codes": (2,),
            "continuous_codes": 1,
            "latent_distribution": "uniform",
        },
    ],
    ids=str,
)
def test_every_variant_trains_and_survives_saving(kwargs, tmp_path):
    gan = compiled_gan(**kwargs)
    images, labels = data()
    history = gan.fit(images, labels, batch_size=8, verbose=0)
    assert all(np.isfinite(v).all() for v in history.history.values())
    asked = [0, 1, 2] if gan.num_classes else 3
    expected = gan.generate(asked, seed=1)
    assert expected.shape == (3, SIZE, SIZE, 1)

    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert again.get_config() == gan.get_config()
    assert_close(again.generate(asked, seed=1), expected, 1e-6)
    for ours, theirs in zip(
        gan.optimizer.variables, again.optimizer.variables, strict=True
    ):
        assert_close(theirs, ours, 0, name=ours.path)
    again.fit(images, labels, batch_size=8, verbose=0)
    assert int(again.steps.value) == 2 * int(gan.steps.value)


def test_channels_first_equals_channels_last():
    last, first = make_gan(), make_gan(data_format="channels_first")
    first.set_weights(last.get_weights())
    images, _ = data(4)
    labels_one_hot = np.eye(CLASSES, dtype="float32")[[0, 1, 2, 0]]
    features = first.discriminator(np.moveaxis(images, -1, 1), labels=labels_one_hot)[1]
    expected = last.discriminator(images, labels=labels_one_hot)[1]
    assert_close(features, expected, 1e-5)


def test_how_it_was_compiled_survives_saving(tmp_path):
    gan = make_gan()
    gan.compile(run_eagerly=True, jit_compile=False, steps_per_execution=4)
    gan.save(tmp_path / "gan.keras")
    again = keras.models.load_model(tmp_path / "gan.keras")
    assert again.run_eagerly and not again.jit_compile
    assert again.steps_per_execution == 4
    assert again.get_compile_config()["jit_compile"] is False
    assert compiled_gan().get_compile_config()["jit_compile"] == "auto"


HOW = [{"run_eagerly": True}]


@pytest.mark.parametrize("how", HOW)
def test_however_steps_are_run_they_are_the_same(how):
    found = []
    for arguments in ({}, how):
        keras.utils.set_random_seed(0)
        gan = make_gan()
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), **arguments)
        gan.fit(*data(32), batch_size=8, verbose=0)
        assert gan.step_count == 4
        found.append([ops.convert_to_numpy(weight) for weight in gan.weights])
    for weight, one, other in zip(gan.weights, *found, strict=True):
        assert_close(other, one, 1e-4, weight.path)


def test_seeds_beside_each_other_draw_other_latents():
    first, other = (make_gan(seed=seed) for seed in (0, 2))
    drawn = [
        np.concatenate([ops.convert_to_numpy(gan.random_latents(4)) for _ in range(4)])
        for gan in (first, other)
    ]
    assert not set(drawn[0].ravel()) & set(drawn[1].ravel())


def test_either_network_in_float16_scales_the_loss():
    shared = {"image_size": SIZE, "channels": 1, "num_classes": CLASSES}
    gan = S3GAN(
        SmallGenerator(latent_dim=LATENT, base_channels=4, **shared),
        SmallDiscriminator(base_channels=4, dtype="mixed_float16", **shared),
    )
    gan.compile()
    for optimizer in (gan.optimizer.generator, gan.optimizer.discriminator):
        assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)


def test_summary_and_names(capsys):
    gan = compiled_gan()
    gan.summary()
    printed = capsys.readouterr().out
    assert "discriminator" in printed and "ema_generator" in printed
    trained = {v.path for v in gan.trainable_variables}
    assert not any(path.startswith("ema_generator") for path in trained)
    paths = [path for path, _ in gan.state_variables]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize(
    ("kwargs", "batch_size", "message"),
    [
        ({}, 12, "batch_size=12"),
        ({"rotated_batch_fraction": 4}, 8, "multiple of 16"),
        ({}, 64, "32 images"),
    ],
)
def test_batches_that_do_not_divide_are_named(kwargs, batch_size, message):
    images, labels = data()
    with pytest.raises(ValueError, match=message):
        compiled_gan(**kwargs).fit(images, labels, batch_size=batch_size, verbose=0)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"discriminator_steps": 0}, "discriminator_steps=0"),
        ({"ema_decay": 1.0}, "ema_decay=1.0"),
        ({"self_supervision": "jigsaw"}, "self_supervision=jigsaw"),
        ({"predictor": "medium"}, "predictor=medium"),
        ({"rotated_batch_fraction": 0}, "rotated_batch_fraction=0"),
        ({"num_classes": None, "predictor": "hard"}, "num_classes=None"),
        (
            {"num_classes": None, "project_given_labels": True},
            "given_labels=True, num_classes=None",
        ),
        (
            {"project_given_labels": True, "penalty": "r1"},
            "one label of each.*GradientPenalty",
        ),
    ],
)
def test_wrong_arguments_are_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        make_gan(**kwargs)


def test_networks_must_fit_each_other():
    with pytest.raises(ValueError, match=r"same `num_classes`. Received: 3 and 4"):
        S3GAN(
            SmallGenerator(SIZE, 1, 3, base_channels=2),
            SmallDiscriminator(SIZE, 1, 4, base_channels=2),
        )


def test_one_optimizer_cannot_serve_both():
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="two different optimizers"):
        AdversarialOptimizer(adam, adam)
