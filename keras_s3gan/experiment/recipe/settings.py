"""The settings of a run: the `train.*` part of a recipe."""

import dataclasses
import numbers
from collections.abc import Callable

import keras

from keras_s3gan.class_balance import check_balance
from keras_s3gan.data.crops import check_crop
from keras_s3gan.labels import InferredLabels
from keras_s3gan.losses import AdversarialLoss
from keras_s3gan.metrics import FeatureExtractor
from keras_s3gan.models import GAN
from keras_s3gan.networks import Discriminator, Generator
from keras_s3gan.validation import check_integer

_PARTS = (
    "generator",
    "discriminator",
    "model",
    "generator_optimizer",
    "discriminator_optimizer",
)
_BUILT = (keras.layers.Layer, keras.optimizers.Optimizer)


@dataclasses.dataclass(frozen=True)
class TrainSettings:
    """The settings of one training run, which a recipe binds to `train`.

    Args:
        source: string. The images, as `keras_s3gan.data.resolve_source` reads it:
            `"mnist5k"`, `"earth32"`, `"icons64"`, `"folder:PATH"`,
            `"tfds:NAME[:split]"` or the name of a data set that is preprocessed as in
            Compare GAN, such as `"imagenet_128"`.
        label_key: string. The feature of a TFDS set that is the class, such as
            `"attributes/Smiling"`. `None`: its `label`, if it has one.
        min_image_size: integer. Images with a smaller height or width are left out.
        only_class: string or integer. Name or number of the only class to train on; it
            becomes class 0 of 1. Needs all labels, so that `label_fraction` must be 1.
        labelled_only: boolean. Whether to train only on images that have a label after
            `label_fraction` and `pseudo_labelling` are applied.
        crop: how images are cropped: `"distorted"`, `"random"`, `"middle"`, `"full"` or
            the side of a central square, see `keras_s3gan.data.crop_image`; crops are
            resized as in Compare GAN. `None`: the source's crop, else `image_fit`.
        generator: callable without arguments that builds the generator.
        discriminator: callable without arguments that builds the discriminator.
        model: callable of `generator`, `discriminator` and `seed` that builds the
            model to train.
        generator_optimizer: callable without arguments that builds an optimizer.
        discriminator_optimizer: likewise.
        batch_size: integer. Images per update of either network.
        steps: integer. Generator updates of the whole run.
        steps_per_epoch: integer. After each epoch a row of history and a checkpoint are
            written. The last epoch has the steps that are left.
        label_fraction: float in `[0, 1]`. Fraction of the labels of each class that is
            used; 0 for a method without labels.
        pseudo_labelling: callable of `images`, `labels`, `num_classes` and `seed` that
            gives every image a label before training, see
            `keras_s3gan.labels.pseudo_labelling`. `None`: training uses the given
            labels only.
        self_training_rounds: integer >= 0. Rounds of self-training, as the third stage
            of DPT: a GAN is trained on the labels so far, and pseudo-labelling is done
            again with images that it generates among the labelled ones. The last
            labels are those of the run. Defaults to 0.
        self_training_steps: integer. Steps of the GAN of each round. `None`: `steps`.
        self_training_images: integer. Generated images per class, all of them labelled.
        class_sampling: how often the images of each class are drawn in training:
            `"natural"`, `"effective"`, `"uniform"` or the beta of effective numbers,
            see `keras_s3gan.data.batches`.
        refine_labels_every_epochs: integer. Epochs after which labels are changed to
            what they and the model's predictor are confident of together, see
            `keras_s3gan.labels.refine_labels`. `None`: labels stay.
        refine_labels_confidence: float in `(0, 1]`. The least probability of a label
            that is changed.
        image_fit: `"pad"` or `"resize"`. How images without a crop get the networks'
            size.
        loss: string or `AdversarialLoss`. The adversarial loss.
        jit_compile: boolean or `"auto"`.
        dtype_policy: string. Keras' dtype policy of every layer.
        deterministic: boolean. Whether runs with the same seed are equal bit for bit.
        seed: integer >= 0. The seed of everything random in the run.
        evolution_rows: integer >= 2. Rows of `evolution.png`, one per step drawn.
        standing_statistics_batches: integer. Number of generated batches for the
            standing statistics, which are computed before sampling and scoring.
        scores: list of names of `keras-s3gan scores`, the scores of the run; the first
            one determines the best checkpoint. `None`: FID, and class accuracy if the
            extractor predicts the classes.
        score_samples: integer. Number of generated images for scores without a number
            in their name.
        extractor: callable without arguments that builds the network whose features
            are compared: `@InceptionExtractor`, `@DINOv2Extractor`, `@CLIPExtractor`
            or `@load_model_extractor`. `None`: a classifier that is trained on all
            labels of the source.
        evaluate_every_epochs: integer. Epochs between evaluations during training,
            which write `scores.csv` and keep the best checkpoint. `None`: none.
        evaluation_samples: integer. Number of generated images for these evaluations.
        keep_checkpoints: integer. Number of newest checkpoints to keep. `None`: all.
        snapshot_every_epochs: integer. Epochs between snapshots of the averages of the
            model's `post_hoc_widths`, from which `--ema` makes one of any width.

    Raises:
        ValueError: if a setting has a wrong type or is out of range.
    """

    source: str
    generator: Callable[..., Generator]
    discriminator: Callable[..., Discriminator]
    model: Callable[..., GAN]
    generator_optimizer: Callable[[], keras.optimizers.Optimizer]
    discriminator_optimizer: Callable[[], keras.optimizers.Optimizer]
    batch_size: int
    steps: int
    steps_per_epoch: int
    label_fraction: float = 1.0
    pseudo_labelling: Callable[..., InferredLabels] | None = None
    label_key: str | None = None
    self_training_rounds: int = 0
    self_training_steps: int | None = None
    self_training_images: int = 128
    class_sampling: str | float = "natural"
    refine_labels_every_epochs: int | None = None
    refine_labels_confidence: float = 0.9
    min_image_size: int | None = None
    only_class: str | int | None = None
    labelled_only: bool = False
    crop: str | int | None = None
    image_fit: str = "pad"
    loss: str | AdversarialLoss | type[AdversarialLoss] = "hinge"
    jit_compile: bool | str = "auto"
    dtype_policy: str = "float32"
    deterministic: bool = True
    seed: int = 0
    evolution_rows: int = 6
    standing_statistics_batches: int = 16
    scores: list[str] | tuple[str, ...] | None = None
    score_samples: int = 5000
    extractor: Callable[[], FeatureExtractor] | None = None
    evaluate_every_epochs: int | None = None
    evaluation_samples: int = 1000
    keep_checkpoints: int | None = 2
    snapshot_every_epochs: int = 1

    @property
    def epochs(self) -> int:
        """Number of epochs, of which the last one may be shorter."""
        return -(-self.steps // self.steps_per_epoch)

    @property
    def uses_given_labels(self) -> bool:
        """Whether any label of the source is used.

        If not, the classes that a model learns are not those of the source.
        """
        return self.label_fraction > 0

    def __post_init__(self) -> None:
        if not isinstance(self.source, str):
            raise ValueError(
                "train.source must be a string, such as 'mnist5k' or 'folder:PATH'. "
                f"Received: train.source={self.source!r}"
            )
        for name in (
            "batch_size",
            "steps",
            "steps_per_epoch",
            "standing_statistics_batches",
            "score_samples",
            "evaluation_samples",
            "snapshot_every_epochs",
            "self_training_images",
        ):
            self._check_integer(name, minimum=1)
        self._check_integer("evolution_rows", minimum=2)
        self._check_integer("seed", minimum=0)
        self._check_integer("self_training_rounds", minimum=0)
        for name in (
            *("min_image_size", "evaluate_every_epochs", "keep_checkpoints"),
            *("self_training_steps", "refine_labels_every_epochs"),
        ):
            if getattr(self, name) is not None:
                self._check_integer(name, minimum=1)
        check_crop(self.crop, "train.crop")
        check_balance("train.class_sampling", self.class_sampling)
        fraction = self.label_fraction
        if not isinstance(fraction, numbers.Real) or not 0 <= fraction <= 1:
            raise ValueError(
                "train.label_fraction must be a number in [0, 1]. "
                f"Received: train.label_fraction={fraction!r}"
            )
        least = self.refine_labels_confidence
        if not isinstance(least, numbers.Real) or not 0 < least <= 1:
            raise ValueError(
                "train.refine_labels_confidence must be a number in (0, 1]. "
                f"Received: train.refine_labels_confidence={least!r}"
            )
        if self.only_class is not None and fraction != 1:
            raise ValueError(
                "train.only_class needs the labels of all images: bind "
                "train.label_fraction = 1.0, too. Received: "
                f"train.only_class={self.only_class!r}, "
                f"train.label_fraction={fraction}"
            )
        if self.pseudo_labelling is not None and not callable(self.pseudo_labelling):
            raise ValueError(
                "train.pseudo_labelling must be a reference like @semi_supervised, "
                "without (), or None. "
                f"Received: train.pseudo_labelling={self.pseudo_labelling!r}"
            )
        able = self.pseudo_labelling is not None and self.uses_given_labels
        if self.self_training_rounds and not able:
            raise ValueError(
                "Self-training repeats pseudo-labelling: bind train.pseudo_labelling, "
                "such as @semi_supervised, and a label fraction above 0. Received: "
                f"train.pseudo_labelling={self.pseudo_labelling!r}, "
                f"train.label_fraction={fraction}"
            )
        for name in (*_PARTS, "extractor"):
            part = getattr(self, name)
            if name == "extractor" and part is None:
                continue
            # A part that is built before the seed is set would differ from run to run.
            if not callable(part) or isinstance(part, _BUILT):
                raise ValueError(
                    f"train.{name} must be a reference like @Name, without (). "
                    f"Received: train.{name}={part!r}"
                )

    def _check_integer(self, name: str, minimum: int) -> None:
        check_integer(f"train.{name}", getattr(self, name), minimum)
