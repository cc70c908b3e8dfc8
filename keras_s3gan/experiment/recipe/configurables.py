"""The names that a recipe can bind: classes and functions of the floors below."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import gin
import keras

from keras_s3gan import layers, metrics, models, networks, penalties
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.labels import pseudo_labelling

# The run sets these, so that a recipe cannot contradict it.
_SUPPLIED_TO_MODELS = ["generator", "discriminator", "seed"]
_SUPPLIED_TO_PSEUDO_LABELLING = {"images", "labels", "num_classes", "seed", "verbose"}
SUPPLIED = {*_SUPPLIED_TO_MODELS, *_SUPPLIED_TO_PSEUDO_LABELLING}

# For suggestions.
NAMES: list[str] = []


def _register(
    configurable: Callable[..., Any],
    module: str,
    name: str | None = None,
    denylist: Iterable[str] | None = None,
) -> None:
    gin.external_configurable(configurable, name, module=module, denylist=denylist)
    NAMES.append(name or configurable.__name__)


_register(TrainSettings, "keras_s3gan", "train")

for _network in (
    networks.BigGANGenerator,
    networks.BigGANDiscriminator,
    networks.BigGANDeepGenerator,
    networks.BigGANDeepDiscriminator,
    networks.DCGANGenerator,
    networks.DCGANDiscriminator,
    networks.InfoGANGenerator,
    networks.InfoGANDiscriminator,
    networks.ResNetGenerator,
    networks.ResNetDiscriminator,
    networks.SNDCGANGenerator,
    networks.SNDCGANDiscriminator,
    networks.SmallGenerator,
    networks.SmallDiscriminator,
    networks.ResNetV2Encoder,
    networks.applications_encoder,
    networks.keras_cv_encoder,
):
    _register(_network, "keras_s3gan.networks")

for _model in (
    models.ACGAN,
    models.GAN,
    models.InfoGAN,
    models.S3GAN,
    models.SSGAN,
):
    _register(_model, "keras_s3gan.models", denylist=_SUPPLIED_TO_MODELS)

for _penalty in (
    penalties.BalancedConsistency,
    penalties.Centring,
    penalties.FiniteDifferences,
    penalties.GradientPenalty,
    penalties.L2,
    penalties.LatentConsistency,
    penalties.LeCam,
    penalties.Orthogonal,
):
    _register(_penalty, "keras_s3gan.penalties")

for _method in (
    pseudo_labelling.single_label,
    pseudo_labelling.random_label,
    pseudo_labelling.clustering,
    pseudo_labelling.semi_supervised,
    pseudo_labelling.linear,
    pseudo_labelling.from_file,
):
    _register(
        _method,
        "keras_s3gan.labels",
        denylist=[
            name
            for name in inspect.signature(_method).parameters
            if name in _SUPPLIED_TO_PSEUDO_LABELLING
        ],
    )

for _augmentation in (
    layers.AdaptiveAugmentation,
    layers.DiffAugment,
    layers.RandomAffine,
):
    _register(_augmentation, "keras_s3gan.layers", denylist=["seed"])

for _extractor in (metrics.InceptionExtractor, metrics.load_model_extractor):
    _register(_extractor, "keras_s3gan.metrics")

for _optimizer in (
    keras.optimizers.Adam,
    keras.optimizers.AdamW,
    keras.optimizers.RMSprop,
    keras.optimizers.SGD,
):
    _register(_optimizer, "keras.optimizers")
