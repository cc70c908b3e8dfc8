"""The table of errors against the original says what was measured, of everything."""

import json
import re
from pathlib import Path

from benchmarks import golden, machine

TESTS = Path(__file__).resolve().parent
# Whole numbers, which are right or wrong.
WITHOUT_ERROR = {"networks/test_parameter_counts.py::test_parameters_of_the_original"}


def rows():
    return [row for section in golden.SECTIONS.values() for row in section]


def test_page_shows_the_results():
    results = json.loads((machine.RESULTS / "golden.json").read_text())
    page = (golden.ROOT / "docs" / "golden.md").read_text()
    assert page == golden.markdown(results["table"])
    schemes = [row["scheme"] for part in results["table"].values() for row in part]
    assert schemes == [row.scheme for row in rows()]


def test_every_row_names_a_test():
    for row in rows():
        path, name = row.test.split("::")
        assert f"def {name}(" in (TESTS / path).read_text(), row


def test_every_comparison_with_the_original_has_a_row():
    found = {
        f"{path.relative_to(TESTS).as_posix()}::{name}"
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"def (test_\w+_of_the_original)\(", path.read_text())
    }
    assert found - WITHOUT_ERROR <= {row.test for row in rows()}
