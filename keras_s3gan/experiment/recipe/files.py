"""Finds and lists the files of recipes."""

import difflib
from pathlib import Path


def recipes_directory() -> Path:
    """The folder of the recipes that come with the package.

    In a wheel it is inside the package, in a checkout next to it.
    """
    package = Path(__file__).resolve().parents[2]
    inside = package / "recipes"
    return inside if inside.is_dir() else package.parent / "recipes"


def list_recipes(directory: str | Path | None = None) -> list[tuple[str, str]]:
    """Lists recipes.

    Args:
        directory: a folder of `.gin` files. Defaults to the package's own.

    Returns:
        A list of `(name, description)`, sorted by name; the description is the
        first line of the file, if it is a comment.
    """
    directory = Path(directory) if directory is not None else recipes_directory()
    return [(path.stem, _description(path)) for path in sorted(directory.glob("*.gin"))]


def find_recipe(name: str, directory: str | Path | None = None) -> Path:
    """Finds a recipe.

    Args:
        name: the name of a recipe in `directory`, or the path of a `.gin` file.
        directory: a folder of `.gin` files. Defaults to the package's own.

    Returns:
        The `Path` of the file.

    Raises:
        ValueError: if there is no such file; the message names the closest ones.
    """
    path = Path(name)
    if path.is_file():
        return path
    directory = Path(directory) if directory is not None else recipes_directory()
    packaged = directory / f"{name.removesuffix('.gin')}.gin"
    if packaged.is_file():
        return packaged
    known = [known_name for known_name, _ in list_recipes(directory)]
    close = difflib.get_close_matches(path.stem, known, n=3, cutoff=0.4)
    raise ValueError(
        f"There is no recipe {name!r}. "
        + (
            f"Did you mean: {', '.join(close)}?"
            if close
            else f"There are: {', '.join(known)}; or give the path of a .gin file."
        )
    )


def _description(path: Path) -> str:
    with open(path, encoding="utf-8") as lines:
        first_line = next(lines, "").strip()
    return first_line.lstrip("# ") if first_line.startswith("#") else ""
