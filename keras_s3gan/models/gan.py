"""The adversarial `keras.Model`: its arguments, parts and configuration."""

import keras
import numpy as np
from keras import layers, ops

from keras_s3gan import backend, deprecation, penalties
from keras_s3gan.layers.image_augmentation import ImageAugmentation
from keras_s3gan.layers.kernel_normalization import with_kernel_normalization
from keras_s3gan.layers.random_state import SavedRandomState
from keras_s3gan.models.adversarial_step import AdversarialStep
from keras_s3gan.models.average import Averaging
from keras_s3gan.models.class_path import ClassPath
from keras_s3gan.models.keras_interface import KerasInterface
from keras_s3gan.models.label_distribution import LabelCounts, LabelDistribution
from keras_s3gan.models.latents import Latents
from keras_s3gan.models.objective import Objective
from keras_s3gan.models.penalized import Penalized
from keras_s3gan.models.sampling import Sampling
from keras_s3gan.models.top_k import TopK
from keras_s3gan.validation import check_integer

# For one more release.
_OLD_NAMES = {"random_rows": "random_labels_one_hot", "tracked": "metric_names"}
_OLD_HOOKS = {
    "_check_rows": "_check_batch_size",
    "_fill_in": "_impute_labels",
    "_shown": "_discriminator_inputs",
    "_shown_as_constant": "_detached_discriminator_inputs",
    "random_rows": "random_labels_one_hot",
}


