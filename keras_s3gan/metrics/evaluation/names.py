"""Names of scores that say how they were measured: `fid50k_train@dinov2-vitl14`."""

import re
from dataclasses import dataclass

from keras_s3gan.validation import is_integer

SPLITS = ("train", "validation", "test", "full")
_NAME = re.compile(
    rf"(?P<score>[a-z]+(?:_[a-z]+)*?)"
    rf"(?:(?P<number>[1-9]\d*)(?P<thousands>k?))?"
    rf"(?:_(?P<split>{'|'.join(SPLITS)}))?"
    rf"(?:@(?P<extractor>[a-z0-9]+(?:[.-][a-z0-9]+)*))?"
)


@dataclass(frozen=True)
class ScoreName:
    """A score, its number of generated images, split of real images and extractor.

    Args:
        score: str. Lower-case words joined by underscores, such as `"fid"`.
        num_generated: int. Number of generated images. `None`: the run decides.
        split: one of `SPLITS`: the real images to compare with. `None`: the run
            decides.
        extractor: str. The `label` of the feature extractor, in lower case. `None`: the
            extractor has none, or the run decides.

    `str(name)` writes the name; `ScoreName.parse` reads it.

    Raises:
        ValueError: if an argument is not as above.

    Example:
        >>> ScoreName.parse("fid50k_train")
        ScoreName(score='fid', num_generated=50000, split='train', extractor=None)
        >>> str(ScoreName("kid", 10_000, extractor="dinov2-vitl14"))
        'kid10k@dinov2-vitl14'

    Reference:
        - Karras et al., 2020, whose code names its metrics in this way,
          https://github.com/NVlabs/stylegan2-ada-pytorch
    """

    score: str
    num_generated: int | None = None
    split: str | None = None
    extractor: str | None = None

    def __post_init__(self) -> None:
        # A name must be readable by `parse`.
        match = _NAME.fullmatch(str(self))
        parts = (self.score, self.num_generated, self.split, self.extractor)
        if not match or _parts(match) != parts:
            raise ValueError(
                "A score's name has lower-case letters, then optionally a number of "
                f"generated images, at least 1, one of {SPLITS}, and an extractor "
                f"after @. Received: {self!r}"
            )

    @classmethod
    def parse(cls, name: str) -> "ScoreName":
        """Reads a name such as `fid50k_train`, `kid10k@dinov2-vitl14` or `fid`.

        Args:
            name: str.

        Returns:
            A `ScoreName`.

        Raises:
            ValueError: if `name` is not the name of a score.
        """
        match = _NAME.fullmatch(name)
        if not match:
            raise ValueError(
                "A score's name looks like 'fid50k_train', 'kid10k' or 'fid'; the "
                f"split is one of {SPLITS}. Received: name={name!r}"
            )
        return cls(*_parts(match))

    def __str__(self) -> str:
        number = "" if self.num_generated is None else f"{self.num_generated}"
        if self.num_generated and is_integer(self.num_generated):
            thousands, rest = divmod(self.num_generated, 1000)
            number = number if rest else f"{thousands}k"
        split = f"_{self.split}" if self.split else ""
        extractor = f"@{self.extractor}" if self.extractor else ""
        return f"{self.score}{number}{split}{extractor}"


def _parts(
    match: re.Match[str],
) -> tuple[str, int | None, str | None, str | None]:
    number = None
    if match["number"] is not None:
        number = int(match["number"]) * (1000 if match["thousands"] else 1)
    return match["score"], number, match["split"], match["extractor"]
