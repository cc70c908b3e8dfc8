"""Checks of the number of devices."""


def check_devices(count, available):
    """Returns `count`, or `available` if it is `None`.

    Raises:
        ValueError: if it is not from 1 to `available`.
    """
    if count is None:
        return available
    if not 1 <= count <= available:
        raise ValueError(
            f"There are {available} devices here. Received: devices={count}"
        )
    return count


def check_no_model_parallel(model_parallel):
    """Checks that devices do not share weights, which needs JAX.

    Raises:
        ValueError: if `model_parallel` is above 1.
    """
    if model_parallel > 1:
        raise ValueError(
            "Only JAX can share weights between devices. "
            f"Received: model_parallel={model_parallel}"
        )
