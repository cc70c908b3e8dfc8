"""Scores of a GAN, each with everything that it must be quoted with."""

import collections
import statistics
from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.evaluation.names import ScoreName
from keras_s3gan.metrics.evaluation.observations import observe
from keras_s3gan.metrics.evaluation.real_images import RealImages
from keras_s3gan.metrics.evaluation.records import ScoreRecord
from keras_s3gan.metrics.evaluation.table import SCORES
from keras_s3gan.metrics.evaluation.types import Evidence
from keras_s3gan.metrics.features.images import as_bytes
from keras_s3gan.validation import check_integer

_CALL = 1000


class Evaluation(NamedTuple):
    """What `Evaluator.evaluate` returns.

    Attributes:
        records: dict from the names asked for to `ScoreRecord`.
        pictures: dict from a name to images `[rows, columns, H, W, C]`, uint8.
    """

    records: dict
    pictures: dict


class Evaluator:
    """Scores of conditional and unconditional GANs against real images.

    What the scores asked for have in common is done once: one pass over the real images
    as long as the evaluator lives, one over the generated images of each number.

    Args:
        real: `RealImages`, or a list of them, of one split each: names that do not say
            which are compared with the first.
        extractor: a `FeatureExtractor`.
        scores: names as `ScoreName` reads them, of `SCORES`: `"fid"`, `"kid10k"`,
            `"precision_test"`.
        same_classes: bool. Whether the generator's labels are those of the real images;
            otherwise there are no scores by class.

    Raises:
        ValueError: if a name is not known, or a score cannot be had with these images.

    Example:
        >>> real = RealImages(images, labels)
        >>> extractor = reference_classifier(images, labels, num_classes=10)
        >>> evaluator = Evaluator(real, extractor, ["fid", "kid", "class_accuracy"])
        >>> evaluator.evaluate(gan, num_samples=5000).records["fid"].value
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
                f"A score must be one of {', '.join(SCORES)}, with a number of images "
                f"and a split where wanted. Received: {name}"
            )
        score, real = SCORES[parsed.score], self._real_images(parsed)
        if parsed.split is not None and not score.real:
            raise ValueError(
                f"{parsed.score} is not compared with real images and has no split. "
                f"Received: {name}"
            )
        if score.by_class and (real.labels is None or not self.same_classes):
            raise ValueError(
                f"{parsed.score} compares classes: the generator's must be those of "
                f"the real images, and known. Received: {name}, real images "
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

    def full_names(self, num_samples):
        """The names with number and split said, of scores of so many images."""
        return [
            str(
                ScoreName(
                    parsed.score,
                    self._count(parsed, num_samples),
                    self._real_images(parsed).split
                    if SCORES[parsed.score].real
                    else None,
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
    ):
        """Scores the averaged generator as it is.

        The labels asked for are balanced over the classes. Images are rounded to the
        256 levels of a saved picture. Batch normalization uses standing statistics
        where the model has them, see `GAN.update_standing_statistics`.

        Args:
            gan: a `GAN`.
            num_samples: int. Generated images where a name does not say how many; at
                least 2, and one a class.
            seed: int. Fixes latents and whatever a score draws.
            repeats: int. How often to measure, each time with other latents.
            truncation: float or `None`, see `GAN.generate`.
            batch_size: int. Images that the generator makes at a time.
            progress: callable of a text, images done and images in all.

        Returns:
            `Evaluation`: records, and pictures of the first measurement.

        Raises:
            ValueError: if a number is too small or does not fit a score.
        """
        check_integer("repeats", repeats)
        least = max(2, gan.num_classes or 1)
        by_count = collections.defaultdict(list)
        for name, parsed in self.names.items():
            count = self._count(parsed, num_samples)
            if count < least and not SCORES[parsed.score].count:
                raise ValueError(
                    f"Scores need 2 images and one of each class, {least}. "
                    f"Received: {count} images for {name}"
                )
            by_count[count].append(name)
        found = collections.defaultdict(list)
        for repeat in range(repeats):
            for count, names in by_count.items():
                asked = gan, count, seed + repeat, truncation, batch_size, progress
                for name, result in self._measure(names, *asked):
                    found[name].append((count, result))
        records = {
            name: self._record(name, found[name], gan, seed, truncation)
            for name in self.names
        }
        pictures = {}
        for results in found.values():
            pictures |= results[0][1].pictures
        return Evaluation(records, pictures)

    def _measure(self, names, gan, count, seed, truncation, batch_size, progress):
        """Pairs of name and `Result`, from one set of generated images."""
        scores = {name: SCORES[self.names[name].score] for name in names}
        kinds = {kind for score in scores.values() for kind in score.generated}
        generated = None
        if kinds:
            labels = np.arange(count, dtype="int32") % (gan.num_classes or 1)
            images = _generated(gan, labels, seed, truncation, batch_size, progress)
            generated = observe(self.extractor, images, count, kinds, labels)
        # What several scores are made of is computed once a split.
        evidence = {}
        for name, score in scores.items():
            real = self._real_images(self.names[name])
            if real.split not in evidence:
                needed = [
                    kind
                    for other in names
                    if self._real_images(self.names[other]) is real
                    for kind in scores[other].real
                ]
                known = self.same_classes and real.labels is not None
                evidence[real.split] = Evidence(
                    real.observations(self.extractor, needed) if needed else None,
                    generated,
                    gan,
                    seed,
                    count,
                    gan.num_classes if known else None,
                    truncation,
                )
            if score.by_class:
                self._check_classes(name, gan)
            yield name, score.compute(evidence[real.split])

    def _check_classes(self, name, gan):
        judged = getattr(self.extractor, "num_classes", gan.num_classes)
        if gan.num_classes is None or judged != gan.num_classes:
            raise ValueError(
                f"{name} needs a generator of the classes of the real images. "
                f"Received: {gan.num_classes} generated and {judged} real classes"
            )

    def _record(self, name, found, gan, seed, truncation):
        counts, results = zip(*found, strict=True)
        parsed, first = self.names[name], results[0]
        score, real = SCORES[parsed.score], self._real_images(parsed)
        values = [result.value for result in results]
        details = first.details if len(values) == 1 else {"values": values}
        n_real = None
        if score.real:
            n_real = first.n_real or len(real.kept)
        return ScoreRecord(
            name=name,
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
            **ScoreRecord.of_extractor(self.extractor),
        )


def _generated(gan, labels, seed, truncation, batch_size, progress):
    """Batches of images of these labels, as bytes, each call with a seed of its own."""
    starts = range(0, len(labels), _CALL)
    seeds = np.random.SeedSequence(seed).generate_state(len(starts)) >> 1
    for start, call_seed in zip(starts, seeds, strict=True):
        asked = labels[start : start + _CALL]
        images = gan.generate(
            len(asked) if gan.num_classes is None else asked,
            seed=int(call_seed),
            truncation=truncation,
            batch_size=batch_size,
        )
        if progress:
            progress("generated images", start + len(asked), len(labels))
        yield as_bytes(images)
