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
