"""TensorFlow: communication between replicas."""

import tensorflow as tf


def replica_count() -> int:
    """See `keras_s3gan.backend.interface`."""
    context = tf.distribute.get_replica_context()
    return 1 if context is None else context.num_replicas_in_sync


def replica_part(tensor):
    """See `keras_s3gan.backend.interface`."""
    count = replica_count()
    if count == 1:
        return tensor
    number = tf.distribute.get_replica_context().replica_id_in_sync_group
    rows = tf.shape(tensor)[0] // count
    part = tf.gather(tensor, number + count * tf.range(rows))
    if tensor.shape[0] is not None:
        part = tf.ensure_shape(part, (tensor.shape[0] // count, *tensor.shape[1:]))
    return part


def replica_mean(*tensors):
    """See `keras_s3gan.backend.interface`."""
    if replica_count() == 1:
        return tensors
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, list(tensors))
