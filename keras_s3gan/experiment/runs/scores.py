"""`scores.json`: what is known of the last checkpoint of a run."""

import dataclasses
import json

import numpy as np

from keras_s3gan.data.pipeline import PreparedImages
from keras_s3gan.files import write_json
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.metrics import ReferenceClassifier

_CHUNK = 1024


ABOUT = ("label_accuracy", "classifier", "run")


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
    for name in ABOUT:
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
