"""How many devices were asked for, and how many there are."""


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
    """Refuses to share weights: JAX alone does it.

    Raises:
        ValueError: if `model_parallel` is above 1.
    """
    if model_parallel > 1:
        raise ValueError(
            "Weights are shared by devices on JAX alone. "
            f"Received: model_parallel={model_parallel}"
        )
