"""Whether the discriminator has memorised its training images."""

import numpy as np


def discriminator_accuracy(training_logits, test_logits, generated_logits):
    """Computes the accuracy of a discriminator on three kinds of images.

    A discriminator that is far more accurate on its training images than on test images
    has memorised them. Logits above 0 mean real, as with the hinge and the
    non-saturating loss; Wasserstein and relativistic losses have no such threshold.

    Args:
        training_logits: `[N]` or `[N, 1]`, of real images it was trained on.
        test_logits: likewise, of other real images.
        generated_logits: likewise, of generated images.

    Returns:
        A dict of floats in [0, 1]: `training`, `test` and `generated`.

    Raises:
        ValueError: if logits are missing or not finite.

    Example:
        >>> discriminator_accuracy([2.0, 1.0], [1.0, -1.0], [-1.0, -2.0])
        {'training': 1.0, 'test': 0.5, 'generated': 1.0}
    """
    kinds = {
        "training": (training_logits, 1),
        "test": (test_logits, 1),
        "generated": (generated_logits, -1),
    }
    accuracies = {}
    for kind, (logits, sign) in kinds.items():
        logits = np.asarray(logits, "float64").reshape(-1)
        if not len(logits) or not np.isfinite(logits).all():
            raise ValueError(
                f"The {kind} logits must be finite and not empty. Received: "
                f"{len(logits)} logits, {np.isfinite(logits).sum()} of them finite"
            )
        accuracies[kind] = float((sign * logits > 0).mean())
    return accuracies
