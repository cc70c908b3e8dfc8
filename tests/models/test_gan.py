"""What a Keras user expects of a GAN: fit, save, load, generate, clear errors."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import (
    ACGAN,
    GAN,
    S3GAN,
    SSGAN,
    AdversarialOptimizer,
    InfoGAN,
    batches,
)
from keras_s3gan.models.batches import ArrayBatches
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from tests.models.small import CLASSES, LATENT, SIZE, compiled_gan, data, make_gan
from tests.networks.architectures import discriminator_of, generator_of
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
    allowed = ("standing", "learning_rate", "moving_variance")
    assert not [p for p in still if not p.endswith(allowed) and "standing" not in p]
    counts = [
        int(part.iterations.value)
        for part in (gan.optimizer.generator, gan.optimizer.discriminator)
    ]
    assert counts == [4, 8]


def test_average_starts_as_a_copy_of_its_own():
    gan = compiled_gan()
    pairs = zip(gan.generator.weights, gan.ema_generator.weights, strict=True)
    for weight, average in pairs:
        before = ops.convert_to_numpy(average).copy()
        np.testing.assert_array_equal(before, ops.convert_to_numpy(weight))
        weight.assign(weight + 3)
        np.testing.assert_array_equal(ops.convert_to_numpy(average), before)


def test_average_follows_the_generator():
    gan = compiled_gan(ema_decay=0.5, ema_start_step=2)
    images, labels = data(8)
    pairs = list(zip(gan.generator.weights, gan.ema_generator.weights, strict=True))
    for step in (1, 2, 3):
        old = [ops.convert_to_numpy(average).copy() for _, average in pairs]
        gan.train_on_batch(images, labels)
        for (weight, average), start in zip(pairs, old, strict=True):
            weight = ops.convert_to_numpy(weight)
            moves = step > 2 and "moving" not in average.path
            if moves and "standing" not in average.path:
                weight = 0.5 * start + 0.5 * weight
            assert_close(average, weight, 1e-6, name=f"{step} {average.path}")


@pytest.mark.parametrize(
    "kwargs",
    [
        {"self_supervision": None, "predictor": None},
        {"predictor": "soft"},
        {"num_classes": None},
        pytest.param({"num_classes": None, "model": GAN}, marks=once),
        {"model": GAN},
        {"dtype": "mixed_bfloat16"},
        {"dtype": "mixed_float16"},
        pytest.param(
            {"penalty": "wasserstein_gradient_penalty", "loss": "wasserstein"},
            marks=once,
        ),
        pytest.param(
            {"penalty": "lecam", "loss": "relativistic_average_hinge"}, marks=once
        ),
        {"model": SSGAN, "num_classes": None, "rotated_batch_size": 8},
        {"model": ACGAN, "projection": False},
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
    try:
        features = first.discriminator(
            np.moveaxis(images, -1, 1), labels=labels_one_hot
        )[1]
    except Exception as error:
        if keras.backend.backend() != "tensorflow":
            raise
        pytest.skip(f"TensorFlow on CPU convolves NHWC alone: {type(error).__name__}")
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
# Keras has none of it on PyTorch.
HOW += [{"steps_per_execution": 2}] if keras.backend.backend() != "torch" else []


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


def test_fits_one_after_the_other_draw_other_batches(monkeypatch):
    seeds = []
    monkeypatch.setattr(
        f"{batches.__name__}.ArrayBatches",
        lambda images, labels, size, seed, shuffle: (
            seeds.append(seed) or ArrayBatches(images, labels, size, seed, shuffle)
        ),
    )
    gan = compiled_gan()
    for _ in range(2):
        gan.fit(*data(16), batch_size=8, verbose=0)
    assert seeds == [[0, 0], [0, 2]]


def test_either_network_in_float16_scales_the_loss():
    shared = {"image_size": SIZE, "channels": 1, "num_classes": CLASSES}
    gan = S3GAN(
        SmallGenerator(latent_dim=LATENT, base_channels=4, **shared),
        SmallDiscriminator(base_channels=4, dtype="mixed_float16", **shared),
    )
    gan.compile()
    for optimizer in (gan.optimizer.generator, gan.optimizer.discriminator):
        assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)


def test_generate_repeats_itself_and_truncates():
    gan = compiled_gan()
    images = gan.generate([0, 1], seed=3)
    assert_close(gan.generate([0, 1], seed=3), images, 0)
    assert np.abs(gan.generate([0, 1], seed=4) - images).max() > 1e-4
    assert np.abs(gan.generate([0, 1], seed=3, truncation=0.3) - images).max() > 1e-4
    assert gan.sample_latents(5, seed=2).shape == (5, LATENT)
    with gan.standing_statistics(num_batches=2, batch_size=4):
        assert gan.has_standing_statistics()
        standing = gan.generate([0, 1], seed=3)
    assert not gan.has_standing_statistics()
    assert_close(gan.generate([0, 1], seed=3), images, 0)
    gan.update_standing_statistics(num_batches=2, batch_size=4)
    assert np.abs(gan.generate([0, 1], seed=3) - images).max() > 1e-4
    assert_close(gan.generate([0, 1], seed=3), standing, 0)


def test_a_generator_without_batch_normalization_has_no_standing_statistics():
    gan = GAN(generator_of("dcgan", normalization=None), discriminator_of("dcgan"))
    gan.update_standing_statistics()
    assert not gan.has_standing_statistics()


def test_summary_and_names(capsys):
    gan = compiled_gan()
    gan.summary()
    printed = capsys.readouterr().out
    assert "discriminator" in printed and "ema_generator" in printed
    trained = {v.path for v in gan.trainable_variables}
    assert not any(path.startswith("ema_generator") for path in trained)
    paths = [path for path, _ in gan.state_variables]
    assert len(paths) == len(set(paths))


def bad_images(change):
    images, labels = data()
    return change(images), labels


def bad_labels(change):
    images, labels = data()
    return images, change(labels)


def with_value(array, value):
    array = array.copy()
    array.flat[0] = value
    return array


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (bad_labels(lambda y: with_value(y, CLASSES)), rf"labels\[0\]={CLASSES}"),
        (bad_labels(lambda y: with_value(y, -2)), r"labels\[0\]=-2"),
        (bad_labels(lambda y: np.full((len(y), CLASSES), 0.5)), "sum to 1"),
        (bad_labels(lambda y: np.ones((len(y), 1))), f"num_classes={CLASSES}"),
        (bad_labels(lambda y: y[:-1]), r"must be \[32\]"),
        (bad_labels(lambda y: None), "images alone"),
        (bad_images(lambda x: x[:, 1:]), rf"shape \(32, {SIZE - 1}"),
        (bad_images(lambda x: with_value(x, np.nan)), r"1 of \d+ values that are NaN"),
        (bad_images(lambda x: 127.5 * x + 127.5), r"must be in \[-1, 1\]"),
        (bad_images(lambda x: (127.5 * x + 127.5).astype("uint8")), "dtype=uint8"),
        (bad_images(lambda x: x[:4]), r"must be \[4\]"),
    ],
)
def test_data_that_breaks_the_contract_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        compiled_gan().fit(*arguments, batch_size=8, verbose=0)


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


def test_a_dataset_of_wrong_batches_is_refused_before_the_first_step():
    images, labels = data()
    gan = compiled_gan(discriminator_steps=3)
    with pytest.raises(ValueError, match="discriminator_steps=3"):
        gan.fit(((images, labels) for _ in range(2)), verbose=0)
    assert int(gan.steps.value) == 0


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"discriminator_steps": 0}, "discriminator_steps=0"),
        ({"ema_decay": 1.0}, "ema_decay=1.0"),
        ({"self_supervision": "jigsaw"}, "self_supervision=jigsaw"),
        ({"predictor": "medium"}, "predictor=medium"),
        ({"rotated_batch_fraction": 0}, "rotated_batch_fraction=0"),
        ({"num_classes": None, "predictor": "hard"}, "num_classes=None"),
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


def test_labels_and_latents_for_generation_are_checked():
    gan = compiled_gan()
    with pytest.raises(ValueError, match="label=-1"):
        gan.generate([0, -1])
    with pytest.raises(ValueError, match=rf"labels\[0\]={CLASSES}"):
        gan.generate([CLASSES])
    with pytest.raises(ValueError, match=rf"\[1, {LATENT}\]"):
        gan.generate([0], latents=np.zeros((1, LATENT + 1)))
    with pytest.raises(ValueError, match="truncation=0"):
        gan.generate([0], truncation=0)


def test_one_optimizer_cannot_serve_both():
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="two different optimizers"):
        AdversarialOptimizer(adam, adam)
