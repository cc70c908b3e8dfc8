"""What the README and the pages under docs/ show is run as it stands, on less data."""

import ast
import re
import shlex
import tomllib
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image
from typer.main import get_command

from keras_s3gan import GAN, SmallDiscriminator, SmallGenerator, models
from keras_s3gan.cli import app, main
from tests.once import once
from tests.pages import LANGUAGES, PAGES, ROOT, all_blocks, blocks

# What makes a block small. Each is in some block, or has no business here.
SMALLER = {
    '"base_channels": 16': '"base_channels": 2',
    '"base_channels": 32': '"base_channels": 2',
    "base_channels=16": "base_channels=2",
    "epochs=100": "epochs=1",
    "epochs=20": "epochs=1, batch_size=8",
    "batch_size=64": "batch_size=8",
    "ResNetV2Encoder(image_size=32": "ResNetV2Encoder(base_channels=4, image_size=32",
    "num_samples=1000": "num_samples=20",
    "fid50k_train": "fid20_train",
    "--bootstrap 200": "--bootstrap 40",
}
EVERYWHERE = ("docs/layers.md", "docs/evaluation.md")
elsewhere = once("the tests of the models run the same code on each")
# A run of seconds: three classes of four images.
TINY = {
    "train.source": '"folder:photos"',
    "train.label_fraction": 0.5,
    "train.steps": 2,
    "train.steps_per_epoch": 1,
    "train.batch_size": 8,
    "train.standing_statistics_batches": 1,
    "train.score_samples": 20,
    "train.evaluation_samples": 20,
    "train.evolution_rows": 2,
    "image_size": 16,
    "channels": 3,
    "num_classes": 3,
    "base_channels": 4,
}
TINY_LABELS = {
    "semi_supervised.steps": 2,
    "semi_supervised.batch_size": 4,
    "semi_supervised.unlabelled_batch_size": 4,
    "ResNetV2Encoder.base_channels": 4,
}
# Which commands end in a run of their own, and take bindings.
TRAINS = {"train": TINY, "labels": {**TINY, **TINY_LABELS}}


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """A folder with what the pages speak of: `photos/`, and the runs as they are made.

    What commands compile, train and keep for later is kept there, too.
    """
    place = tmp_path_factory.mktemp("pages")
    random = np.random.default_rng(0)
    for name in ("cat", "dog", "owl"):
        (place / "photos" / name).mkdir(parents=True)
        for index in range(4):
            image = random.integers(0, 256, (20, 20, 3)).astype("uint8")
            Image.fromarray(image).save(place / "photos" / name / f"{index}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_S3GAN_CACHE", str(place / "cache"))
        yield place


@pytest.fixture
def here(workplace, monkeypatch):
    monkeypatch.chdir(workplace)
    return workplace


def names_of_a_reader():
    """What a reader of a page is taken to have: some images, and a network."""
    random = np.random.default_rng(0)
    network = keras.Sequential(
        [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(4)]
    )
    as_bytes = random.integers(0, 256, (2, 20, 32, 32, 3)).astype("uint8")
    return {
        "keras": keras,
        "images": random.uniform(-1, 1, (16, 32, 32, 3)).astype("float32"),
        "labels": (np.arange(16) % 10).astype("int32"),
        "x": random.standard_normal((8, 16, 16, 3)).astype("float32"),
        "y": random.standard_normal((8, 1)).astype("float32"),
        "network": network,
        "real_batches": np.split(as_bytes[0], 4),
        "generated_batches": np.split(as_bytes[1], 4),
    }


def smaller(text):
    for shown, used in SMALLER.items():
        text = text.replace(shown, used)
    return text


def of_language(language):
    """Pages as parameters: those with a block of a language that is run."""
    for page in PAGES:
        found = [b for b in blocks(page) if b.language == language and b.how == "run"]
        if found:
            marks = () if found[0].page in EVERYWHERE else elsewhere
            yield pytest.param(found, id=found[0].page, marks=marks)


def commands(block):
    """The commands of a shell block, each a list of words, without comments."""
    lines = block.text.replace("\\\n", " ").splitlines()
    found = [shlex.split(line, comments=True) for line in lines]
    return [words for words in found if words]


def test_every_block_says_its_language():
    assert [str(b) for b in all_blocks() if b.language not in LANGUAGES] == []


def test_no_fence_is_left_out():
    for page in PAGES:
        fences = re.findall(r"^\s*(?:```|~~~)", page.read_text(), re.MULTILINE)
        assert len(fences) == 2 * len(blocks(page)), page


def test_only_commands_are_run_dry():
    dry = [block for block in all_blocks() if block.how == "dry run"]
    assert all(block.language == "shell" for block in dry)


def test_every_replacement_is_needed():
    shown = "".join(block.text for block in all_blocks() if block.how == "run")
    assert [text for text in SMALLER if text not in shown] == []


def test_what_is_not_run_is_python_all_the_same():
    for block in all_blocks():
        if block.language == "python":
            compile(block.text, str(block), "exec")


@pytest.mark.parametrize("found", list(of_language("python")))
def test_python(found, here):
    names = names_of_a_reader()
    if found[0].page == "docs/evaluation.md":
        names["gan"] = small_gan()
    # One after the other, as they are read.
    for block in found:
        exec(compile(smaller(block.text), str(block), "exec"), names)
    if "new_images" in names:
        assert names["new_images"].shape == (3, 32, 32, 3)
    if "critic" in names:
        assert names["critic"].predict(names["x"], verbose=0).shape == (8, 1)
    if "inferred" in names:
        assert (names["inferred"].labels >= 0).all()
    if "fid" in names:
        assert names["fid"] > 0


