import dataclasses
import json
import math
import sys

import keras
import numpy as np

from keras_s3gan import __version__
from keras_s3gan.metrics.evaluation.names import ScoreName


def package_versions():
    """Versions of what scores are computed with, a dict of str to str."""
    backend = keras.backend.backend()
    return {
        "keras_s3gan": __version__,
        "keras": keras.__version__,
        "backend": backend,
        # Imported by Keras, whatever its distribution is called.
        backend: sys.modules[backend].__version__,
        "numpy": np.__version__,
    }


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScoreRecord:
    """A score and everything that it must be quoted with.

    Two scores can be compared where all but the value, the seed and the versions agree.

    Args:
        name: str, as `ScoreName` writes it; what it says must agree with the rest.
        value: float; the mean where it was measured more than once.
        n_real: int. Real images; `None` for a score of generated images alone.
        n_generated: int. Generated images.
        split: str. Which real images; `None` for a score of generated images alone.
        extractor: str. Identifier of the `FeatureExtractor`.
        extractor_sha256: str. Hash of its weights, whole.
        resize: str. How it resizes.
        preprocessing: str. What else it does to images.
        dtype: str. What it computes in.
        seed: int. What drew the generated images.
        averaged_weights: bool. Whether the averaged generator drew them.
        standing_statistics: bool. Whether its moments of batch normalization were
            computed anew for sampling.
        truncation: float. Of the latents; `None` for none.
        source: str. The set that the real images are of.
        repeats: int. How often it was measured, each time with other latents.
        spread: float. Standard deviation over the repeats; `None` of one.
        details: dict that JSON can hold. What else the score tells.
        versions: dict. Defaults to `package_versions()`.

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
    details: dict = dataclasses.field(default_factory=dict)
    versions: dict = dataclasses.field(default_factory=package_versions)

    def __post_init__(self):
        name = ScoreName.parse(self.name)
        for said, what in (
            (name.num_generated, "n_generated"),
            (name.split, "split"),
        ):
            if said not in (None, getattr(self, what)):
                raise ValueError(
                    f"`name` must agree with `{what}`. "
                    f"Received: name={self.name}, {what}={getattr(self, what)}"
                )
        for what in ("n_real", "n_generated"):
            count = getattr(self, what)
            if count is not None and count < 1:
                raise ValueError(
                    f"`{what}` must be at least 1. Received: {what}={count}"
                )
        # JSON has no word for it.
        if not math.isfinite(self.value):
            raise ValueError(
                f"`value` must be finite. Received: {self.name} of value={self.value}"
            )

    @property
    def full_name(self):
        """The name with number and split said: `fid` is `fid5k_train`, for instance."""
        name = ScoreName.parse(self.name)
        return str(ScoreName(name.score, self.n_generated, self.split))

    @staticmethod
    def of_extractor(extractor):
        """The fields that a `FeatureExtractor` determines, as a dict."""
        described = extractor.describe()
        return {
            "extractor": described.pop("identifier"),
            "extractor_sha256": described.pop("sha256"),
            **described,
        }

    def to_json(self):
        """The record as a str of JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2)

    @classmethod
    def from_json(cls, text):
        """Reads what `to_json` wrote.

        Raises:
            ValueError: if a field is missing or unknown.
        """
        content = json.loads(text)
        names = {field.name for field in dataclasses.fields(cls)}
        if content.keys() != names:
            raise ValueError(
                f"A record has the fields {sorted(names)}. Received: {sorted(content)}"
            )
        return cls(**content)
