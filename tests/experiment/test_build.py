import keras
import numpy as np
import pytest

from keras_s3gan.data import ArraySource
from keras_s3gan.experiment.build import build_gan, load_run, training_labels
from keras_s3gan.experiment.recipe import resolve_recipe
from keras_s3gan.experiment.run_folder import RunFolder
from tests.experiment.tiny import write_recipe


@pytest.fixture
def recipe(tmp_path):
    return write_recipe(tmp_path)


def source(labels, num_classes=None):
    return ArraySource(np.zeros((len(labels), 8, 8, 1), "uint8"), labels, num_classes)


def weights(recipe, seed):
    gan = build_gan(resolve_recipe(recipe, seed=seed).settings)
    return [keras.ops.convert_to_numpy(v) for v in gan.trainable_variables]


def test_the_seed_decides_every_weight(recipe):
    first, again, other = weights(recipe, 0), weights(recipe, 0), weights(recipe, 1)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    random = [w for w in first if np.ptp(w) > 0]
    changed = [a for a, b in zip(first, other, strict=True) if np.any(a != b)]
    assert len(changed) == len(random) > 4


def test_bindings_reach_the_model(recipe):
    bindings = ["S3GAN.predictor = None", "generator/Adam.learning_rate = 0.5"]
    gan = build_gan(resolve_recipe(recipe, bindings).settings)
    assert (gan.discriminator_steps, gan.ema_decay, gan.predictor) == (2, 0.9, None)
    assert float(gan.optimizer.generator.learning_rate) == 0.5
    assert gan.image_shape == (8, 8, 1)


def test_precision_is_of_the_networks_only(recipe):
    binding = 'train.dtype_policy = "mixed_bfloat16"'
    gan = build_gan(resolve_recipe(recipe, [binding]).settings)
    assert gan.generator.compute_dtype == "bfloat16"
    assert keras.config.dtype_policy().name == "float32"


def test_labels_are_masked_by_fraction_and_seed(recipe):
    images = source(np.repeat([0, 1], 10))
    settings = resolve_recipe(recipe).settings
    labels, labelled_ids = training_labels(images, 2, settings)
    assert len(labelled_ids) == 10
    assert np.array_equal(np.flatnonzero(labels >= 0), labelled_ids)
    other = resolve_recipe(recipe, seed=1).settings
    assert not np.array_equal(training_labels(images, 2, other)[1], labelled_ids)


def test_an_unconditional_model_sees_no_label(recipe):
    images = source(np.repeat([0, 1], 10))
    labels, labelled_ids = training_labels(
        images, None, resolve_recipe(recipe).settings
    )
    assert set(labels) == {-1}
    assert len(labelled_ids) == 0


def test_labels_that_do_not_fit_are_refused(recipe):
    settings = resolve_recipe(recipe).settings
    with pytest.raises(ValueError, match="has no labels"):
        training_labels(source(np.full(4, -1)), 2, settings)
    with pytest.raises(ValueError, match="need num_classes=3"):
        training_labels(source(np.array([0, 1, 2]), 3), 2, settings)


def test_a_run_without_checkpoint_cannot_be_loaded(recipe, tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.start(resolve_recipe(recipe).text)
    with pytest.raises(ValueError, match="has no checkpoint yet"):
        load_run(folder.path)
