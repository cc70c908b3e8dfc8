"""Scores of a run: computed, written, and laid out as rows of a table."""

import dataclasses
import json
import time

import numpy as np

from keras_s3gan.callbacks import ScoreHistory, restore
from keras_s3gan.callbacks.pictures import image_grid
from keras_s3gan.data.pipeline import PreparedImages
from keras_s3gan.experiment.runs.build import (
    all_checkpoints,
    load_run,
    update_standing_statistics,
)
from keras_s3gan.experiment.runs.devices import OneDevice, own_folder
from keras_s3gan.experiment.runs.evaluator import run_evaluator
from keras_s3gan.experiment.runs.image_source import open_source
from keras_s3gan.files import write_json
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.metrics import SCORES, ReferenceClassifier, ScoreName

_CHUNK = 1024
_POLL_SECONDS = 5
_RUN = ("label_accuracy", "classifier", "run")


@dataclasses.dataclass(frozen=True)
class Protocol:
    """How a run is scored.

    Args:
        scores: names; `None`: the recipe's.
        samples: integer. Generated images; `None`: the recipe's.
        seed: integer. Draws their latents.
        repeats: integer. How often to measure, each time with other latents.
        truncation: float or `None`. Latents beyond it are drawn again.
    """

    scores: tuple | None = None
    samples: int | None = None
    seed: int = 0
    repeats: int = 1
    truncation: float | None = None


def evaluate(path, protocol=None, checkpoint="last", progress=None, devices=None):
    """Scores a checkpoint of a run: `scores.json`, and a row of `scores.csv`.

    Args:
        path: the folder of the run.
        protocol: a `Protocol`. Defaults to what training does when it is finished.
        checkpoint: `"last"`, `"best"` or a step. `scores.json` is of the last.
        progress: see `Evaluator.evaluate`.
        devices: `backend.Devices` that share every batch. Defaults to one. Of several
            processes the first one writes.

    Returns:
        The `RunFolder` and rows of text, see `record_rows`.

    Raises:
        ValueError: if `path` is no run, or cannot be scored so.
    """
    with own_folder(path, devices or OneDevice()) as own:
        folder, settings, gan = load_run(own.path, checkpoint)
        source = open_source(settings)
        protocol = protocol or Protocol()
        evaluator = run_evaluator(settings, source, gan.image_shape, protocol.scores)
        records = score(folder, settings, gan, evaluator, protocol, progress)
        if gan.step_count == max(all_checkpoints(folder)):
            write_scores(folder, settings, gan, source, evaluator, records)
            return folder, score_rows(folder)
    return folder, record_rows(records)


def evaluate_all(
    path, protocol=None, watch=False, progress=None, report=print, devices=None
):
    """Scores every checkpoint of a run that has not been scored so, oldest first.

    Args:
        path, protocol, progress: as in `evaluate`.
        watch: boolean. Whether to wait for further checkpoints until the run is
            finished.
        report: callable that takes a line of text for the user.
        devices: as in `evaluate`.

    Returns:
        The `RunFolder` and the `ScoreHistory`.

    Raises:
        ValueError: as `evaluate`, or if several processes are to wait.
    """
    devices = devices or OneDevice()
    if watch and devices.processes > 1:
        raise ValueError(
            "Several processes score checkpoints that are there; one alone waits for "
            f"others. Received: watch=True, {devices.processes} processes"
        )
    protocol = protocol or Protocol()
    with own_folder(path, devices) as own:
        folder, settings, gan = load_run(own.path)
        source = open_source(settings)
        evaluator = run_evaluator(settings, source, gan.image_shape, protocol.scores)
        while True:
            finished = folder.is_finished()
            _score_all(folder, settings, gan, evaluator, protocol, progress, report)
            if finished or not watch:
                return folder, ScoreHistory(folder.score_history)
            time.sleep(_POLL_SECONDS)


def _score_all(folder, settings, gan, evaluator, protocol, progress, report):
    """Scores every checkpoint that is there and has not been scored so."""
    for step, checkpoint in all_checkpoints(folder).items():
        history = ScoreHistory(folder.score_history)
        if _is_known(history, step, evaluator, protocol, settings):
            continue
        try:
            restore(gan, checkpoint)
        except FileNotFoundError:
            # The run that trains beside this one keeps only its newest.
            continue
        update_standing_statistics(gan, settings)
        records = score(folder, settings, gan, evaluator, protocol, progress)
        shown = ", ".join(f"{n} {shown_value(r)}" for n, r in records.items())
        report(f"step {step:,}: {shown}")


def _is_known(history, step, evaluator, protocol, settings):
    known = {
        **dataclasses.asdict(protocol),
        "extractor": evaluator.extractor.identifier,
    }
    names = evaluator.full_names(protocol.samples or settings.score_samples)
    return history.known(step, known, names)


