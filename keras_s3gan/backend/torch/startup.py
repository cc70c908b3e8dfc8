"""PyTorch: whether it started with the settings that it needs."""


def startup_problem() -> str | None:
    """See `keras_s3gan.backend.interface`.

    It needs none.
    """
    return None
