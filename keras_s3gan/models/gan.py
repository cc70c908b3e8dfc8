"""The adversarial `keras.Model`: its networks, and how Keras sees them."""

import keras
import numpy as np
from keras import ops

from keras_s3gan import backend, losses
from keras_s3gan.layers import data_formats
from keras_s3gan.layers.label_rows import label_rows
from keras_s3gan.models import batches
from keras_s3gan.models.adversarial_optimizer import AdversarialOptimizer
from keras_s3gan.models.adversarial_step import AdversarialStep
from keras_s3gan.models.latents import Latents
from keras_s3gan.models.network_pair import NetworkPair
from keras_s3gan.models.objective import Objective
from keras_s3gan.models.regularization import Regularization
from keras_s3gan.models.sampling import Sampling


@keras.saving.register_keras_serializable("keras_s3gan")
class GAN(
    backend.TrainStep,
    AdversarialStep,
    Objective,
    Regularization,
    NetworkPair,
    Sampling,
    keras.Model,
):
    """A generator and a discriminator that are trained against each other by `fit`.

    Each step makes `discriminator_steps` updates of the discriminator, one of the
    generator, and moves the averaged generator.

    Args:
        generator: `keras_s3gan.networks.Generator`.
        discriminator: `keras_s3gan.networks.Discriminator` for the same images and
            classes.
        discriminator_steps: int >= 1. Defaults to `1`.
        ema_decay: float in [0, 1). Decay of the averaged generator's weights. Defaults
            to `0.9999`.
        ema_start_step: int. Until this many steps are done the average is a copy.
            Defaults to `0`.
        penalty: of the discriminator: `None`, a name of `keras_s3gan.penalties`, a dict
            of it as `"scheme"` and of arguments, or a penalty. Defaults to `None`.
        penalty_weight: float, or `None` for the one that it is published with.
        penalty_interval: int >= 1. Every so many updates of the discriminator the
            penalty counts, that many times. Defaults to `1`.
        generator_penalty: of the generator: `None`, `"orthogonal"` or `"l2"`, or as
            `penalty`. Defaults to `None`.
        generator_penalty_weight: float, or `None` for the one of the publication.
        latent_distribution: of training and of sampling: `"normal"`, `"uniform"` in
            [-1, 1], or `"truncated_normal"`, cut at 2. Defaults to `"normal"`.
        seed: int or `None`. Seed of latents and labels.

    Call arguments:
        labels: integers `[N]` or rows `[N, num_classes]`; anything of length N for an
            unconditional GAN.
        latents: `[N, latent_dim]`, or `None` for random ones.

    Returns:
        Images of the averaged generator.

    Raises:
        ValueError: if the two networks do not fit each other, the penalty does not fit
            its network, or an argument is out of range.

    Example:
        >>> gan = GAN(BigGANGenerator(32, 1, 10), BigGANDiscriminator(32, 1, 10))
        >>> gan.compile("adam", "adam")
        >>> gan.fit(images, labels, batch_size=64, epochs=10)
        >>> gan.generate([0, 1, 2]).shape
        (3, 32, 32, 1)

    Reference:
        - Brock et al., 2019, https://arxiv.org/abs/1809.11096
    """

    def __init__(
        self,
        generator,
        discriminator,
        discriminator_steps=1,
        ema_decay=0.9999,
        ema_start_step=0,
        penalty=None,
        penalty_weight=None,
        penalty_interval=1,
        generator_penalty=None,
        generator_penalty_weight=None,
        latent_distribution="normal",
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._check_networks(generator, discriminator)
        if discriminator_steps < 1:
            raise ValueError(
                "`discriminator_steps` must be at least 1. "
                f"Received: discriminator_steps={discriminator_steps}"
            )
        if not 0 <= ema_decay < 1:
            raise ValueError(
                f"`ema_decay` must be in [0, 1). Received: ema_decay={ema_decay}"
            )
        self.generator = generator
        self.discriminator = discriminator
        self.ema_generator = generator.__class__.from_config(
            {**generator.get_config(), "name": "ema_generator"}
        )
        self.ema_generator.trainable = False
        for variable, mean in zip(
            generator.weights, self.ema_generator.weights, strict=True
        ):
            mean.assign(ops.copy(variable))
        self.discriminator_steps = discriminator_steps
        self.ema_decay = ema_decay
        self.ema_start_step = ema_start_step
        self.latent_distribution = latent_distribution
        self._latents = Latents(generator.latent_dim, latent_distribution)
        self.seed = seed
        self.random = keras.random.SeedGenerator(_far_from_others(seed))
        self.steps = self.add_weight(
            name="steps", shape=(), dtype="int32", initializer="zeros", trainable=False
        )
        self.adversarial_loss = None
        self._trackers = {}
        self._track_also("discriminator_loss", "generator_loss")
        self._set_penalties(
            penalty,
            penalty_weight,
            penalty_interval,
            generator_penalty,
            generator_penalty_weight,
        )
        self._rows_per_step = None
        self.built = True

    @property
    def tracked(self):
        """Names of the values that a step gives."""
        return tuple(self._trackers)

    def _track_also(self, *names):
        self._trackers.update({name: keras.metrics.Mean(name) for name in names})

    @property
    def metrics(self):
        return list(self._trackers.values())

    @property
    def state_variables(self):
        """Everything that the next step depends on, as `(unique path, variable)`."""
        optimizer = self.optimizer.variables if self.compiled else []
        groups = {"model": self.variables, "optimizer": optimizer}
        return [
            (f"{group}/{index:04d}/{variable.path}", variable)
            for group, variables in groups.items()
            for index, variable in enumerate(variables)
        ]

    # The Keras interface.

    def compile(
        self,
        generator_optimizer="adam",
        discriminator_optimizer="adam",
        loss="hinge",
        jit_compile="auto",
        run_eagerly=False,
        steps_per_execution=1,
    ):
        """Configures the training.

        Args:
            generator_optimizer: optimizer, name or configuration. With
                `gradient_accumulation_steps=n`, on both optimizers, an update sees its
                images in n pieces, with the memory that one of them takes; moments of
                batch normalization are each piece's own.
            discriminator_optimizer: likewise, another object.
            loss: name of a loss, or a `keras_s3gan.losses.AdversarialLoss`.
            jit_compile: bool, or `"auto"` for what is faster on the device at hand.
            run_eagerly: bool. Step through in Python, for debugging.
            steps_per_execution: int. Steps between two returns to Python.
        """
        self._jit_compile_as_given = jit_compile
        if jit_compile == "auto":
            jit_compile = backend.default_jit_compile() and not run_eagerly
        super().compile(
            optimizer=AdversarialOptimizer(
                self._scaled(generator_optimizer), self._scaled(discriminator_optimizer)
            ),
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
        )
        self.adversarial_loss = losses.get(loss)
        self.optimizer.build(
            self.generator.trainable_variables, self.discriminator_variables
        )

    @property
    def accumulated_batches(self):
        """Pieces of an update's images that gradients are accumulated over, an int."""
        return self.optimizer.accumulated_batches if self.compiled else 1

    def _scaled(self, optimizer):
        """float16 gradients underflow unless the loss is scaled."""
        optimizer = keras.optimizers.get(optimizer)
        scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        networks = self.generator, self.discriminator
        if "mixed_float16" in [network.dtype_policy.name for network in networks]:
            optimizer = (
                optimizer if scaled else keras.optimizers.LossScaleOptimizer(optimizer)
            )
            if optimizer.inner_optimizer.gradient_accumulation_steps:
                # Keras leaves out a piece that overflows, and shifts all that follow.
                raise ValueError(
                    "With 'mixed_float16' gradients are not accumulated: take "
                    "'mixed_bfloat16'. Received: gradient_accumulation_steps="
                    f"{optimizer.inner_optimizer.gradient_accumulation_steps}"
                )
        return optimizer

    def get_compile_config(self):
        if not self.compiled:
            return None
        return {
            "generator_optimizer": keras.optimizers.serialize(self.optimizer.generator),
            "discriminator_optimizer": keras.optimizers.serialize(
                self.optimizer.discriminator
            ),
            "loss": keras.saving.serialize_keras_object(self.adversarial_loss),
            "jit_compile": self._jit_compile_as_given,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
        }

    def compile_from_config(self, config):
        self.compile(**config)

    @property
    def step_count(self):
        """Training steps so far, an int."""
        return int(ops.convert_to_numpy(self.steps))

    def fit(self, x=None, y=None, batch_size=64, **kwargs):
        """Trains; arguments as in `keras.Model.fit`.

        Args:
            x: images `[N, …]` in [-1, 1], or anything that gives batches of
                `(images, labels)` of `discriminator_steps × batch_size` images.
            y: labels of an array of images, see the contract in `batches`.
            batch_size: int. Images that one update sees, for arrays.

        Returns:
            A `keras.callbacks.History`.

        Raises:
            ValueError: if the images or labels break the contract; of data that comes
                in batches the first batch is looked at.
        """
        shape = data_formats.image_shape(*self.image_shape, self.data_format)
        if hasattr(x, "shape"):
            images = ops.convert_to_numpy(x)
            labels = None if y is None else ops.convert_to_numpy(y)
            batches.check_batch((images, labels), shape, self.num_classes)
            x = batches.ArrayBatches(
                images,
                labels if self.num_classes is not None else None,
                batch_size * self.discriminator_steps,
                None if self.seed is None else [self.seed, self.step_count],
            )
        first, x = batches.peek(x)
        batches.check_batch(first, shape, self.num_classes)
        rows = len(first[0] if isinstance(first, (tuple, list)) else first)
        self._check_rows(rows)
        if rows != self._rows_per_step:
            # A traced step has the size of its batch built in.
            self._rows_per_step, self.train_function = rows, None
        return super().fit(x, **kwargs)

    def _check_rows(self, rows):
        if rows % self.discriminator_steps:
            raise ValueError(
                f"A batch must hold discriminator_steps={self.discriminator_steps} × "
                f"batch_size images. Received: {rows} images"
            )
        pieces = self.discriminator_steps * self.accumulated_batches
        if rows % pieces:
            raise ValueError(
                "An update's images must split into gradient_accumulation_steps="
                f"{self.accumulated_batches} pieces. Received: "
                f"{rows // self.discriminator_steps} images an update"
            )

    def call(self, labels, latents=None, training=False):
        if latents is None:
            latents = self.random_latents(ops.shape(labels)[0])
        rows = self._rows(labels)
        return self.ema_generator(
            self.generator.generator_inputs(latents, rows), training=training
        )

    def _rows(self, labels):
        if self.num_classes is None or labels is None:
            return None
        return label_rows(labels, self.num_classes)

    def get_config(self):
        return {
            **super().get_config(),
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "discriminator_steps": self.discriminator_steps,
            "ema_decay": self.ema_decay,
            "ema_start_step": self.ema_start_step,
            "penalty": keras.saving.serialize_keras_object(self.penalty),
            "penalty_weight": self.penalty_weight,
            "penalty_interval": self.penalty_interval,
            "generator_penalty": keras.saving.serialize_keras_object(
                self.generator_penalty
            ),
            "generator_penalty_weight": self.generator_penalty_weight,
            "latent_distribution": self.latent_distribution,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for name in ("generator", "discriminator", "penalty", "generator_penalty"):
            config[name] = keras.saving.deserialize_keras_object(
                config[name], custom_objects
            )
        return cls(**config)


def _far_from_others(seed):
    """A seed whose draws are not those of the next seed, one step later, on PyTorch."""
    if seed is None:
        return None
    return int(np.random.SeedSequence(seed).generate_state(1)[0]) % 2**31
