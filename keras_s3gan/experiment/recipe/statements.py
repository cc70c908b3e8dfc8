"""The statements of a Gin text, read as data: nothing is imported, called or bound."""

import re
import tokenize
from typing import Any

from gin import config_parser


class NotGinError(ValueError):
    """A text is not in Gin's syntax."""


def read_statements(
    text: str, delegate: config_parser.ParserDelegate, origin: str
) -> list[Any]:
    """Reads the bindings and includes of a text.

    Args:
        text: string, in Gin.
        delegate: makes the values of `@references` and `%macros`.
        origin: string. The text's origin, for error messages.

    Returns:
        A list of Gin's statements. A block of bindings is its bindings.

    Raises:
        ValueError: if a line is anything else; the message names it. `NotGinError`: if
            it is not even Gin.
    """
    found: list[Any] = []
    try:
        for statement in config_parser.ConfigParser(text, delegate):
            if isinstance(statement, config_parser.ImportStatement):
                raise ValueError(
                    "a recipe is data and imports nothing: it has bindings, macros, "
                    f"comments and includes. Received: {statement.format()}"
                )
            if isinstance(statement, config_parser.BindingStatement):
                _check_value(statement.value)
            if not isinstance(statement, config_parser.BlockDeclaration):
                found.append(statement)
    except RecursionError as error:
        raise ValueError(f"{origin}: brackets are nested too deeply.") from error
    except (SyntaxError, tokenize.TokenError, TypeError) as error:
        raise NotGinError(
            f"{origin}: cannot read {_line_of(error, text)!r} as a Gin binding: "
            "expected name = value, with strings in quotes; no value is computed, and "
            "1e999 is infinite."
        ) from error
    except ValueError as error:
        # Gin adds the place of a wrong reference in further lines.
        message, *place = str(error).split("\n")
        line = f" In: {place[1].strip()}" if len(place) > 1 else ""
        raise ValueError(f"{origin}: {message}{line}") from error
    return found


def _check_value(value: Any) -> None:
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, (str, int, float)):
                raise ValueError(
                    f"keys are strings or numbers. Received: a key {key!r}"
                )
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for inner in value:
            _check_value(inner)
    if isinstance(value, complex):
        raise ValueError(f"no setting is a complex number. Received: {value}")


def _line_of(error: Exception, text: str) -> str:
    lines = text.splitlines() or [""]
    number = re.search(r"\(line (\d+)\)$", str(error))
    index = int(number.group(1)) - 1 if number else len(lines) - 1
    return lines[min(index, len(lines) - 1)].strip()
