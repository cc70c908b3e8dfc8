import pytest
from gin import config

from keras_s3gan.experiment.recipe import statements
from keras_s3gan.experiment.recipe.statements import NotGinError, read_statements
from tests.once import once

pytestmark = once("Gin and Python alone")


def read(text):
    return read_statements(text, config.ParserDelegate(), "here")


def test_bindings_macros_scopes_blocks_comments_and_includes():
    found = read(
        "# A comment\n"
        "include 'a.gin'\n"
        "size = 3  # of all\n"
        "a/train.steps = %size\n"
        "train:\n"
        "  seed = 1\n"
        "  batch_size = 2\n"
    )
    assert found[0].filename == "a.gin"
    assert [s[:3] for s in found[1:]] == [
        ("", "size", ""),
        ("a", "train", "steps"),
        ("", "train", "seed"),
        ("", "train", "batch_size"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "import colorsys",
        "import colorsys as train",
        "from xml import sax",
        "from xml import sax as train",
        "from __gin__ import dynamic_registration",
    ],
)
def test_imports_are_refused_by_name(line):
    for text in (line, f"train.steps = 1\n{line}\n", f"size = 3\n\n  {line}  # why"):
        with pytest.raises(ValueError, match=f"here: .* imports nothing.*: {line}$"):
            read(text)


@pytest.mark.parametrize(
    "line",
    [
        "open('file')",
        "train.source = open('file')",
        "train.source = mnist5k",
        "train.steps = 2 * 10",
        "train.steps = 10 if True else 20",
        "train.steps = lambda: 3",
        "train.steps = nan",
        "train.steps = {[1]: 2}",
        "train.steps = (",
        "train.steps",
        "exec 'train.steps = 1'",
    ],
)
def test_what_is_no_literal_is_refused(line):
    with pytest.raises(NotGinError) as error:
        read(f"train.seed = 1\n{line}\n")
    assert f"here: cannot read {line!r} as a Gin binding" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2j", "no setting is a complex number. Received: 2j"),
        ("[1, {'a': (2j,)}]", "Received: 2j"),
        ("{@train: 1}", "keys are strings or numbers. Received: a key @train"),
    ],
)
def test_values_that_a_recipe_could_not_keep(value, message):
    with pytest.raises(ValueError, match=message):
        read(f"train.steps = {value}")


def test_brackets_within_brackets_end_somewhere(monkeypatch):
    def too_deep(*args):
        raise RecursionError

    monkeypatch.setattr(statements.config_parser, "ConfigParser", too_deep)
    with pytest.raises(ValueError, match="nested too deeply"):
        read("train.steps = [[1]]")
