"""Evaluates a GAN against real images."""

import collections
import dataclasses
import statistics
from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.evaluation.generated_images import generated_images
from keras_s3gan.metrics.evaluation.half_samples import (
    check_bootstrap,
    deviations_of_halves,
    interval_fields,
)
from keras_s3gan.metrics.evaluation.names import ScoreName
from keras_s3gan.metrics.evaluation.outputs import collect_outputs, with_sources
from keras_s3gan.metrics.evaluation.real_images import RealImages
from keras_s3gan.metrics.evaluation.records import ScoreRecord
from keras_s3gan.metrics.evaluation.table import SCORES
from keras_s3gan.metrics.evaluation.types import ScoreInputs
from keras_s3gan.validation import check_integer


class Evaluation(NamedTuple):
    """The result of `Evaluator.evaluate`.

    Attributes:
        records: dict from each requested name to its `ScoreRecord`.
        pictures: dict from a name to uint8 images `[rows, columns, H, W, C]`.
    """

    records: dict[str, ScoreRecord]
    pictures: dict[str, np.ndarray]


class Evaluator:
    """Computes scores of a conditional or unconditional GAN.

    Scores share their inputs. An evaluator passes the real images through the extractor
    once, and the generated images once per number of images.

    Args:
        real: `RealImages`, or a list of them with different splits. A score whose name
            has no split uses the first.
        extractor: a `FeatureExtractor`.
        scores: names of scores in `SCORES`, with number, split and extractor as
            `ScoreName` reads them, such as `"fid"`, `"kid10k"` or `"precision_test"`.
        same_classes: bool. Whether the generator's classes are those of the real
            images. If not, scores by class are refused.

    Raises:
        ValueError: if a name is unknown, or a score cannot be computed on these images.

    Example:
        >>> real = RealImages(images, labels)
        >>> extractor = reference_classifier(images, labels, num_classes=10)
        >>> evaluator = Evaluator(real, extractor, ["fid", "class_accuracy"])
        >>> records = evaluator.evaluate(gan, num_samples=200).records
        >>> records["fid"].full_name
        'fid200_train'
        >>> records["fid"].value > 0
        True
    """

    def __init__(self, real, extractor, scores=("fid",), same_classes=True):
        self.real = [real] if isinstance(real, RealImages) else list(real)
        self.extractor = extractor
        self.same_classes = same_classes
        self.names = {name: ScoreName.parse(name) for name in scores}
        if not self.names:
            raise ValueError("`scores` must name at least one score. Received: none")
        for name, parsed in self.names.items():
            self._check(name, parsed)

    def _check(self, name, parsed):
        if parsed.score not in SCORES:
            raise ValueError(
                f"A score must be one of {', '.join(SCORES)}, optionally followed by a "
                f"number of images and a split. Received: {name}"
            )
        score, real = SCORES[parsed.score], self._real_images(parsed)
        if parsed.extractor not in (None, self._label(parsed)):
            raise ValueError(
                f"The features are those of {self.extractor.identifier}, which names "
                f"call {self._label(parsed) or parsed.score}. Received: {name}"
            )
        if parsed.split is not None and not score.real:
            raise ValueError(
                f"{parsed.score} is not compared with real images and has no split. "
                f"Received: {name}"
            )
        if score.by_class and (real.labels is None or not self.same_classes):
            raise ValueError(
                f"{parsed.score} needs real images with labels, of the generator's "
                f"classes. Received: {name}, real images "
                f"{'without labels' if real.labels is None else 'of other classes'}"
            )

    def _real_images(self, name):
        if name.split is None:
            return self.real[0]
        for real in self.real:
            if real.split == name.split:
                return real
        raise ValueError(
            f"The split must be one of {', '.join(real.split for real in self.real)}. "
            f"Received: {name}"
        )

    def _label(self, name):
        """What the name of a score says of the extractor."""
        uses_extractor = SCORES[name.score].uses_extractor
        return self.extractor.label if uses_extractor else None

    def full_names(self, num_samples):
        """Returns the names with number and split, `fid5k_train` for `fid`.

        Args:
            num_samples: int. Number of generated images, for names without a number.
        """
        return [
            str(
                ScoreName(
                    parsed.score,
                    self._count(parsed, num_samples),
                    self._real_images(parsed).split
                    if SCORES[parsed.score].real
                    else None,
                    self._label(parsed),
                )
            )
            for parsed in self.names.values()
        ]

    @staticmethod
    def _count(name, num_samples):
        return name.num_generated or SCORES[name.score].count or num_samples

    def evaluate(
        self,
        gan,
        num_samples=5000,
        seed=0,
        repeats=1,
        truncation=None,
        batch_size=64,
        progress=None,
        bootstrap=0,
    ):
        """Evaluates the averaged generator.

        The requested classes are balanced. Images are rounded to uint8, as in saved
        pictures. Batch normalization uses standing statistics if the model has them,
        see `GAN.update_standing_statistics`.

        With `bootstrap`, every score of the extractor's features or predictions has a
        standard error and a 95 % interval: how much it would change with other
        generated images, as many. It is computed again from random halves of the
        generated images of each class; no image passes through a network again. The
        real images stay the same, as they do in comparisons, and a bias, as that of
        FID, is part of the interval.

        Args:
            gan: a `GAN`.
            num_samples: int. Number of generated images for names without a number: at
                least 2, and at least one per class.
            seed: int. Seed of the latents and of the scores' random draws.
            repeats: int. Number of measurements, each with other latents.
            truncation: float or `None`, see `GAN.generate`.
            batch_size: int. Number of images per call of the generator.
            progress: callable `(text, number done, number in total)`, or `None`.
            bootstrap: int. Number of random halves, at least 40 and for one measurement
                only; 0 for no intervals.

        Returns:
            `Evaluation`: the records, and the pictures of the first measurement.

        Raises:
            ValueError: if a number is too small or does not fit a score.

        Reference:
            - subsamples: Politis and Romano, 1994,
              https://doi.org/10.1214/aos/1176325770
            - halves: Shao and Wu, 1989, https://doi.org/10.1214/aos/1176347263
        """
        check_integer("repeats", repeats)
        check_bootstrap(bootstrap, repeats)
        minimum = max(2, gan.num_classes or 1)
        by_count = collections.defaultdict(list)
        for name, parsed in self.names.items():
            count = self._count(parsed, num_samples)
            if count < minimum and not SCORES[parsed.score].count:
                raise ValueError(
                    f"A score needs at least {minimum} images, one per class and at "
                    f"least 2. Received: {count} images for {name}"
                )
            # Each half needs two.
            fewest = 4 * (gan.num_classes or 1)
            resampled = bootstrap and SCORES[parsed.score].uses_extractor
            if resampled and count < fewest:
                raise ValueError(
                    f"An interval needs at least {fewest} images, four per class. "
                    f"Received: {count} images for {name}"
                )
            by_count[count].append(name)
        found, deviations = collections.defaultdict(list), {}
        for repeat in range(repeats):
            for count, names in by_count.items():
                arguments = gan, count, seed + repeat, truncation, batch_size, progress
                inputs = self._inputs(names, *arguments, bool(bootstrap))
                for name in names:
                    result = self._score(name).compute(inputs[name])
                    found[name].append((count, result))
                resampled = {
                    name: (self._score(name).compute, given)
                    for name, given in inputs.items()
                    if self._score(name).uses_extractor
                }
                deviations |= deviations_of_halves(resampled, bootstrap, seed, progress)
        records = {
            name: self._record(name, found[name], gan, seed, truncation, deviations)
            for name in self.names
        }
        pictures = {}
        for results in found.values():
            pictures |= results[0][1].pictures
        return Evaluation(records, pictures)

    def _score(self, name):
        return SCORES[self.names[name].score]

    def _inputs(
        self, names, gan, count, seed, truncation, batch_size, progress, resampled
    ):
        """Returns a dict from names to `ScoreInputs`, of one set of generated images.

        Scores of the same split share their inputs.
        """
        scores = {name: self._score(name) for name in names}
        kinds = {kind for score in scores.values() for kind in score.generated}
        generated = None
        if kinds:
            labels = np.arange(count, dtype="int32") % (gan.num_classes or 1)
            images = generated_images(
                gan, labels, seed, truncation, batch_size, progress
            )
            kinds = with_sources(kinds) if resampled else kinds
            generated = collect_outputs(self.extractor, images, count, kinds, labels)
        of_split, found = {}, {}
        for name, score in scores.items():
            real = self._real_images(self.names[name])
            if real.split not in of_split:
                together = [
                    scores[other]
                    for other in names
                    if self._real_images(self.names[other]) is real
                ]
                needed = [kind for score in together for kind in score.real]
                held_out = [kind for score in together for kind in score.held_out]
                known = self.same_classes and real.labels is not None
                of_split[real.split] = ScoreInputs(
                    real.collect(self.extractor, needed) if needed else None,
                    generated,
                    gan,
                    seed,
                    count,
                    gan.num_classes if known else None,
                    truncation,
                    self._held_out(real, held_out),
                )
            if score.by_class:
                self._check_classes(name, gan)
            given = of_split[real.split]
            found[name] = given.equal if score.equal_numbers else given
        return found

    def _held_out(self, real, kinds):
        others = [other for other in self.real if other.split != real.split]
        return others[0].collect(self.extractor, kinds) if kinds and others else None

    def _check_classes(self, name, gan):
        real_classes = getattr(self.extractor, "num_classes", gan.num_classes)
        if gan.num_classes is None or real_classes != gan.num_classes:
            raise ValueError(
                f"{name} needs a generator with the classes of the real images. "
                f"Received: {gan.num_classes} generated and {real_classes} real classes"
            )

    def _record(self, name, found, gan, seed, truncation, deviations):
        counts, results = zip(*found, strict=True)
        parsed, first = self.names[name], results[0]
        score, real = self._score(name), self._real_images(parsed)
        values = [result.value for result in results]
        details = first.details if len(values) == 1 else {"values": values}
        n_real = None
        if score.real:
            n_real = first.n_real or len(real.kept)
        labelled = dataclasses.replace(parsed, extractor=self._label(parsed))
        return ScoreRecord(
            name=str(labelled),
            value=statistics.fmean(values),
            spread=statistics.stdev(values) if len(values) > 1 else None,
            repeats=len(values),
            details=details,
            n_real=n_real,
            n_generated=counts[0],
            split=real.split if score.real else None,
            source=real.name if score.real else None,
            seed=seed,
            averaged_weights=True,
            standing_statistics=gan.has_standing_statistics(),
            truncation=truncation,
            **interval_fields(values[0], deviations.get(name)),
            **ScoreRecord.of_extractor(self.extractor),
        )
