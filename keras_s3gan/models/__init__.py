"""The GANs: Keras models that `fit` trains."""

from keras_s3gan.models.acgan import ACGAN
from keras_s3gan.models.adversarial_optimizer import AdversarialOptimizer
from keras_s3gan.models.class_path import rare_class_noise
from keras_s3gan.models.gan import GAN
from keras_s3gan.models.infogan import InfoGAN
from keras_s3gan.models.objective import Batch
from keras_s3gan.models.ossgan import OSSGAN
from keras_s3gan.models.reacgan import ReACGAN
from keras_s3gan.models.s3gan import S3GAN
from keras_s3gan.models.scheduled_adam import ScheduledAdam
from keras_s3gan.models.schedules import Cosine
from keras_s3gan.models.ssgan import SSGAN

__all__ = [
    "ACGAN",
    "GAN",
    "OSSGAN",
    "S3GAN",
    "SSGAN",
    "AdversarialOptimizer",
    "Batch",
    "Cosine",
    "InfoGAN",
    "ReACGAN",
    "ScheduledAdam",
    "rare_class_noise",
]
