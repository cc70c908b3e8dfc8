"""Whether the discriminator has learned its training images by heart."""

import numpy as np


def discriminator_accuracy(training_logits, test_logits, generated_logits):
    """Shares of images that a discriminator judges rightly, of three kinds.

    One that is much surer of the images that it was trained on than of others has
    memorised them. Logits above 0 stand for real, as in the hinge and non-saturating
    losses; those of a Wasserstein or relativistic loss have no such zero.

    Args:
        training_logits: `[N]` or `[N, 1]`, of real images that it was trained on.
        test_logits: of real images that it was not.
        generated_logits: of generated images.

    Returns:
        A dict of floats in [0, 1]: `training`, `test` and `generated`.

    Raises:
        ValueError: if logits are missing or not finite.
    """
    kinds = {
        "training": (training_logits, 1),
        "test": (test_logits, 1),
        "generated": (generated_logits, -1),
    }
    shares = {}
    for kind, (logits, sign) in kinds.items():
        logits = np.asarray(logits, "float64").reshape(-1)
        if not len(logits) or not np.isfinite(logits).all():
            raise ValueError(
                f"The {kind} logits must be finite, and one at least. Received: "
                f"{len(logits)} logits, {np.isfinite(logits).sum()} of them finite"
            )
        shares[kind] = float((sign * logits > 0).mean())
    return shares
