import keras
import numpy as np
import pytest

from keras_s3gan import models, penalties
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.build import build_gan, load_run
from keras_s3gan.experiment.runs.folder import RunFolder
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


@pytest.mark.parametrize(
    "value",
    [
        "'r1'",
        "{'scheme': 'gradient', 'points': 'real', 'target': 0.0}",
        "@GradientPenalty()\nGradientPenalty.points = 'real'\n"
        "GradientPenalty.target = 0.0",
    ],
)
def test_penalties_by_name_by_arguments_and_by_reference(recipe, value):
    resolved = resolve_recipe(recipe, [f"S3GAN.penalty = {value}"])
    gan = build_gan(resolved.settings)
    assert gan.penalty.get_config() == penalties.get("r1").get_config()
    assert gan.penalty_weight is None


@pytest.mark.parametrize(
    ("name", "bindings", "expected"),
    [
        ("GAN", ["GAN.latent_distribution = 'uniform'"], "uniform"),
        ("SSGAN", ["SSGAN.self_supervision = 'rotation_only'"], "rotation_only"),
        ("ACGAN", ["SmallDiscriminator.num_classes = None"], None),
        ("OSSGAN", ["OSSGAN.weight_entropy = -1.0"], -1.0),
        ("ReACGAN", ["ReACGAN.embedding_dim = 6"], 6),
        (
            "InfoGAN",
            ["InfoGAN.categorical_codes = (2,)", "InfoGAN.continuous_codes = 1"],
            (2,),
        ),
    ],
)
def test_every_model_can_be_bound(recipe, name, bindings, expected):
    resolved = resolve_recipe(recipe, [f"train.model = @{name}", *bindings])
    gan = build_gan(resolved.settings)
    assert type(gan) is getattr(models, name)
    argument = {
        "GAN": "latent_distribution",
        "SSGAN": "self_supervision",
        "ACGAN": "penalty",
        "OSSGAN": "weight_entropy",
        "ReACGAN": "embedding_dim",
        "InfoGAN": "categorical_codes",
    }[name]
    assert getattr(gan, argument) == expected
    assert f"{name}.penalty_interval = 1" in resolved.text


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
