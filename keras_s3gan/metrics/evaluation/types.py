"""The inputs and the result of a score, and its entry in the table."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from keras_s3gan.metrics.evaluation.outputs import CollectedOutputs
from keras_s3gan.metrics.scores.manifold import manifold_scores
from keras_s3gan.metrics.scores.precision_recall_distribution import (
    precision_recall_distribution,
)


class GenerativeModel(Protocol):
    """What scores ask of a `GAN`, whose room is not known here.

    Attributes:
        num_classes: int, or `None` without classes.
        latent_entropy: float. Differential entropy of a latent, in nats.
    """

    num_classes: int | None

    @property
    def latent_entropy(self) -> float: ...

    def sample_latents(self, count: int, seed: Any = 0) -> np.ndarray:
        """Returns `[count, latent_dim]`."""

    def generate(self, labels: Any, *, latents: np.ndarray) -> np.ndarray:
        """Returns images in `[-1, 1]`, of given latents."""

    def discriminate(self, images: np.ndarray, labels: Any = None) -> np.ndarray:
        """Returns the discriminator's logits of images in `[-1, 1]`."""


@dataclasses.dataclass
class ScoreInputs:
    """Everything that a score may be computed on.

    Attributes:
        real: `CollectedOutputs` of real images; `None` if the score needs none.
        generated: `CollectedOutputs` of generated images; `None` if the score needs
            none.
        gan: a `GAN`.
        seed: int. Seed of the score's own random draws.
        count: int. Number of generated images.
        classes: int or `None`. Number of classes, if the real images and the generator
            have the same classes.
        truncation: float or `None`. Truncation of the latents.
        held_out: `CollectedOutputs` of real images of another split, or `None`.
    """

    real: CollectedOutputs | None
    generated: CollectedOutputs | None
    gan: GenerativeModel
    seed: int
    count: int
    classes: int | None
    truncation: float | None = None
    held_out: CollectedOutputs | None = None

    def take(self, indices):
        """The inputs with some of the generated images, without held-out images."""
        return dataclasses.replace(
            self,
            generated=self.generated.take(indices),
            count=len(indices),
            held_out=None,
        )

    @functools.cached_property
    def manifold(self):
        """The `ManifoldScores`, computed once for the four scores that need them."""
        return manifold_scores(self.real.features, self.generated.features)

    @functools.cached_property
    def equal(self):
        """The inputs with no more generated than real images."""
        if self.count <= self.real.count:
            return self
        random = np.random.default_rng(self.seed)
        chosen = random.choice(self.count, self.real.count, replace=False)
        return self.take(np.sort(chosen))

    @functools.cached_property
    def distribution(self):
        """The `PrecisionRecallDistribution` of equally many features of both sides."""
        # A larger side would attract the clusters.
        count = min(self.real.count, self.generated.count)
        sides = (
            side.features[np.sort(random.choice(side.count, count, replace=False))]
            for random, side in (
                (np.random.default_rng(self.seed), self.real),
                (np.random.default_rng(self.seed), self.generated),
            )
        )
        return precision_recall_distribution(*sides, seed=self.seed)

    def generate(self, latents, seed):
        """Generates images for latents, with random classes."""
        labels = len(latents)
        if self.gan.num_classes is not None:
            random = np.random.default_rng(seed)
            labels = random.integers(self.gan.num_classes, size=len(latents))
        return self.gan.generate(labels, latents=latents)


@dataclasses.dataclass(frozen=True)
class ScoreResult:
    """The result of a score.

    Attributes:
        value: float.
        details: dict that JSON can hold. Further results.
        pictures: dict from a name to uint8 images `[rows, columns, H, W, C]`.
        n_real: int. Number of real images, if it differs from that of the inputs.
    """

    value: float
    details: dict[str, Any] = dataclasses.field(default_factory=dict)
    pictures: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    n_real: int | None = None


@dataclasses.dataclass(frozen=True)
class Score:
    """An entry in the table of scores.

    Attributes:
        compute: callable from `ScoreInputs` to a `ScoreResult`.
        description: str. One line.
        better: `"lower"`, `"higher"`, or `None` if neither is better.
        real: names of attributes of `CollectedOutputs` needed for real images.
        generated: likewise for generated images.
        by_class: bool. Whether the score needs the classes of both.
        equal_numbers: bool. Whether no more generated than real images are compared.
        held_out: names of attributes needed for real images of another split, if there
            are such.
        count: int. Default number of generated images. `None`: the run decides.
        digits: int. Number of decimals when the score is printed.
    """

    compute: Callable[[ScoreInputs], ScoreResult]
    description: str
    better: str | None = "lower"
    real: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    by_class: bool = False
    equal_numbers: bool = False
    held_out: tuple[str, ...] = ()
    count: int | None = None
    digits: int = 4

    @property
    def uses_extractor(self) -> bool:
        """Whether the score needs outputs of the feature extractor."""
        return bool({*self.real, *self.generated} - {"images"})
