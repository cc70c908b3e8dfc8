"""The code blocks of the README and of the pages under docs/.

python -m tests.pages      # how many are run, run dry, and not run
"""

import collections
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
# What the tests can run; in other languages nothing is claimed that runs.
RUNNABLE = ("python", "shell", "gin")
LANGUAGES = (*RUNNABLE, "text", "bibtex")
BLOCK = re.compile(
    r"(?:^<!-- (?P<how>not run|dry run): (?P<why>[^\n]+) -->\n)?"
    r"^```(?P<language>\S*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A fenced block of a page.

    Args:
        page: the path below the repository.
        line: int. Where its text begins.
        language: as the page has it.
        text: what stands between the fences.
        how: `"run"`, `"dry run"` (a command says what it would do) or `"not run"`.
        why: the reason that the page gives, unless it is run.
    """

    page: str
    line: int
    language: str
    text: str
    how: str
    why: str

    def __str__(self):
        return f"{self.page}:{self.line}"


def blocks(page):
    """Every block of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page.relative_to(ROOT).as_posix(),
            text.count("\n", 0, match.start("text")) + 1,
            match["language"],
            match["text"],
            match["how"] or "run",
            match["why"] or "",
        )
        for match in BLOCK.finditer(text)
    ]


def all_blocks():
    """Every block of every page."""
    return [block for page in PAGES for block in blocks(page)]


def counts():
    """How many blocks of each language are run, run dry and not run."""
    return collections.Counter(
        (block.language, block.how)
        for block in all_blocks()
        if block.language in RUNNABLE
    )


if __name__ == "__main__":
    for (language, how), count in sorted(counts().items()):
        print(f"{language:<7} {how:<8} {count}")
