"""Takes files that lie beside `docs/` into the site.

Pages link to them as they lie in the repository, `../CONTRIBUTING.md`, so that the same
link works in a checkout and on the site. README.md becomes the home page.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[1]
# The target of a Markdown link or image, without what points elsewhere.
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")


def on_files(files, config):
    """Adds README.md and every file that it or a page links to outside of docs/."""
    pending = [Path(file.abs_src_path) for file in files.documentation_pages()]
    pending.append(ROOT / "README.md")
    taken = set()
    while pending:
        page = pending.pop()
        if not page.is_relative_to(ROOT / "docs"):
            taken.add(page)
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            target = (page.parent / link).resolve()
            inside = target.is_relative_to(ROOT / "docs")
            if inside or target in taken or not target.is_file():
                continue
            taken.add(target)
            if target.suffix == ".md":
                pending.append(target)
    for path in sorted(taken):
        files.append(File.generated(config, _place(path), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown, page, config, files):
    """Links of a page as the site has them."""
    source = Path(page.file.abs_src_path)
    here = posixpath.dirname(page.file.src_uri)

    def on_the_site(match):
        target = (source.parent / match[1]).resolve()
        return posixpath.relpath(_place(target), here or ".")

    return LINK.sub(on_the_site, markdown)


def _place(path):
    """Where a file of the repository is on the site."""
    if path == ROOT / "README.md":
        return "index.md"
    docs = ROOT / "docs"
    return path.relative_to(docs if path.is_relative_to(docs) else ROOT).as_posix()
