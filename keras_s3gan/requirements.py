"""How to install what an optional part of the package needs."""

import importlib.metadata


def install_command(*extras: str) -> str:
    """The `pip install` line for what some extras need.

    It names the packages themselves, so it works however this package was installed:
    from a checkout, a wheel or a git URL.

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
    except importlib.metadata.PackageNotFoundError:  # a checkout that is on the path
        return f'pip install ".[{",".join(extras)}]"'
    needed = [
        line.partition(";")[0].strip()
        for extra in extras
        for line in found
        if f"extra == '{extra}'" in line.replace('"', "'")
    ]
    quoted = [f'"{name}"' if set(name) & set("<>[]") else name for name in needed]
    return " ".join(["pip install", *quoted])
