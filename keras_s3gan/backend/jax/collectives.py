"""JAX: what replicas share."""


def replica_count():
    """How many replicas run this program, each on its own part of the batch.

    On JAX one program sees the whole batch, whatever devices it lies on.
    """
    return 1


def replica_part(tensor):
    """This replica's rows of a tensor that is the same on all of them.

    Every `replica_count()`th row, from the replica's own number on: so a batch's last
    rows are those of every replica's part, as its first ones are.
    """
    return tensor


def replica_mean(*tensors):
    """Averages over the replicas of data-parallel training, differentiably.

    Each replica has the same number of images, so the mean of means is the mean.

    Args:
        *tensors: float tensors.

    Returns:
        A sequence of as many tensors.
    """
    return tensors
