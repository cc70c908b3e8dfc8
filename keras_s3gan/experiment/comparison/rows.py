"""The rows of a comparison: one per run, grouped over the seeds."""

import collections
import dataclasses
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from keras_s3gan.experiment.comparison.runs import RunState
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.scores import read_scores

COLUMNS = (
    *("recipe", "label_fraction", "seed", "status"),
    *("fid", "class_accuracy", "label_accuracy", "mean_class_label_accuracy"),
    "held_out_accuracy",
    *("training_seconds", "pseudo_labelling_seconds", "steps", "backend"),
    *("source", "n_generated", "n_real", "features"),
    *("score_seed", "repeats", "truncation", "folder", "error"),
)
# FIDs can be compared only if all of these agree.
_PROTOCOL = (
    *("source", "features", "n_generated", "n_real"),
    *("score_seed", "repeats", "truncation"),
)

# With the keys `COLUMNS`.
Row = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Spread:
    """Median, range and number of some values."""

    median: float
    low: float
    high: float
    count: int


def read_row(state: RunState) -> Row:
    """Reads the row of one run of a grid.

    Args:
        state: the `RunState`. Scores are read if it is finished.

    Returns:
        A dictionary with the keys `COLUMNS`; missing values are `None`.
    """
    run = state.run
    finished = state.status == "finished"
    scores = read_scores(RunFolder(run.path)) if finished else {}
    fid, made = scores.get("fid") or {}, scores.get("run") or {}
    of_labels = scores.get("label_accuracy") or {}
    return {
        "recipe": run.recipe,
        "label_fraction": run.fraction,
        "seed": run.seed,
        "status": state.status,
        "fid": fid.get("value"),
        "class_accuracy": (scores.get("class_accuracy") or {}).get("value"),
        "label_accuracy": of_labels.get("value"),
        "mean_class_label_accuracy": of_labels.get("mean_over_classes"),
        "held_out_accuracy": (scores.get("classifier") or {}).get("held_out_accuracy"),
        "training_seconds": made.get("training_seconds"),
        "pseudo_labelling_seconds": made.get("pseudo_labelling_seconds"),
        "steps": made.get("steps"),
        "backend": run.backend,
        "source": made.get("source"),
        "n_generated": fid.get("n_generated"),
        "n_real": fid.get("n_real"),
        "features": fid.get("extractor"),
        "score_seed": fid.get("seed"),
        "repeats": fid.get("repeats"),
        "truncation": fid.get("truncation"),
        "folder": run.path.name,
        "error": state.error or None,
    }


def check_comparable(rows: Iterable[Row]) -> None:
    """Checks that the FIDs can be compared.

    Raises:
        ValueError: if they differ in source, features, number of images, seed, repeats
            or truncation.
    """
    scored = [row for row in rows if row["fid"] is not None]
    for name in _PROTOCOL:
        examples = {row[name]: row["folder"] for row in scored}
        if len(examples) > 1:
            received = ", ".join(f"{value} in {at}" for value, at in examples.items())
            raise ValueError(
                f"FIDs of different {name!r} cannot be in one table; the runs are not "
                "changed. Compare them separately, or score them in the same way with "
                f"`keras-s3gan evaluate`. Received: {name}={received}"
            )


def groups(rows: Sequence[Row]) -> dict[tuple[str, float], list[Row]]:
    """Groups rows by recipe and label fraction.

    Returns:
        A dictionary from `(recipe, label_fraction)` to the rows of all seeds. Recipes
        are in the given order, fractions ascending.
    """
    recipes = list(dict.fromkeys(row["recipe"] for row in rows))
    found = collections.defaultdict(list)
    for row in rows:
        found[row["recipe"], row["label_fraction"]].append(row)
    order = sorted(found, key=lambda key: (recipes.index(key[0]), key[1]))
    return {key: found[key] for key in order}


def spread(values: Iterable[float | None]) -> Spread | None:
    """Median and range of the values that are not `None`; `None` if there are none."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Spread(statistics.median(known), min(known), max(known), len(known))


def protocol(rows: Iterable[Row]) -> str:
    """How the FIDs were computed, as text; empty if there are none."""
    scored = [row for row in rows if row["fid"] is not None]
    if not scored:
        return ""
    row = scored[0]
    return (
        f"{row['n_generated']:,} generated against {row['n_real']:,} real images of "
        f"{row['source']}"
    )
