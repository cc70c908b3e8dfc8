from typing import NamedTuple


class Row(NamedTuple):
    """What is compared, and the test that compares it."""

    title: str
    test: str  # below tests/, without parameters
    parameters: str = ".*"  # a regular expression
    name: str = ".*"  # that `assert_close` was given, a regular expression
    reference: str = ""  # where not all rows of the page have the same one


class Page(NamedTuple):
    """One table per section, below an introduction."""

    introduction: str
    title: str  # what a row is
    counted: str  # what a row has the largest error of
    sections: dict
    numpy: tuple = ()  # the sections that no backend has a part in
    packages: tuple = ()  # compared with, so that their versions matter

    @property
    def rows(self):
        return [row for rows in self.sections.values() for row in rows]
