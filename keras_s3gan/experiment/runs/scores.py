"""`scores.json`: the scores of the last checkpoint of a run."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_s3gan.data.pipeline import PreparedImages
from keras_s3gan.data.source import Source
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.refinement import last_refined
from keras_s3gan.files import write_json
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.metrics import Evaluator, ReferenceClassifier, ScoreRecord
from keras_s3gan.models import GAN

_BATCH = 1024
ABOUT = ("label_accuracy", "classifier", "run")


def write_scores(
    folder: RunFolder,
    settings: TrainSettings,
    gan: GAN,
    source: Source,
    evaluator: Evaluator,
    records: Mapping[str, ScoreRecord],
) -> None:
    """Writes `scores.json`, the scores of the last checkpoint.

    Earlier scores of the same step are kept unless they were measured again.
    """
    record = folder.read_record()
    run = {
        "source": source.name,
        "label_fraction": settings.label_fraction,
        "steps": gan.step_count,
        "backend": record.get("backend"),
        "seed": settings.seed,
        "training_seconds": record.get("training_seconds"),
        "pseudo_labelling_seconds": folder.read_label_report().get("seconds"),
    }
    content = read_scores(folder)
    if content.get("run", {}).get("steps") != run["steps"]:
        content = {}
    for name in ABOUT:
        content.pop(name, None)
    content |= {name: dataclasses.asdict(record) for name, record in records.items()}
    accuracy = _label_accuracy(folder, settings, gan, source)
    if accuracy:
        content["label_accuracy"] = accuracy
    classifier = evaluator.extractor
    if isinstance(classifier, ReferenceClassifier):
        content["classifier"] = {
            "extractor": classifier.identifier,
            "held_out_accuracy": classifier.accuracy,
            "held_out_per_class": classifier.per_class_accuracy,
            "held_out_images": classifier.metadata["held_out_images"],
            "trained_on": classifier.metadata["trained_on"],
            "trained_by": classifier.metadata["backend"],
        }
    write_json(folder.scores, {**content, "run": run})


def read_scores(folder: RunFolder) -> dict[str, Any]:
    """The content of `scores.json`, `{}` if there are no scores."""
    if not folder.scores.is_file():
        return {}
    content = json.loads(folder.scores.read_text(encoding="utf-8"))
    run = content.get("run", {})
    # The name in runs of the time when pseudo-labelling was called "stage one".
    if "stage_one_seconds" in run:
        run["pseudo_labelling_seconds"] = run.pop("stage_one_seconds")
    return content


def _label_accuracy(
    folder: RunFolder, settings: TrainSettings, gan: GAN, source: Source
) -> dict[str, Any] | None:
    """The accuracy of inferred labels, from pseudo-labelling or from training."""
    refined = last_refined(folder)
    if refined is not None:
        return refined.metadata.get("label_accuracy")
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
        gan.predict_labels(images[np.arange(start, min(start + _BATCH, len(images)))])
        for start in range(0, len(images), _BATCH)
    ]
    given_ids = folder.read_record()["labelled_ids"]
    predicted = InferredLabels(np.concatenate(parts), given_ids, gan.num_classes)
    accuracy = predicted.accuracy(source.labels())
    return accuracy if accuracy["num_images"] else None