def score(folder, settings, gan, evaluator, protocol, progress=None):
    """Scores a model as it is; the scores go to `scores.csv`, pictures to PNGs.

    Returns:
        Dictionary from name to `ScoreRecord`.
    """
    found = evaluator.evaluate(
        gan,
        num_samples=protocol.samples or settings.score_samples,
        seed=protocol.seed,
        repeats=protocol.repeats,
        truncation=protocol.truncation,
        batch_size=settings.batch_size,
        progress=progress,
    )
    history = ScoreHistory(folder.score_history)
    history.add(gan.step_count, found.records.values())
    for name, images in found.pictures.items():
        image_grid(
            images,
            folder.path / f"{name}.png",
            row_labels=["generated", "nearest real"],
        )
    return found.records


def write_scores(folder, settings, gan, source, evaluator, records):
    """Writes `scores.json`: what is known of the last checkpoint.

    Scores that it had already stay, unless they are measured anew or were of another
    step.
    """
    record = folder.read_record()
    run = {
        "source": source.name,
        "label_fraction": settings.label_fraction,
        "steps": gan.step_count,
        "backend": record.get("backend"),
        "seed": settings.seed,
        "training_seconds": record.get("training_seconds"),
        "stage_one_seconds": folder.read_label_report().get("seconds"),
    }
    content = read_scores(folder)
    if content.get("run", {}).get("steps") != run["steps"]:
        content = {}
    for name in _RUN:
        content.pop(name, None)
    content |= {name: dataclasses.asdict(record) for name, record in records.items()}
    accuracy = _label_accuracy(folder, settings, gan, source)
    if accuracy:
        content["label_accuracy"] = accuracy
    judge = evaluator.extractor
    if isinstance(judge, ReferenceClassifier):
        content["classifier"] = {
            "extractor": judge.identifier,
            "held_out_accuracy": judge.accuracy,
            "held_out_per_class": judge.per_class_accuracy,
            "held_out_images": judge.metadata["held_out_images"],
            "trained_on": judge.metadata["trained_on"],
            "trained_by": judge.metadata["backend"],
        }
    write_json(folder.scores, {**content, "run": run})


def read_scores(folder):
    """The content of `scores.json`, `{}` where nothing was scored."""
    if not folder.scores.is_file():
        return {}
    return json.loads(folder.scores.read_text(encoding="utf-8"))


def _label_accuracy(folder, settings, gan, source):
    """How many masked labels were inferred rightly, in stage one or while training."""
    report = folder.read_label_report()
    if report:
        return report.get("label_accuracy")
    if getattr(gan, "predictor", None) is None or settings.label_fraction == 1:
        return None
    image_size, _, channels = gan.image_shape
    images = PreparedImages(
        source, image_size, channels, settings.image_fit, settings.crop
    )
    parts = [
        gan.predict_labels(images[np.arange(start, min(start + _CHUNK, len(images)))])
        for start in range(0, len(images), _CHUNK)
    ]
    given_ids = folder.read_record()["labelled_ids"]
    predicted = InferredLabels(np.concatenate(parts), given_ids, gan.num_classes)
    accuracy = predicted.accuracy(source.labels())
    return accuracy if accuracy["num_images"] else None


def score_rows(folder):
    """The scores of a run as rows of text: name, value, what it was computed on."""
    content = read_scores(folder)
    about = {name: content.pop(name, None) for name in _RUN}
    rows = [_row(record) for record in content.values()]
    if about["label_accuracy"]:
        hidden = about["label_accuracy"]["num_images"]
        rows.append(
            (
                "label_accuracy",
                f"{about['label_accuracy']['value']:.4f}",
                f"{hidden:,} real images whose labels were hidden",
            )
        )
    if about["classifier"]:
        judged = f"{about['classifier']['held_out_images']:,} real images"
        accuracy = about["classifier"]["held_out_accuracy"]
        rows.append(
            ("held_out_accuracy", f"{accuracy:.4f}", f"{judged}: the classifier's own")
        )
    return rows


def record_rows(records):
    """Records as rows of text: name, value, what it was computed on."""
    return [_row(dataclasses.asdict(record)) for record in records.values()]


def _row(record):
    on = f"{record['n_generated']:,} generated images"
    if record["n_real"]:
        on += f", {record['n_real']:,} real ({record['split']})"
    if record["repeats"] > 1:
        on += f", {record['repeats']} times"
    if record["truncation"]:
        on += f", truncated at {record['truncation']:g}"
    name = ScoreName.parse(record["name"]).score
    if SCORES[name].observed:
        on += f", features of {record['extractor']}"
    return record["name"], _value(name, record["value"], record["spread"]), on


def shown_value(record):
    """The value of a record as people read it, with its spread."""
    return _value(ScoreName.parse(record.name).score, record.value, record.spread)


def _value(score, value, spread):
    digits = SCORES[score].digits
    return f"{value:.{digits}f}" + ("" if spread is None else f" ± {spread:.{digits}f}")


def history_rows(history):
    """Headings and rows of text of a `ScoreHistory`, the best of each score marked."""
    names = history.score_names()
    headings = ["step", *names]
    rows = []
    for row in history.rows:
        best, cells = row["best"].split(), [f"{int(row['step']):,}"]
        for name in names:
            text = ""
            if row.get(name):
                spread = row.get(f"{name}_spread")
                spread = float(spread) if spread else None
                text = _value(ScoreName.parse(name).score, float(row[name]), spread)
            cells.append(text + " *" * (name in best))
        rows.append(cells)
    return headings, rows
