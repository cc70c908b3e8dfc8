"""The tables of errors say what was measured, of everything that is compared."""

import ast
import json
import re
from pathlib import Path

import pytest

from benchmarks import golden, machine
from benchmarks.pages import PAGES

TESTS = Path(__file__).resolve().parent
# Whole numbers, which are right or wrong.
WITHOUT_ERROR = {"networks/test_parameter_counts.py::test_parameters_of_the_original"}
# How tests of scores come by what others computed.
OTHERS = re.compile(
    r"(golden\.load|\breference)\(|reference\.expected|reference_packages"
)


@pytest.mark.parametrize("name", PAGES)
def test_page_shows_the_results(name):
    page = PAGES[name]
    table = json.loads((machine.RESULTS / f"{name}.json").read_text())["table"]
    text = (golden.ROOT / "docs" / f"{name}.md").read_text()
    assert text == golden.markdown(page, table)
    shown = {
        section: [(row[page.title], row.get("reference", "")) for row in rows]
        for section, rows in table.items()
    }
    assert shown == {
        section: [(row.title, row.reference) for row in rows]
        for section, rows in page.sections.items()
    }


@pytest.mark.parametrize("name", PAGES)
def test_every_row_names_a_test(name):
    for row in PAGES[name].rows:
        path, test = row.test.split("::")
        assert f"def {test}(" in (TESTS / path).read_text(), row


def test_every_comparison_with_the_original_has_a_row():
    found = {name for name in functions() if name.endswith("_of_the_original")}
    assert found - WITHOUT_ERROR <= {row.test for row in PAGES["golden"].rows}


def test_every_comparison_of_a_score_has_a_row():
    found = {name for name, text in functions("metrics").items() if OTHERS.search(text)}
    scores = functions("metrics/scores").items()
    found |= {name for name, text in scores if "assert_close(" in text}
    assert found <= {row.test for row in PAGES["scores"].rows}


def functions(folder="."):
    """Source of every test below a folder, by the name that rows give it."""
    found = {}
    for path in (TESTS / folder).rglob("test_*.py"):
        source = path.read_text()
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                name = f"{path.relative_to(TESTS).as_posix()}::{node.name}"
                found[name] = ast.get_source_segment(source, node)
    return found
