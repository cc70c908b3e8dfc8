"""Scores as rows of text."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from keras_s3gan.callbacks import ScoreHistory
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.scores import ABOUT, read_scores
from keras_s3gan.metrics import SCORES, ScoreName, ScoreRecord

# Name, value, data.
Row = tuple[str, str, str]


def score_rows(folder: RunFolder) -> list[Row]:
    """The scores of a run as rows of text: name, value, data."""
    content = read_scores(folder)
    about = {name: content.pop(name, None) for name in ABOUT}
    rows = [_row(record) for record in content.values()]
    if about["label_accuracy"]:
        hidden = about["label_accuracy"]["num_images"]
        rows.append(
            (
                "label_accuracy",
                f"{about['label_accuracy']['value']:.4f}",
                f"{hidden:,} real images with masked labels",
            )
        )
    if about["classifier"]:
        held_out = f"{about['classifier']['held_out_images']:,} real images"
        accuracy = about["classifier"]["held_out_accuracy"]
        rows.append(
            (
                "held_out_accuracy",
                f"{accuracy:.4f}",
                f"{held_out} that the evaluation classifier was not trained on",
            )
        )
    return rows


def record_rows(records: Mapping[str, ScoreRecord]) -> list[Row]:
    """Records as rows of text: name, value, data."""
    return [_row(dataclasses.asdict(record)) for record in records.values()]


def _row(record: Mapping[str, Any]) -> Row:
    on = f"{record['n_generated']:,} generated images"
    if record["n_real"]:
        on += f", {record['n_real']:,} real ({record['split']})"
    if record["repeats"] > 1:
        on += f", {record['repeats']} times"
    if record.get("bootstrap"):
        on += f", 95 % interval of {record['bootstrap']} random halves"
    if record["truncation"]:
        on += f", truncated at {record['truncation']:g}"
    name = ScoreName.parse(record["name"]).score
    if SCORES[name].uses_extractor:
        on += f", features of {record['extractor']}"
    # Records of before have no interval.
    ends = record["spread"], record.get("interval")
    return record["name"], _value(name, record["value"], *ends), on


def shown_value(record: ScoreRecord) -> str:
    """The value of a record as text, with its spread and interval."""
    name = ScoreName.parse(record.name).score
    return _value(name, record.value, record.spread, record.interval)


def _value(
    score: str,
    value: float,
    spread: float | None,
    interval: Sequence[float] | None,
) -> str:
    digits = SCORES[score].digits
    text = f"{value:.{digits}f}"
    if spread is not None:
        text += f" ± {spread:.{digits}f}"
    if interval is not None:
        text += f" [{interval[0]:.{digits}f}, {interval[1]:.{digits}f}]"
    return text


def history_rows(history: ScoreHistory) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of text of a `ScoreHistory`, the best of each score marked."""
    names = history.score_names()
    headings = ["step", *names]
    rows = []
    for row in history.rows:
        best, cells = row["best"].split(), [f"{int(row['step']):,}"]
        for name in names:
            text = ""
            if row.get(name):
                spread, low, high = (
                    float(row[name + suffix]) if row.get(name + suffix) else None
                    for suffix in ("_spread", "_low", "_high")
                )
                interval = None if low is None or high is None else (low, high)
                score = ScoreName.parse(name).score
                text = _value(score, float(row[name]), spread, interval)
            cells.append(text + " *" * (name in best))
        rows.append(cells)
    return headings, rows
