"""The names that a recipe can bind: classes of the floors below, given to Gin."""

import gin
import keras

from keras_s3gan import models, networks
from keras_s3gan.experiment.settings import TrainSettings

# What a run decides itself, so that a recipe cannot contradict it.
_SUPPLIED = ["generator", "discriminator", "seed"]

gin.external_configurable(TrainSettings, "train", module="keras_s3gan")

for _network in (
    networks.BigGANGenerator,
    networks.BigGANDiscriminator,
    networks.DCGANGenerator,
    networks.DCGANDiscriminator,
):
    gin.external_configurable(_network, module="keras_s3gan.networks")

for _model in (models.GAN, models.S3GAN):
    gin.external_configurable(_model, module="keras_s3gan.models", denylist=_SUPPLIED)

for _optimizer in (keras.optimizers.Adam, keras.optimizers.SGD):
    gin.external_configurable(_optimizer, module="keras.optimizers")
