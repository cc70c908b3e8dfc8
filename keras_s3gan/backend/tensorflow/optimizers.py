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
        # Averaged first, so that all replicas agree whether the gradients are finite.
        # Divided, as Keras then sums them over the replicas.
        gradients = [gradient / count for gradient in replica_mean(*gradients)]
    optimizer.apply(gradients, variables)


def _check_for_replicas(optimizer):
    """Checks for options that Keras would apply to the gradient of each replica.

    Raises:
        ValueError: if the optimizer has such an option.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    clipped = ("clipnorm", "clipvalue", "global_clipnorm")
    for name in ("gradient_accumulation_steps", *clipped):
        if getattr(optimizer, name):
            raise ValueError(
                f"With several devices TensorFlow does not support {name}; "
                f"JAX and PyTorch do. Received: {name}="
                f"{getattr(optimizer, name)}"
            )
