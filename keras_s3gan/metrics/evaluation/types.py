"""What a score is computed on, what it gives, and how the table describes it."""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

from keras_s3gan.metrics.scores.manifold import manifold_scores
from keras_s3gan.metrics.scores.precision_recall_distribution import (
    precision_recall_distribution,
)


@dataclasses.dataclass
class Evidence:
    """All that a score may be computed on.

    Attributes:
        real: `Observations` of real images; `None` for a score without.
        generated: `Observations` of generated ones; `None` for a score of the
            generator alone.
        gan: the model.
        seed: int. Of what a score draws itself.
        count: int. Generated images that were asked for.
        classes: int or `None`. The classes that both the real labels and those that
            the generator was asked for are of; `None` where they are not the same.
        truncation: float or `None`. Of the latents.
    """

    real: object
    generated: object
    gan: object
    seed: int
    count: int
    classes: int | None
    truncation: float | None = None

    @functools.cached_property
    def manifold(self):
        return manifold_scores(self.real.features, self.generated.features)

    @functools.cached_property
    def distribution(self):
        """Of equal numbers: a larger side would draw the clusters to itself."""
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
        """Images for latents, each of a class drawn at random."""
        labels = len(latents)
        if self.gan.num_classes is not None:
            random = np.random.default_rng(seed)
            labels = random.integers(self.gan.num_classes, size=len(latents))
        return self.gan.generate(labels, latents=latents)


@dataclasses.dataclass(frozen=True)
class Result:
    """A score's value and what else there is to say.

    Attributes:
        value: float.
        details: dict that JSON can hold.
        pictures: dict from a name to images `[rows, columns, H, W, C]`, uint8.
        n_real, n_generated: ints, where they are not those of the evidence.
    """

    value: float
    details: dict = dataclasses.field(default_factory=dict)
    pictures: dict = dataclasses.field(default_factory=dict)
    n_real: int | None = None
    n_generated: int | None = None


@dataclasses.dataclass(frozen=True)
class Score:
    """How a score is computed.

    Attributes:
        compute: callable from `Evidence` to a `Result`.
        description: str, a line for people.
        better: `"lower"`, `"higher"`, or `None` where neither is.
        real: attributes of `Observations` that it needs of real images.
        generated: likewise, of generated ones.
        by_class: bool. Whether it needs the classes of both.
        count: int. Generated images where nothing else is asked for; `None`: the run's.
        digits: int. Behind the point, when it is shown.
    """

    compute: Callable
    description: str
    better: str | None = "lower"
    real: tuple = ()
    generated: tuple = ()
    by_class: bool = False
    count: int | None = None
    digits: int = 4

    @property
    def observed(self):
        """Whether the extractor's network is asked of images."""
        return bool({*self.real, *self.generated} - {"images"})
