"""Intervals of scores from random halves of the generated images.

A bootstrap without replacement. Drawing with replacement repeats images, and most
scores change with repeated images: they raise FID and KID, lower the Vendi score, and
shrink the balls of nearest-neighbour scores, for which it gives wrong errors even in
the limit [1]. Subsamples without replacement are valid for these, too [1, 2]. The
standard deviation of the score over the halves estimates the standard error of the
score of all images; its factor, the root of the images kept over those left out, is 1
for halves [3].

Half as many images have more bias. It moves all halves alike, so that their deviations
from their mean are used, around the score of all images.

- [1] Abadie and Imbens, 2008, https://doi.org/10.3982/ECTA6474
- [2] Politis and Romano, 1994, https://doi.org/10.1214/aos/1176325770
- [3] Shao and Wu, 1989, https://doi.org/10.1214/aos/1176347263
"""

import collections

import numpy as np

from keras_s3gan.validation import check_integer

# The tails of fewer halves hold no value that can be counted on.
_FEWEST = 40
_LEVEL = 0.95


def check_bootstrap(bootstrap, repeats):
    """Checks the number of halves, and that there is one measurement."""
    check_integer("bootstrap", bootstrap, 0)
    if 0 < bootstrap < _FEWEST:
        raise ValueError(
            f"`bootstrap` must be 0, or at least {_FEWEST}. "
            f"Received: bootstrap={bootstrap}"
        )
    if bootstrap and repeats > 1:
        raise ValueError(
            "`bootstrap` is for one measurement; the spread of `repeats` says the same "
            f"of several. Received: bootstrap={bootstrap}, repeats={repeats}"
        )


def random_half(labels, random):
    """Draws half of the images of each class.

    Args:
        labels: integers `[N]`.
        random: `numpy.random.Generator`.

    Returns:
        Ascending indices `[M]`. Of an odd number of images the smaller half is drawn.
    """
    chosen = []
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        chosen.append(members[: len(members) // 2])
    return np.sort(np.concatenate(chosen))


def deviations_of_halves(scores, count, seed, progress=None):
    """Computes how scores of random halves of the generated images deviate.

    Args:
        scores: dict from names to pairs: a callable from `ScoreInputs` to a
            `ScoreResult`, and the inputs. Scores with the same inputs share the halves.
        count: int. Number of halves.
        seed: int.
        progress: callable `(text, number done, number in total)`, or `None`.

    Returns:
        A dict from names to float64 `[count]`: the deviations from the halves' mean,
        of the size of those of the score of all images.
    """
    if not count:
        return {}
    values = collections.defaultdict(list)
    for number in range(count):
        halves = {}
        for name, (compute, given) in scores.items():
            if id(given) not in halves:
                random = np.random.default_rng([seed, number])
                chosen = random_half(given.generated.labels, random)
                halves[id(given)] = given.take(chosen)
            values[name].append(compute(halves[id(given)]).value)
        if progress:
            progress("random halves", number + 1, count)
    deviations = {}
    for name, (_, given) in scores.items():
        kept = np.sum(np.unique(given.generated.labels, return_counts=True)[1] // 2)
        factor = np.sqrt(kept / (given.count - kept))
        deviations[name] = factor * (np.array(values[name]) - np.mean(values[name]))
    return deviations


def interval_fields(value, deviations):
    """Computes the fields of a `ScoreRecord` with the 95 % interval of a score.

    It is the interval of the score's mean over other generated images, as many, and the
    same real images. A bias that this mean has, as FID's, is not corrected.

    Args:
        value: float. The score of all images.
        deviations: floats `[N]` of `deviations_of_halves`; or `None`.

    Returns:
        A dict, empty for `None`.
    """
    if deviations is None:
        return {}
    tail = (1 - _LEVEL) / 2
    low, high = np.quantile(deviations, [tail, 1 - tail])
    return {
        "bootstrap": len(deviations),
        "interval": [float(value - high), float(value - low)],
        "standard_error": float(np.std(deviations, ddof=1)),
    }
