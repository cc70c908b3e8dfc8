"""The report of a comparison: a table, a CSV file and a figure."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from keras_s3gan.experiment.comparison.figure import draw
from keras_s3gan.experiment.comparison.rows import (
    COLUMNS,
    Row,
    Spread,
    check_comparable,
    groups,
    protocol,
    spread,
)
from keras_s3gan.files import atomic_write, write_text

HEADINGS = (
    *("method", "labels", "seeds", "FID"),
    *("class accuracy", "label accuracy", "seconds"),
)
_ABSENT = "–"


def write_reports(
    rows: Sequence[Row], directory: str | Path, left_out: Sequence[Row] = ()
) -> list[Path]:
    """Writes `comparison.md`, `comparison.csv` and `comparison.png`.

    Args:
        rows: list of dictionaries, see `read_row`.
        directory: the folder to write to.
        left_out: rows of runs that screened, of recipes that are not in `rows`.

    Returns:
        The paths of the written files. There is no figure if no run has an FID.

    Raises:
        ValueError: if the rows' scores cannot be compared; nothing is written.
    """
    check_comparable(rows)
    paths = [Path(directory, f"comparison.{end}") for end in ("md", "csv", "png")]
    table, numbers, figure = paths
    write_text(table, markdown(rows, left_out))
    write_text(numbers, csv_text(rows))
    if any(row["fid"] is not None for row in rows):
        with atomic_write(figure) as file:
            draw(rows).savefig(file, format="png")
        return paths
    figure.unlink(missing_ok=True)
    return paths[:2]


def table_rows(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The table as tuples of texts, one per group of rows, in columns `HEADINGS`."""
    table: list[tuple[str, ...]] = []
    for (recipe, fraction), group in groups(rows).items():
        finished = [row for row in group if row["status"] == "finished"]

        def cell(name: str, form: str, finished: list[Row] = finished) -> str:
            return _cell(spread(row[name] for row in finished), form, len(finished))

        seconds = spread(_seconds(row) for row in finished)
        table.append(
            (
                recipe,
                f"{100 * fraction:.6g} %",
                f"{len(finished)} of {len(group)}",
                cell("fid", ".2f"),
                cell("class_accuracy", ".4f"),
                cell("label_accuracy", ".4f"),
                f"{seconds.median:,.0f}" if seconds else _ABSENT,
            )
        )
    return table


def markdown(rows: Sequence[Row], left_out: Sequence[Row] = ()) -> str:
    """The whole report except its figure, as Markdown."""
    lines = [
        "# Comparison",
        "",
        _table_line(HEADINGS),
        _table_line(["---"] * len(HEADINGS)),
        *map(_table_line, table_rows(rows)),
        "",
        "Median over the seeds, (min–max). Seconds: training and, where a method "
        "has it, pseudo-labelling.",
    ]
    scored = [row for row in rows if row["fid"] is not None]
    if scored:
        lines += [
            f"FID: {protocol(rows)}, features of `{scored[0]['features']}`, "
            f"{scored[0]['backend']}.",
            "",
            "![FID against the share of labels](comparison.png)",
        ]
    missing = [row for row in rows if row["status"] != "finished"]
    if missing:
        lines += ["", "Missing:", ""]
        lines += [
            f"- `{row['folder']}`: {row['status']}, {row['error'] or 'unknown reason'}"
            for row in missing
        ]
    if left_out:
        lines += ["", "Left out after screening, with their FIDs there:", ""]
        lines += [
            f"- {row['recipe']} at {100 * row['label_fraction']:.6g} %: "
            f"{row['fid']:.2f} after {row['steps']:,} steps, seed {row['seed']}"
            for row in left_out
        ]
    return "\n".join(lines) + "\n"


def csv_text(rows: Sequence[Row]) -> str:
    """All numbers, one line per run; missing values are empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _table_line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _cell(found: Spread | None, form: str, finished: int) -> str:
    if found is None:
        return _ABSENT
    text = f"{found.median:{form}}"
    if found.count > 1:
        text += f" ({found.low:{form}}–{found.high:{form}})"
    # A median must not be over fewer runs than the row says.
    return text if found.count == finished else f"{text} [{found.count} of {finished}]"


def _seconds(row: Row) -> float | None:
    if row["training_seconds"] is None:
        return None
    return row["training_seconds"] + (row["pseudo_labelling_seconds"] or 0.0)
