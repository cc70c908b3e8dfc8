"""The errors of everything that has a reference, on every backend.

    python -m benchmarks.golden [--page golden scores] [--backends jax torch]

The page `golden` has every scheme beside the original's stored outputs, `scores` every
score beside public packages, those outputs and closed forms. Runs the tests that
compare them, in a process for each backend, and takes the largest relative error that
`assert_close` met. Writes `docs/PAGE.md` and `benchmarks/results/PAGE.json`. Needs the
golden files, see `tests/golden.py`, and for `scores` the extra `reference`.
"""

import argparse
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.pages import PAGES
from tests.tolerance import RECORD

ROOT = Path(__file__).resolve().parents[1]
BACKENDS = {"jax": "JAX", "tensorflow": "TensorFlow", "torch": "PyTorch"}
# Tests that no backend changes run where `tests/once.py` runs them.
NUMPY, NUMPY_BACKEND = "numpy", "torch"
COLUMNS = {**BACKENDS, NUMPY: "NumPy"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", nargs="+", default=PAGES, choices=PAGES)
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    options = parser.parse_args()
    for name in options.page:
        page, records, machines = PAGES[name], {}, {}
        for column in [*options.backends, *([NUMPY] if page.numpy else [])]:
            print(f"{name}, {column} …", flush=True)
            records[column] = run_tests(page, column)
            machines[column] = describe(column)
        table = {
            section: [summarize(row, page, section, records) for row in rows]
            for section, rows in page.sections.items()
        }
        report(name, table, machines)


def belongs(page, section, column):
    """Whether a section of the page has this column."""
    return (section in page.numpy) == (column == NUMPY)


def run_tests(page, column):
    """All comparisons of the column's tests, as `assert_close` records them."""
    tests = {
        f"tests/{row.test}"
        for section, rows in page.sections.items()
        for row in rows
        if belongs(page, section, column)
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comparisons.jsonl"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *sorted(tests)],
            env={**environment(column), RECORD: str(path)},
            cwd=ROOT,
            check=True,
        )
        if not path.exists():
            raise SystemExit("No comparison was made: are the references there?")
        return [json.loads(line) for line in path.read_text().splitlines()]


def environment(column):
    backend = NUMPY_BACKEND if column == NUMPY else column
    return {**os.environ, "KERAS_BACKEND": backend}


def describe(column):
    """Machine and versions, as the processes of the column see them."""
    program = (
        "import json; from benchmarks import machine; "
        "print(json.dumps(machine.describe()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(column),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def summarize(row, page, section, records):
    """A line of the table: the largest error in each column."""
    test = re.compile(rf"tests/{re.escape(row.test)}(\[({row.parameters})\])?")
    found = {
        column: [
            entry
            for entry in entries
            if test.fullmatch(entry["test"]) and re.fullmatch(row.name, entry["name"])
        ]
        for column, entries in records.items()
        if belongs(page, section, column)
    }
    for column, entries in found.items():
        if not entries:
            raise SystemExit(f"No comparison on {column} belongs to the row {row}")
    entries = [entry for entries in found.values() for entry in entries]
    return {
        page.title: row.title,
        **({"reference": row.reference} if row.reference else {}),
        "allowed": sorted({entry["allowed"] for entry in entries}),
        page.counted: max(len(entries) for entries in found.values()),
        "errors": {
            column: max(entry["error"] for entry in entries)
            for column, entries in found.items()
        },
    }


def report(name, table, machines):
    """Writes the Markdown and the JSON file."""
    from benchmarks import machine

    page = PAGES[name]
    path = ROOT / "docs" / f"{name}.md"
    path.write_text(markdown(page, table))
    packages = {name: importlib.metadata.version(name) for name in page.packages}
    content = {"table": table, "backends": machines, "packages": packages}
    print(f"Wrote {path} and {machine.write(name, content)}")


def markdown(page, table):
    """The table as a page."""
    lines = [page.introduction]
    for section, rows in table.items():
        names = [name for name in rows[0] if name not in ("allowed", "errors")]
        heads = [*names, "allowed", *(COLUMNS[column] for column in rows[0]["errors"])]
        lines += [
            f"## {section}\n",
            f"| {' | '.join(heads)} |",
            "| --- " * len(heads) + "|",
        ]
        for row in rows:
            # A tolerance of 0 is for values that must be equal.
            allowed = [value for value in row["allowed"] if value] or [0]
            cells = [str(row[name]) for name in names]
            cells += [" / ".join(f"{value:g}" for value in allowed)]
            cells += [f"{error:.1e}" for error in row["errors"].values()]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
