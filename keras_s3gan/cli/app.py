"""The Typer application, and how its commands print tables and read numbers."""

import dataclasses
from collections.abc import Iterable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(
    name="keras-s3gan",
    help="Train conditional GANs when labels are scarce, and use what was trained.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
console = Console(soft_wrap=True, highlight=False)

Number = TypeVar("Number", int, float)


@dataclasses.dataclass
class Invocation:
    """How the program was called.

    Args:
        arguments: list of strings.
        traceback: boolean. Whether an error shows its traceback.
    """

    arguments: list[str] = dataclasses.field(default_factory=list)
    traceback: bool = False


invocation = Invocation()


@app.callback()
def _main(
    traceback: Annotated[
        bool,
        typer.Option(
            "--traceback",
            envvar="KERAS_S3GAN_TRACEBACK",
            help="Show the traceback of an error.",
        ),
    ] = False,
) -> None:
    # `main` reads it, as it catches the error.
    invocation.traceback = traceback


def print_table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Prints rows of text under their headings."""
    table = Table()
    for heading in headings:
        # A narrow terminal must not truncate a number.
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def parse_numbers(
    text: str | None, option: str, kind: type[Number], example: str
) -> list[Number] | None:
    """Reads numbers separated by commas; `None` without text.

    Raises:
        ValueError: if the text is not such numbers.
    """
    if text is None:
        return None
    try:
        return [kind(number) for number in text.split(",")]
    except ValueError as error:
        numbers = "integers" if kind is int else "numbers"
        raise ValueError(
            f"{option} must be {numbers} separated by commas, as in {example}. "
            f"Received: {option}={text}"
        ) from error
