"""A score together with the conditions it was measured under."""

import dataclasses
import json
import math
import sys
from typing import Any

import keras
import numpy as np

from keras_s3gan.metrics.evaluation.names import ScoreName
from keras_s3gan.metrics.features.extractor import FeatureExtractor
from keras_s3gan.validation import check_integer
from keras_s3gan.version import __version__

# Fields that records of before do not have.
_LATER = {"bootstrap", "interval", "standard_error"}


def package_versions() -> dict[str, str]:
    """Returns the versions of the packages that compute scores, by name."""
    backend = keras.backend.backend()
    return {
        "keras_s3gan": __version__,
        "keras": keras.__version__,
        "backend": backend,
        # Keras has imported the module; its distribution may have another name.
        backend: sys.modules[backend].__version__,
        "numpy": np.__version__,
    }


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScoreRecord:
    """A score together with the conditions it was measured under.

    Two scores can be compared if all fields agree except the value, the seed and the
    versions.

    Args:
        name: str, as `ScoreName` writes it. It must agree with `n_generated` and
            `split`.
        value: float. The mean over the repeats.
        n_real: int. Number of real images; `None` if the score needs none.
        n_generated: int. Number of generated images.
        split: str. Split of the real images; `None` if the score needs none.
        extractor: str. Identifier of the `FeatureExtractor`.
        extractor_sha256: str. SHA-256 of its weights.
        resize: str. Its method of resizing.
        preprocessing: str. Its other preprocessing.
        dtype: str. The dtype it computes in.
        seed: int. Seed of the generated images.
        averaged_weights: bool. Whether the averaged generator made the images.
        standing_statistics: bool. Whether batch normalization used standing
            statistics.
        truncation: float. Truncation of the latents; `None` without.
        source: str. Name of the data set of the real images.
        repeats: int. Number of measurements, each with other latents.
        spread: float. Standard deviation over the repeats; `None` for one repeat.
        bootstrap: int. Number of random halves of the generated images behind the next
            two; 0 for none. See `Evaluator.evaluate`.
        interval: list of two floats, the 95 % interval; or `None`.
        standard_error: float or `None`.
        details: dict that JSON can hold. Further results of the score.
        versions: dict. Versions of the packages. Defaults to `package_versions()`.

    Raises:
        ValueError: if `name` contradicts `n_generated` or `split`, a count is below 1,
            or `value` is not finite.

    Example:
        >>> record = ScoreRecord(
        ...     name="fid10k_train", value=8.4, n_real=50_000, n_generated=10_000,
        ...     split="train", seed=0, averaged_weights=True,
        ...     standing_statistics=False, truncation=None,
        ...     **ScoreRecord.of_extractor(extractor),
        ... )
        >>> ScoreRecord.from_json(record.to_json()) == record
        True
    """

    name: str
    value: float
    n_real: int | None
    n_generated: int
    split: str | None
    extractor: str
    extractor_sha256: str
    resize: str
    preprocessing: str
    dtype: str
    seed: int
    averaged_weights: bool
    standing_statistics: bool
    truncation: float | None
    source: str | None = None
    repeats: int = 1
    spread: float | None = None
    bootstrap: int = 0
    interval: list[float] | None = None
    standard_error: float | None = None
    details: dict[str, Any] = dataclasses.field(default_factory=dict)
    versions: dict[str, str] = dataclasses.field(default_factory=package_versions)

    def __post_init__(self) -> None:
        name = ScoreName.parse(self.name)
        for field, in_name in (
            ("n_generated", name.num_generated),
            ("split", name.split),
        ):
            if in_name not in (None, getattr(self, field)):
                raise ValueError(
                    f"`name` must agree with `{field}`. "
                    f"Received: name={self.name}, {field}={getattr(self, field)}"
                )
        for field in ("n_real", "n_generated"):
            count = getattr(self, field)
            if count is not None:
                check_integer(field, count)
        # JSON cannot hold NaN or infinity.
        if not math.isfinite(self.value):
            raise ValueError(
                f"`value` must be finite. Received: {self.name} of value={self.value}"
            )

    @property
    def full_name(self) -> str:
        """The name with number and split: `fid` becomes `fid5k_train`, for example."""
        name = ScoreName.parse(self.name)
        found = ScoreName(name.score, self.n_generated, self.split, name.extractor)
        return str(found)

    @staticmethod
    def of_extractor(extractor: FeatureExtractor) -> dict[str, str]:
        """Returns the fields that describe a `FeatureExtractor`, as a dict."""
        described = extractor.describe()
        return {
            "extractor": described.pop("identifier"),
            "extractor_sha256": described.pop("sha256"),
            **described,
        }

    def to_json(self) -> str:
        """Returns the record as JSON text."""
        return json.dumps(dataclasses.asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "ScoreRecord":
        """Reads a record that `to_json` wrote, of an earlier version, too.

        Args:
            text: str of JSON.

        Returns:
            A `ScoreRecord`.

        Raises:
            ValueError: if a field is missing or unknown.
        """
        content = json.loads(text)
        names = {field.name for field in dataclasses.fields(cls)}
        if not names - _LATER <= content.keys() <= names:
            raise ValueError(
                f"A record has the fields {sorted(names)}. Received: {sorted(content)}"
            )
        return cls(**content)
