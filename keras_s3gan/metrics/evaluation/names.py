"""The protocol in a score's name: `fid50k_train`."""

import re
from dataclasses import dataclass

SPLITS = ("train", "validation", "test", "full")
_NAME = re.compile(
    rf"(?P<score>[a-z]+(?:_[a-z]+)*?)"
    rf"(?:(?P<number>[1-9]\d*)(?P<thousands>k?))?"
    rf"(?:_(?P<split>{'|'.join(SPLITS)}))?"
)


@dataclass(frozen=True)
class ScoreName:
    """Which score, of how many generated images, against which real ones.

    Args:
        score: str of small letters, words joined by underscores: `"fid"`.
        num_generated: int. Generated images; `None` leaves it to the run.
        split: one of `SPLITS`, the real images compared with; `None` leaves it to the
            run.

    `str(name)` is the name; `ScoreName.parse` reads it.

    Raises:
        ValueError: if an argument is not as above.

    Example:
        >>> ScoreName.parse("fid50k_train")
        ScoreName(score='fid', num_generated=50000, split='train')
        >>> str(ScoreName("kid", 10_000))
        'kid10k'

    Reference:
        - Karras et al., 2020, whose metrics are named so:
          https://github.com/NVlabs/stylegan2-ada-pytorch
    """

    score: str
    num_generated: int | None = None
    split: str | None = None

    def __post_init__(self):
        # What cannot be read back is no name.
        match = _NAME.fullmatch(str(self))
        if not match or _parts(match) != (self.score, self.num_generated, self.split):
            raise ValueError(
                "A score's name is made of small letters, a number of generated images "
                f"of at least 1 and a split of {SPLITS}. Received: {self!r}"
            )

    @classmethod
    def parse(cls, name):
        """Reads a name like `fid50k_train`, `kid10k` or `fid`.

        Raises:
            ValueError: if it is none.
        """
        match = _NAME.fullmatch(name)
        if not match:
            raise ValueError(
                "A score's name is one like 'fid50k_train', 'kid10k' or 'fid', its "
                f"split one of {SPLITS}. Received: name={name!r}"
            )
        return cls(*_parts(match))

    def __str__(self):
        number = self.num_generated
        if number is None:
            number = ""
        elif isinstance(number, int) and number and number % 1000 == 0:
            number = f"{number // 1000}k"
        return f"{self.score}{number}" + (f"_{self.split}" if self.split else "")


def _parts(match):
    number = match["number"]
    if number is not None:
        number = int(number) * (1000 if match["thousands"] else 1)
    return match["score"], number, match["split"]
