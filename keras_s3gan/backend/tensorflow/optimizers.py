"""TensorFlow: updates of variables."""

import keras

from keras_s3gan.backend.tensorflow.collectives import replica_count, replica_mean


def update_ema(averages, variables, decay):
    """See `keras_s3gan.backend.interface`."""
    for average, variable in zip(averages, variables, strict=True):
        weight = keras.ops.cast(decay, average.dtype)
        average.assign(variable + (average - variable) * weight)


def apply_gradients(optimizer, gradients, variables):
    """See `keras_s3gan.backend.interface`."""
    count = replica_count()
    if count > 1:
        _check_for_replicas(optimizer)
        # Averaged first, so that every replica finds the same gradients finite or not.
        # Divided, since Keras then sums them over the replicas.
        gradients = [gradient / count for gradient in replica_mean(*gradients)]
    optimizer.apply(gradients, variables)


def _check_for_replicas(optimizer):
    """Refuses what Keras would do to each replica's share of a gradient.

    Raises:
        ValueError: that names it.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    clipped = ("clipnorm", "clipvalue", "global_clipnorm")
    for name in ("gradient_accumulation_steps", *clipped):
        if getattr(optimizer, name):
            raise ValueError(
                f"With several devices TensorFlow's optimizers do without {name}; "
                f"JAX's and PyTorch's have it. Received: {name}="
                f"{getattr(optimizer, name)}"
            )
