"""TensorFlow: compiled functions."""

import keras
import tensorflow as tf

from keras_s3gan.backend.tensorflow.devices import Devices, has_accelerator


def compiled(function, variables):
    """See `keras_s3gan.backend.interface`."""
    del variables
    return tf.function(
        function, jit_compile=default_jit_compile(), reduce_retracing=True
    )


def data_parallel(function, variables):
    """See `keras_s3gan.backend.interface`."""
    if Devices.in_use is None:
        run, count = compiled(function, variables), 1
    else:
        run, count = Devices.in_use.data_parallel(function), Devices.in_use.total
    return lambda *inputs: keras.tree.map_structure(
        keras.ops.convert_to_numpy, run(*inputs)
    ), count


def default_jit_compile() -> bool:
    """See `keras_s3gan.backend.interface`.

    XLA is faster on accelerators; on a CPU the plain graph is about twice as fast.
    """
    return has_accelerator()
