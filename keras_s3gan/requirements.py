"""Install commands for the optional parts of the package."""

import importlib.metadata


def install_command(*extras: str) -> str:
    """The `pip install` command for some extras.

    It names the packages themselves, so that it works for any installation of this
    package: from a checkout, a wheel or a git URL.

    Args:
        extras: names of extras in `pyproject.toml`, such as `"jax"`.

    Returns:
        The command.

    Example:
        >>> install_command("torch")
        'pip install "torch>=2.7"'
    """
    try:
        found = importlib.metadata.requires("keras-s3gan") or []
    except importlib.metadata.PackageNotFoundError:  # a checkout on the path
        return f'pip install ".[{",".join(extras)}]"'
    needed = [
        line.partition(";")[0].strip()
        for extra in extras
        for line in found
        if f"extra == '{extra}'" in line.replace('"', "'")
    ]
    quoted = [f'"{name}"' if set(name) & set("<>[]") else name for name in needed]
    return " ".join(["pip install", *quoted])
