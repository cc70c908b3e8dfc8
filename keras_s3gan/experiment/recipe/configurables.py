"""The names that a recipe can bind: classes and functions of the floors below."""

import inspect

import gin
import keras

from keras_s3gan import layers, metrics, models, networks, penalties
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.labels import pseudo_labelling

# The run sets these, so that a recipe cannot contradict it.
_SUPPLIED_TO_MODELS = ["generator", "discriminator", "seed"]
_SUPPLIED_TO_PSEUDO_LABELLING = {"images", "labels", "num_classes", "seed", "verbose"}
SUPPLIED = {*_SUPPLIED_TO_MODELS, *_SUPPLIED_TO_PSEUDO_LABELLING}

gin.external_configurable(TrainSettings, "train", module="keras_s3gan")

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
    gin.external_configurable(_network, module="keras_s3gan.networks")

for _model in (
    models.ACGAN,
    models.GAN,
    models.InfoGAN,
    models.S3GAN,
    models.SSGAN,
):
    gin.external_configurable(
        _model, module="keras_s3gan.models", denylist=_SUPPLIED_TO_MODELS
    )

for _penalty in (
    penalties.GradientPenalty,
    penalties.L2,
    penalties.LeCam,
    penalties.Orthogonal,
):
    gin.external_configurable(_penalty, module="keras_s3gan.penalties")

for _method in (
    pseudo_labelling.single_label,
    pseudo_labelling.random_label,
    pseudo_labelling.clustering,
    pseudo_labelling.semi_supervised,
    pseudo_labelling.linear,
    pseudo_labelling.from_file,
):
    gin.external_configurable(
        _method,
        module="keras_s3gan.labels",
        denylist=[
            name
            for name in inspect.signature(_method).parameters
            if name in _SUPPLIED_TO_PSEUDO_LABELLING
        ],
    )

gin.external_configurable(
    layers.RandomAffine, module="keras_s3gan.layers", denylist=["seed"]
)

for _extractor in (metrics.InceptionExtractor, metrics.load_model_extractor):
    gin.external_configurable(_extractor, module="keras_s3gan.metrics")

for _optimizer in (
    keras.optimizers.Adam,
    keras.optimizers.AdamW,
    keras.optimizers.RMSprop,
    keras.optimizers.SGD,
):
    gin.external_configurable(_optimizer, module="keras.optimizers")