@keras.saving.register_keras_serializable("keras_s3gan")
class GAN(
    backend.TrainStep,
    KerasInterface,
    AdversarialStep,
    Averaging,
    ClassPath,
    LabelCounts,
    Objective,
    Penalized,
    TopK,
    Sampling,
    SavedRandomState,
    keras.Model,
):
    """A generator and a discriminator that `fit` trains against each other.

    One training step is `discriminator_steps` updates of the discriminator, one of the
    generator, and one of the averaged generator.

    Args:
        generator: `keras_s3gan.networks.Generator`.
        discriminator: `keras_s3gan.networks.Discriminator` for the same images and
            classes.
        discriminator_steps: int >= 1. Discriminator updates per training step. Defaults
            to `1`.
        ema_decay: float in [0, 1). Decay of the averaged generator, an exponential
            moving average of the weights. Defaults to `0.9999`.
        ema_start_step: int. Number of steps for which the average is a copy of the
            generator. Defaults to `0`.
        ema_half_life: float or schedule, in real images, instead of `ema_decay`: after
            so many images a weight counts half as much in the average. Defaults to
            `None`.
        ema_warm_up: float. Largest half-life as a part of the images so far, such as
            0.05, or `None` for no limit.
        post_hoc_widths: tuple of floats in (0, 0.28], such as `(0.05, 0.1)`. Widths of
            averages that are kept beside, see `callbacks.post_hoc_average`. Defaults to
            none.
        penalty: of the discriminator: `None`, a name of `keras_s3gan.penalties`, a dict
            with the name as `"scheme"` and with arguments, a penalty, or a list of
            these. Defaults to `None`.
        penalty_weight: float, schedule such as `Cosine`, or `None` for the published
            weight; for a list a list.
        penalty_interval: int >= 1. A penalty on images or kernels is computed once in
            this many updates of the discriminator, with as many times the weight
            ("lazy regularization"). Defaults to `1`.
        augmentation: `keras_s3gan.layers.ImageAugmentation` of all images that the
            discriminator sees in training, or `None`. Rotated copies are made of the
            augmented images; penalties on images are of the gradient through it.
            Defaults to `None`.
        generator_penalty: of the generator: `None`, `"orthogonal"`, `"l2"`, or as
            `penalty`. Defaults to `None`.
        generator_penalty_weight: float, schedule, or `None` for the published weight.
        latent_distribution: in training and for samples: `"normal"`, `"uniform"` in
            [-1, 1], or `"truncated_normal"`, cut at 2. Defaults to `"normal"`.
        label_distribution: how often each class is generated in training: `"uniform"`,
            equally often; `"natural"`, as often as it is among the labels of training;
            `"effective"`, in proportion to its effective number of images, which lies
            between; the beta of these, a float in (0, 1); or one number for each class.
            All but the first and the last need `count_labels`. Defaults to
            `"uniform"`.
        seed: int or `None`. Seed of latents and labels.
        top_k_fraction: float in (0, 1]. The generator's adversarial loss is over this
            part of its images, those with the highest logits. Defaults to `None`, for
            all images.
        top_k_steps: int >= 1. Steps in which the part falls from 1 to that. Defaults to
            `1`.
        conditional_start, conditional_full: ints. Up to the first step this is an
            unconditional GAN: classes count nothing, in the losses and in the
            generator. From there on they count linearly more, up to the second step.
            Defaults to `None`, for no such transition.
        class_noise: list of `num_classes` floats, such as `rare_class_noise` gives.
            Deviation of noise on the labels from which the generator makes images in
            training. Defaults to `None`.

    Call arguments:
        labels: integers `[N]` or one-hot `[N, num_classes]`; for an unconditional GAN
            anything of length N.
        latents: `[N, latent_dim]`, or `None` for random ones.
        training: bool. Of the averaged generator.

    Returns:
        Images of the averaged generator, `[N, H, W, C]` (or `[N, C, H, W]`).

    Attributes:
        latent_dim: int. Length of a latent.
        image_shape: `(H, W, C)` on every data format.
        num_classes: int, or `None`.
        data_format: `"channels_last"` or `"channels_first"`.
        accumulated_batches: int. Microbatches per update, the
            `gradient_accumulation_steps` of the optimizers.
        in_training: bool. `False` while `evaluate` computes losses.

    A subclass may override these hooks. N is the number of images in a batch, M that of
    the discriminator's inputs, of which the first N are the images of the batch; D is
    the length of a feature vector. `real` and `fake` are of type `Batch`.

    | hook | arguments | returns |
    | --- | --- | --- |
    | `shared_attributes` | class attribute | names of what both networks have alike |
    | `adversarial` | class attribute | whether there are adversarial losses |
    | `heads` | property | list of layers that train with the discriminator |
    | `_check_networks` | both networks | nothing; raises if they do not fit |
    | `_check_batch_size` | images per step, of this replica, an int | nothing; raises |
    | `random_latents` | count, an int | `[count, latent_dim]` |
    | `random_labels_one_hot` | count | `[count, num_classes]` or `None` |
    | `_discriminator_inputs` | images `[N, …]` | `[M, …]`: them, then more |
    | `_detached_discriminator_inputs` | likewise, images without gradient | likewise |
    | `_impute_labels` | `real`, its features `[M, D]` | labels, loss, values |
    | `_discriminator_heads` | `real`, `fake`, their features `[M, D]` | loss, values |
    | `_generator_heads` | `fake`, its features `[M, D]` | loss, values |
    | `discriminator_loss` | `real`, `fake` | loss, values |
    | `generator_loss` | `fake`, `real` | loss, values |

    Labels are `[N, num_classes]`, a loss is a scalar, and `values` is a dict for the
    metrics, from names to scalars or to pairs of a scalar and its weight. `__init__`
    builds the `heads` and names the metrics by `_add_metrics(*names)`. A hook calls
    layers with `training=self.in_training`, since `evaluate` computes the losses, too.

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
        - Cui et al., 2019, https://arxiv.org/abs/1901.05555 (effective numbers)
    """

    shared_attributes: tuple[str, ...] = ("image_shape", "num_classes", "data_format")
    # `check_data` checks every batch, see `backend.interface.TrainStep`.
    data_is_checked = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        deprecation.rename_methods(cls, _OLD_HOOKS)

    def __getattr__(self, name):
        # Not a property: Keras reads all of those when it saves a model.
        if name in _OLD_NAMES:
            deprecation.warn(name, _OLD_NAMES[name])
            return getattr(self, _OLD_NAMES[name])
        inherited = getattr(super(), "__getattr__", None)
        if inherited is None:
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}"
            )
        return inherited(name)

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
        augmentation=None,
        ema_half_life=None,
        ema_warm_up=None,
        post_hoc_widths=(),
        top_k_fraction=None,
        top_k_steps=1,
        conditional_start=None,
        conditional_full=None,
        class_noise=None,
        label_distribution="uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._check_networks(generator, discriminator)
        check_integer("discriminator_steps", discriminator_steps)
        if seed is not None:
            check_integer("seed", seed, 0)
        self.ema_decay = ema_decay
        self.ema_start_step = ema_start_step
        self.ema_half_life = ema_half_life
        self.ema_warm_up = ema_warm_up
        self.post_hoc_widths = tuple(post_hoc_widths)
        self._check_average_arguments()
        self.latent_dim = generator.latent_dim
        self.image_shape = generator.image_shape
        self.num_classes = generator.num_classes
        self.data_format = generator.data_format
        self.generator = generator
        self.discriminator = discriminator
        # A `ClassProjection` of labels as they are given, beside the discriminator's.
        self.given_label_projection = None
        self._make_average()
        self.discriminator_steps = discriminator_steps
        self.top_k_fraction = top_k_fraction
        self.top_k_steps = top_k_steps
        self._check_top_k()
        self.conditional_start = conditional_start
        self.conditional_full = conditional_full
        self.class_noise = class_noise
        self._check_class_path()
        self.latent_distribution = latent_distribution
        self._latents = Latents(generator.latent_dim, latent_distribution)
        self.label_distribution = label_distribution
        self._labels = LabelDistribution(
            label_distribution, self.num_classes, self.add_weight
        )
        self.seed = seed
        self.random = keras.random.SeedGenerator(_independent(seed))
        self.steps = self.add_weight(
            name="steps", shape=(), dtype="int32", initializer="zeros", trainable=False
        )
        self.adversarial_loss = None
        self._trackers = {}
        self._add_metrics("discriminator_loss", "generator_loss")
        self.augmentation = augmentation
        self.penalty = _each(penalties.get, penalty)
        self.penalty_weight = penalty_weight
        self.penalty_interval = penalty_interval
        self.generator_penalty = penalties.get(generator_penalty)
        self.generator_penalty_weight = generator_penalty_weight
        self._check_penalties(generator_penalty)
        self._check_augmentation()
        if augmentation is not None:
            self._add_metrics(*augmentation.metric_names)
        if self.generator_penalty is not None:
            self._add_metrics("generator_penalty")
        self._add_metrics(*(name for *_, name in self._weighted_penalties))
        self.accumulated_batches = 1
        self._images_per_step = None
        self._make_power_averages()
        self.built = True

    def _check_networks(self, generator, discriminator):
        for name in self.shared_attributes:
            ours, theirs = getattr(generator, name), getattr(discriminator, name)
            if ours != theirs:
                raise ValueError(
                    f"Generator and discriminator must have the same `{name}`. "
                    f"Received: {ours} and {theirs}"
                )

    def _check_augmentation(self):
        if not isinstance(self.augmentation, ImageAugmentation | None):
            raise ValueError(
                "`augmentation` must be an ImageAugmentation, such as DiffAugment(). "
                f"Received: augmentation={self.augmentation}"
            )
        for part in (self, *self.penalties):
            augmentation = getattr(part, "augmentation", None)
            data_format = getattr(augmentation, "data_format", self.data_format)
            if data_format != self.data_format:
                raise ValueError(
                    "`augmentation` must have the data format of the networks, "
                    f"{self.data_format!r}. "
                    f"Received: augmentation.data_format={data_format!r}"
                )

    def _linear_head(self, units, name):
        """A built linear layer on the features, normalized as the discriminator is."""
        head = with_kernel_normalization(
            layers.Dense(
                units,
                kernel_initializer="orthogonal",
                dtype=self.discriminator.dtype_policy,
                name=name,
            ),
            self.discriminator.kernel_normalization,
        )
        head.build((None, self.discriminator.feature_dim))
        return head

    @property
    def state_variables(self):
        """All variables that the next step depends on, as `(unique path, variable)`."""
        optimizer = self.optimizer.variables if self.compiled else []
        groups = {"model": self.variables, "optimizer": optimizer}
        return [
            (f"{group}/{index:04d}/{variable.path}", variable)
            for group, variables in groups.items()
            for index, variable in enumerate(variables)
        ]

    @property
    def step_count(self):
        """Training steps so far, an int."""
        return int(ops.convert_to_numpy(self.steps))

    def call(self, labels, latents=None, training=False):
        if latents is None:
            latents = self.random_latents(ops.shape(labels)[0])
        inputs = self._generator_inputs(latents, self._one_hot(labels))
        return self.ema_generator(inputs, training=training)

    def get_config(self):
        return {
            **super().get_config(),
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "discriminator_steps": self.discriminator_steps,
            "ema_decay": self.ema_decay,
            "ema_start_step": self.ema_start_step,
            "penalty": _each(keras.saving.serialize_keras_object, self.penalty),
            "penalty_weight": _each(
                keras.saving.serialize_keras_object, self.penalty_weight
            ),
            "penalty_interval": self.penalty_interval,
            "generator_penalty": keras.saving.serialize_keras_object(
                self.generator_penalty
            ),
            "generator_penalty_weight": keras.saving.serialize_keras_object(
                self.generator_penalty_weight
            ),
            "latent_distribution": self.latent_distribution,
            "label_distribution": self.label_distribution,
            "seed": self.seed,
            "augmentation": keras.saving.serialize_keras_object(self.augmentation),
            "ema_half_life": keras.saving.serialize_keras_object(self.ema_half_life),
            "ema_warm_up": self.ema_warm_up,
            "post_hoc_widths": list(self.post_hoc_widths),
            "top_k_fraction": self.top_k_fraction,
            "top_k_steps": self.top_k_steps,
            "conditional_start": self.conditional_start,
            "conditional_full": self.conditional_full,
            "class_noise": self.class_noise,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for name in (
            *("generator", "discriminator", "penalty", "generator_penalty"),
            *("augmentation", "penalty_weight", "generator_penalty_weight"),
            "ema_half_life",
        ):
            config[name] = _each(
                lambda part: keras.saving.deserialize_keras_object(
                    part, custom_objects
                ),
                config.get(name),
            )
        return cls(**config)


def _each(function, parts):
    """`function` of a part, or the list of it for a list of parts."""
    if isinstance(parts, (list, tuple)):
        return [function(part) for part in parts]
    return function(parts)


def _independent(seed):
    """A seed for Keras: on PyTorch, seed n + 1 is seed n after one draw."""
    if seed is None:
        return None
    return int(np.random.SeedSequence(seed).generate_state(1)[0]) % 2**31
