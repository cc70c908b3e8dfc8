"""The sections of our docstrings, in the words that the reader of the site knows."""

import re

import griffe

# Keras writes "Call arguments" and "Example"; these are read as what they are.
TITLES = {
    "Call arguments": "Other arguments: Call arguments",
    "Example": "Examples: Example",
}
HEADING = re.compile(rf"^({'|'.join(TITLES)}):$", re.MULTILINE)


class DocstringSections(griffe.Extension):
    """Renames the headings of every docstring."""

    def on_object(self, *, obj, **kwargs):
        if obj.docstring:
            obj.docstring.value = HEADING.sub(
                lambda match: TITLES[match[1]], obj.docstring.value
            )
