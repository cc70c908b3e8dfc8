import contextlib

import keras
import numpy as np
from keras import ops

from keras_s3gan.models.interpolation import interpolate_latents


class FakeGAN(keras.Model):
    """A model of one layer with what callbacks use of a GAN, and nothing adversarial.

    Its step depends on weights, Adam's moments, a random state, a bfloat16 variable and
    a counter, so that a restored training shows whether all of them came back.
    """

    image_shape = (6, 6, 1)
    latent_dim = 5
    discriminator_steps = 1

    def __init__(self, num_classes=3, units=36):
        super().__init__()
        self.num_classes = num_classes
        self.standing = None
        self.dense = keras.layers.Dense(units, activation="tanh", name="dense")
        self.dropout = keras.layers.Dropout(0.3, seed=1)
        self.steps = self.add_weight(
            name="steps", shape=(), dtype="int32", initializer="zeros", trainable=False
        )
        self.half = self.add_weight(
            name="half",
            shape=(2,),
            dtype="bfloat16",
            autocast=False,
            initializer="ones",
            trainable=False,
        )
        self.dense.build((None, self.latent_dim + 10))
        self.built = True
        self.compile("adam", "mse", jit_compile=False)
        self.optimizer.build(self.trainable_variables)

    @property
    def step_count(self):
        return int(keras.ops.convert_to_numpy(self.steps))

    def call(self, x, training=False):
        if training:
            self.steps.assign_add(1)
            self.half.assign(self.half * ops.cast(1.1, "bfloat16"))
        return self.dense(self.dropout(x, training=training))

    @property
    def state_variables(self):
        return [
            (f"{index}/{variable.path}", variable)
            for index, variable in enumerate(self.variables + self.optimizer.variables)
        ]

    def sample_latents(self, count, seed=0):
        shape = (count, self.latent_dim)
        return np.random.default_rng(seed).standard_normal(shape).astype("float32")

    def interpolate_latents(self, start, end, steps):
        return interpolate_latents(start, end, steps)

    @contextlib.contextmanager
    def standing_statistics(self, num_batches, batch_size, seed):
        self.standing = (num_batches, batch_size, seed)
        yield
        self.standing = None

    def has_standing_statistics(self):
        return self.standing is not None

    def generate(self, labels, latents=None, truncation=None, seed=None, batch_size=64):
        if self.num_classes is None:
            labels = np.zeros(labels, int)
        if latents is None:
            latents = self.sample_latents(len(labels), seed) * (truncation or 1)
        inputs = np.concatenate([latents, np.eye(10)[labels]], axis=1)
        images = ops.convert_to_numpy(self(inputs.astype("float32")))
        return images.reshape(-1, *self.image_shape)

    def run(self, epochs, callbacks=(), initial_epoch=0, steps_per_epoch=3, bad=()):
        """`fit` on the same batches whenever; NaN in the epochs `bad`."""

        def batches():
            epoch = initial_epoch
            while True:
                for index in range(steps_per_epoch):
                    random = np.random.default_rng([epoch, index])
                    x = random.normal(size=(4, 15)).astype("float32")
                    y = random.normal(size=(4, 36)).astype("float32")
                    yield (x, y * np.nan) if epoch in bad and index else (x, y)
                epoch += 1

        return self.fit(
            batches(),
            steps_per_epoch=steps_per_epoch,
            epochs=epochs,
            initial_epoch=initial_epoch,
            callbacks=list(callbacks),
            shuffle=False,
            verbose=0,
        )


def values(gan):
    """Every state variable as bytes, in order."""
    return [
        np.asarray(ops.convert_to_numpy(variable)).tobytes()
        for _, variable in gan.state_variables
    ]