def small_gan():
    networks = {"image_size": 32, "channels": 3, "num_classes": 10, "base_channels": 2}
    gan = GAN(SmallGenerator(latent_dim=4, **networks), SmallDiscriminator(**networks))
    gan.compile("adam", "adam")
    return gan


@once("Gin and Python alone")
@pytest.mark.parametrize("found", list(of_language("gin")))
def test_recipes(found, here, capsys):
    for block in found:
        (here / "page.gin").write_text(block.text)
        run(["train", "page.gin", "--dry-run"])
        lines = [line.partition("#")[0].strip() for line in block.text.splitlines()]
        bound = [line.replace('"', "'") for line in lines if line.startswith("train.")]
        shown = capsys.readouterr().out
        assert bound and not [line for line in bound if line not in shown]


@once("commands call what tests/experiment checks on each")
@pytest.mark.parametrize("found", list(of_language("shell")))
def test_commands(found, here):
    for block in found:
        for words in commands(block):
            assert words[0] == "keras-s3gan", f"{block}: cannot be run: {words}"
            run(in_small_form(words[1:]))


@once("Gin and Python alone")
@pytest.mark.parametrize(
    "block", [b for b in all_blocks() if b.how == "dry run"], ids=str
)
def test_commands_that_are_run_dry(block, here):
    for words in commands(block):
        assert words[0] == "keras-s3gan"
        run([*without_backend(words[1:]), "--dry-run"])


def run(arguments):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 0, arguments


def in_small_form(words):
    words = [smaller(word) for word in without_backend(words)]
    if "--dry-run" in words:
        return words
    if words[0] in ("sample", "evaluate", "interpolate"):
        words = train_before(words)
    # What a page binds itself is said last.
    bound = [word.split("=")[0] for word in words]
    for name, value in TRAINS.get(words[0], {}).items():
        if name not in bound:
            words += ["--set", f"{name}={value}"]
    return words


def without_backend(words):
    """The words without `--backend NAME`: Keras has one in this process."""
    if "--backend" not in words:
        return words
    index = words.index("--backend")
    return words[:index] + words[index + 2 :]


def train_before(words):
    """Trains the run that a command reads, if no page has yet."""
    if not Path(words[1], "run.json").exists():
        run(in_small_form(["train", "demo_mnist5k", "--run-dir", words[1]]))
    return words


@once("files alone")
def test_commands_that_are_not_run_are_at_least_there():
    """Targets of make, programs of benchmarks/, tests/ and examples/, our commands."""
    known = get_command(app).commands
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for block in all_blocks():
        if block.language != "shell" or block.how != "not run":
            continue
        for words in commands(block):
            if words[0] == "keras-s3gan":
                command = known[words[1]]
                command.make_context(words[1], words[2:])
            elif words[0] == "make":
                assert {w for w in words[1:] if "=" not in w} <= set(targets), block
            elif words[:2] == ["python", "-m"]:
                path = ROOT / words[2].replace(".", "/")
                assert path.with_suffix(".py").exists() or path.is_dir(), block
            elif words[0] == "python":
                assert (ROOT / words[1]).is_file(), block
            else:
                assert words[0] in ("pip", "npm", "git", "cd"), f"{block}: {words}"


def test_the_readme_is_one_page():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_links_lead_somewhere():
    for page in PAGES + [ROOT / "CHANGELOG.md"]:
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
        for link in re.findall(r"\]\((?![a-z]+:|#)([^)#\s]+)", text):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_where_do_i_change():
    """Every row of the page names files that exist, at most three."""
    rows = [
        line
        for line in (ROOT / "docs" / "where.md").read_text().splitlines()
        if line.startswith("|") and not line.startswith(("| ---", "| what"))
    ]
    assert len(rows) > 20
    for row in rows:
        files = re.findall(r"`([\w./-]+\.\w+|[\w./-]+/)`", row)
        assert 1 <= len(files) <= 3, row
        for name in files:
            assert (ROOT / name).exists(), f"{name} in {row}"


def test_every_model_is_in_the_reference():
    """Of other rooms the reference takes every name by itself."""
    page = (ROOT / "docs" / "api" / "models.md").read_text()
    shown = re.findall(r"^::: keras_s3gan\.models\.(\w+)$", page, re.MULTILINE)
    assert sorted(shown) == sorted(models.__all__)


def test_messages_of_the_troubleshooting_page_are_those_of_the_code():
    """What is quoted in the first column; `…` stands for what a message fills in."""
    page = (ROOT / "docs" / "troubleshooting.md").read_text()
    quoted = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert len(quoted) > 8
    said = [
        "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…"
            for part in getattr(node, "values", [node])
        )
        for path in (ROOT / "keras_s3gan").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    ]
    assert [q for q in quoted if not any(q in text for text in said)] == []


def test_make_docs_installs_the_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (site,) = re.findall(r"^SITE := (.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert site.split() == project["optional-dependencies"]["docs"]


@once("files alone")
def test_the_citation_is_whole():
    yaml = pytest.importorskip("yaml")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["license"] == project["license"]
    assert {"message", "title", "authors", "version"} <= set(citation)
    paper = citation["preferred-citation"]
    assert {"type", "title", "authors", "year"} <= set(paper)
    assert {"family-names", "given-names"} <= set(paper["authors"][0])
