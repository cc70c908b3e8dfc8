"""Reads the text of a recipe with its included files, and parses it into Gin."""

import difflib
import re
import tokenize
from pathlib import Path

import gin

from keras_s3gan.experiment.recipe.compare_gan import is_compare_gan, translate
from keras_s3gan.experiment.recipe.files import recipes_directory
from keras_s3gan.experiment.recipe.old_names import replace_old_names

_INCLUDE = re.compile(r"""^include\s+(['"])(?P<path>.+)\1\s*(#.*)?$""")


def read(path: Path, including: tuple[Path, ...] = ()) -> str:
    """The text of a recipe, in which included files replace their `include` lines.

    Args:
        path: the path of a `.gin` file, of this package or of Compare GAN.
        including: paths of the files that include this file.

    Raises:
        ValueError: if an included file is missing, or includes itself.
    """
    # Gin would look for an included file in the working directory.
    path = path.resolve()
    if path in including:
        raise ValueError(f"The recipe {path} includes itself.")
    lines, text = [], path.read_text(encoding="utf-8")
    if is_compare_gan(text):
        return translate(text)
    for line in text.splitlines():
        match = _INCLUDE.match(line)
        if match is None:
            lines.append(line)
            continue
        folders = (path.parent, recipes_directory())
        found = [f / match["path"] for f in folders if (f / match["path"]).is_file()]
        if not found:
            raise ValueError(f"The recipe {path} includes a missing {match['path']!r}.")
        lines.append(read(found[0], (*including, path)))
    return "\n".join(lines) + "\n"


def parse(text: str, origin: str) -> None:
    """Parses the bindings of a text.

    Args:
        text: string, in Gin.
        origin: string. The text's origin, for error messages.

    Raises:
        ValueError: if a line is not a valid binding; the message names the line.
    """
    try:
        gin.parse_config(replace_old_names(text))
    except (SyntaxError, tokenize.TokenError) as error:
        raise ValueError(
            f"{origin}: cannot read {_line_of(error, text)!r} as a Gin binding: "
            "expected name = value, with strings in quotes."
        ) from error
    except (ValueError, ImportError) as error:
        message, *location = str(error).split("\n")
        message = re.sub(
            r"has denylisted kwarg '(\w+)'",
            r"gets its \1 from the run: bind train.\1 instead",
            message,
        )
        line = f" In: {location[1].strip()}" if len(location) > 1 else ""
        raise ValueError(f"{origin}: {message}{line}") from error


def _line_of(error: Exception, text: str) -> str:
    lines = text.splitlines()
    number = re.search(r"\(line (\d+)\)$", str(error))
    index = int(number.group(1)) - 1 if number else len(lines) - 1
    return lines[min(index, len(lines) - 1)].strip()


def bound_macros() -> set[str]:
    """The names of the macros that are bound."""
    return set(re.findall(r"^(\w+) = ", gin.config_str(), flags=re.MULTILINE))


def check_macro_is_used(binding: str, macros: set[str]) -> None:
    """Checks that a bound macro exists in the recipe.

    Raises:
        ValueError: if it does not; the message names the closest macros.
    """
    name = binding.split("=")[0].strip()
    if "." in name or name in macros:
        return
    close = difflib.get_close_matches(name, macros, n=3, cutoff=0.4) or sorted(macros)
    raise ValueError(
        f"--set {binding}: the recipe has no macro {name!r}. It has: {', '.join(close)}"
    )
