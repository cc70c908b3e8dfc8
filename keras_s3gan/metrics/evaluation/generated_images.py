"""Generated images to be scored."""

import numpy as np

from keras_s3gan.metrics.features.images import as_bytes
from keras_s3gan.validation import allow_non_negative

# Images per call of the generator, so that their seeds do not depend on batches.
_CALL = 1000


def generated_images(gan, labels, seed, truncation, batch_size, progress):
    """Yields uint8 images of labels.

    Args:
        gan: a `GAN`.
        labels: integers `[N]`, ignored by a model without classes.
        seed: int. Each call of the generator has a seed of its own.
        truncation, batch_size, progress: as in `Evaluator.evaluate`.
    """
    starts = range(0, len(labels), _CALL)
    seeds = np.random.SeedSequence(seed).generate_state(len(starts)) >> 1
    for start, call_seed in zip(starts, seeds, strict=True):
        requested = labels[start : start + _CALL]
        images = gan.generate(
            len(requested) if gan.num_classes is None else requested,
            seed=int(call_seed),
            truncation=truncation,
            batch_size=batch_size,
        )
        if progress:
            progress("generated images", start + len(requested), len(labels))
        # A generator may draw bright images only.
        with allow_non_negative():
            images = as_bytes(images)
        yield images
