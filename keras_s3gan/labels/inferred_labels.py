"""Labels of all images, with the given ones marked."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from keras_s3gan.files import load_arrays, save_arrays
from keras_s3gan.validation import check_labels


@dataclasses.dataclass(frozen=True)
class InferredLabels:
    """Labels of all images of a data set, some given and the rest inferred.

    Args:
        labels: integers `[N]` with -1 for "no label", or soft labels
            `[N, num_classes]` with a row of zeros for "no label".
        given_ids: integers. Indices of the images whose label was given.
        num_classes: int.
        confidence: `[N]` in [0, 1]: the probability of each label; 1 for given labels,
            NaN if the method has no probability. Defaults to NaN.
        metadata: dict that JSON can hold: how the labels were made. Its `made_from` is
            a dict with the `source_fingerprint` of the images. Defaults to `{}`.

    Raises:
        ValueError: if a label is out of range, or an id is not an index.

    Example:
        >>> inferred = InferredLabels([0, 2, 1], given_ids=[0], num_classes=3)
        >>> inferred.inferred_ids
        array([1, 2])
    """

    labels: np.ndarray
    given_ids: np.ndarray
    num_classes: int
    confidence: np.ndarray | None = None
    metadata: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        labels = np.asarray(self.labels)
        labels = check_labels(labels, len(labels), self.num_classes)
        given_ids = np.asarray(self.given_ids, dtype="int64")
        bad = given_ids[(given_ids < 0) | (given_ids >= len(labels))]
        if bad.size:
            raise ValueError(
                f"`given_ids` must be indices from 0 to {len(labels) - 1}. "
                f"Received: given_ids with {bad[0]}"
            )
        confidence = self.confidence
        if confidence is None:
            confidence = np.full(len(labels), np.nan)
        confidence = np.array(confidence, dtype="float32")
        if confidence.shape != (len(labels),):
            raise ValueError(
                f"`confidence` must be [{len(labels)}]. "
                f"Received: shape={confidence.shape}"
            )
        # The class is frozen, so attributes are set through `object`.
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "given_ids", np.unique(given_ids))
        object.__setattr__(self, "confidence", confidence)

    @property
    def hard(self) -> np.ndarray:
        """Integers `[N]`: the labels, or the most probable class; -1 for none."""
        if self.labels.ndim == 1:
            return self.labels
        empty = ~self.labels.any(axis=1)
        return np.where(empty, -1, self.labels.argmax(axis=1)).astype("int32")

    @property
    def inferred_ids(self) -> np.ndarray:
        """Indices of the images whose label was inferred."""
        labelled = np.flatnonzero(self.hard >= 0)
        return np.setdiff1d(labelled, self.given_ids)

    def accuracy(self, truth: np.ndarray) -> dict[str, Any]:
        """Computes the accuracy of the inferred labels; given labels are not counted.

        Args:
            truth: integers `[N]`, -1 where unknown.

        Returns:
            A dict with `value`, `mean_over_classes`, `per_class` (`None` for a class
            without images) and `num_images`.

        Raises:
            ValueError: if `truth` has another length or a label out of range.
        """
        truth = check_labels(truth, len(self.labels), self.num_classes)
        ids = self.inferred_ids[truth[self.inferred_ids] >= 0]
        correct = self.hard[ids] == truth[ids]
        per_class = [
            float(correct[truth[ids] == label].mean())
            if (truth[ids] == label).any()
            else None
            for label in range(self.num_classes)
        ]
        found = [value for value in per_class if value is not None]
        return {
            "value": float(correct.mean()) if len(ids) else None,
            "mean_over_classes": float(np.mean(found)) if found else None,
            "per_class": per_class,
            "num_images": len(ids),
        }

    def agreement(self, truth: np.ndarray) -> dict[str, Any]:
        """Compares clusters with known classes, whatever the numbers of the clusters.

        Args:
            truth: integers `[N]`, -1 where unknown.

        Returns:
            A dict with `normalized_mutual_information` and `adjusted_rand_index`, both
            at most 1, and `num_images`.
        """
        from sklearn import metrics

        truth = np.asarray(truth)
        known = (truth >= 0) & (self.hard >= 0)
        pair = truth[known], self.hard[known]
        return {
            "normalized_mutual_information": float(
                metrics.normalized_mutual_info_score(*pair)
            ),
            "adjusted_rand_index": float(metrics.adjusted_rand_score(*pair)),
            "num_images": int(known.sum()),
        }

    def save(self, path: str | Path) -> str:
        """Writes an npz file atomically.

        Args:
            path: str or `Path`, ending in `.npz`.

        Returns:
            The hexadecimal SHA-256 of the content.
        """
        return save_arrays(
            path,
            {
                "ids": np.arange(len(self.labels)),
                "labels": self.labels,
                "confidence": self.confidence,
                "given_ids": self.given_ids,
            },
            {"num_classes": self.num_classes, **self.metadata},
        )

    @classmethod
    def load(cls, path: str | Path) -> "InferredLabels":
        """Reads a file that `save` wrote.

        Args:
            path: str or `Path`.

        Returns:
            `InferredLabels`.

        Raises:
            ValueError: if the file is damaged or has no labels.
        """
        arrays, metadata, _ = load_arrays(path)
        if not {"labels", "given_ids", "confidence"} <= arrays.keys():
            raise ValueError(f"The file has no labels. Received: path={path}")
        metadata = dict(metadata)
        return cls(
            labels=arrays["labels"],
            given_ids=arrays["given_ids"],
            num_classes=metadata.pop("num_classes"),
            confidence=arrays["confidence"],
            metadata=metadata,
        )
