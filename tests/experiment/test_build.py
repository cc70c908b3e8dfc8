import keras
import numpy as np
import pytest

from keras_s3gan.experiment.build import build_gan, load_run
from keras_s3gan.experiment.recipe import resolve_recipe
from keras_s3gan.experiment.run_folder import RunFolder
from tests.experiment.tiny import write_recipe


@pytest.fixture
def recipe(tmp_path):
    return write_recipe(tmp_path)


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


def test_a_run_without_checkpoint_cannot_be_loaded(recipe, tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.start(resolve_recipe(recipe).text)
    with pytest.raises(ValueError, match="has no checkpoint yet"):
        load_run(folder.path)
