"""Two whole training steps against the original: every weight and every state."""

import numpy as np
from keras import ops, optimizers

from keras_s3gan.models import GAN
from keras_s3gan.networks import BigGANDiscriminator, BigGANGenerator
from tests import golden
from tests.compare_gan import (
    DISCRIMINATOR,
    GENERATOR,
    assign,
    model_range,
    original_name,
)
from tests.networks.test_biggan import TINY_DISCRIMINATOR, TINY_GENERATOR
from tests.tolerance import assert_close

LEFT = {
    "kernel_normalization": {
        "scheme": "spectral",
        "side": "left",
        "iterate_at_inference": True,
    }
}


def test_two_steps_of_gradient_descent():
    arrays = golden.load("extra_train_modulargan_disc1_sgd.npz")

    class Repeated(GAN):
        """Draws what the original drew: the same in every step."""

        def random_latents(self, count):
            return ops.convert_to_tensor(arrays["z"])

        def random_labels_one_hot(self, count):
            return ops.one_hot(arrays["sampled_labels"].astype("int32"), 10)

    gan = Repeated(
        BigGANGenerator(**{**TINY_GENERATOR, **LEFT}),
        BigGANDiscriminator(**{**TINY_DISCRIMINATOR, **LEFT}),
        ema_decay=0.9,
        ema_start_step=1,
        seed=0,
    )
    gan.compile(optimizers.SGD(0.01), optimizers.SGD(0.01))
    assign(gan.generator.weights, arrays, GENERATOR)
    assign(gan.discriminator.weights, arrays, DISCRIMINATOR)

    images = ops.convert_to_numpy(model_range(arrays["images"]))
    labels = arrays["labels"].astype("int32")
    for step in (1, 2):
        logs = gan.train_on_batch(images, labels, return_dict=True)
        gan.reset_metrics()
        assert_close(logs["discriminator_loss"], arrays[f"d_loss_{step}"])
        assert_close(logs["generator_loss"], arrays[f"g_loss_{step}"])
        compared = 0
        for naming, model in (
            (GENERATOR, gan.generator),
            (DISCRIMINATOR, gan.discriminator),
        ):
            for variable in model.weights:
                name = original_name(variable, naming)
                if "/accu/" in name:
                    continue  # this model uses moving moments
                expected = np.reshape(arrays[f"after_{step}/{name}"], variable.shape)
                assert_close(variable, expected, name=name)
                compared += 1
        for variable, average in zip(
            gan.generator.weights, gan.ema_generator.weights, strict=True
        ):
            name = original_name(variable, GENERATOR)
            average_name = f"after_{step}/{name}/ExponentialMovingAverage"
            if average_name in arrays:
                assert_close(average, arrays[average_name], name=average_name)
                compared += 1
        assert compared > 120
