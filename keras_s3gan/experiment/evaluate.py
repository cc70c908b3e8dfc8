"""Scores of a run: computed, written, and laid out as rows of a table."""

import json

from keras_s3gan.data.pipeline import load_images
from keras_s3gan.experiment.build import load_run
from keras_s3gan.experiment.image_source import open_source
from keras_s3gan.files import write_json
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.metrics.classifier import reference_classifier
from keras_s3gan.metrics.score import score_generator


def evaluate(path, samples=None, seed=0):
    """Scores the last checkpoint of a run and writes `scores.json`.

    Args:
        path: the folder of the run.
        samples: integer. Generated images. Defaults to the recipe's.
        seed: integer. Draws their latents.

    Returns:
        The `RunFolder`.

    Raises:
        ValueError: if `path` is no run, or its images have no labels to judge by.
    """
    folder, settings, gan = load_run(path)
    source = open_source(settings)
    write_scores(folder, settings, gan, source, samples or settings.score_samples, seed)
    return folder


def can_be_scored(source):
    """Whether a source has the labels that the judge of samples learns from."""
    return source.num_classes != 1 and bool((source.labels() >= 0).any())


def write_scores(folder, settings, gan, source, samples, seed=0):
    """Scores a model against all images of a source.

    The judge is a classifier trained once on the source with ALL its labels, the
    hidden ones too: it measures, and nothing of it reaches the training.

    Args:
        folder: the `RunFolder`.
        settings: the `TrainSettings`.
        gan: the model, its averaged generator ready to sample.
        source: the image source.
        samples: integer. Generated images.
        seed: integer. Draws their latents.

    Raises:
        ValueError: if the source does not know two classes.
    """
    if not can_be_scored(source):
        raise ValueError(
            "Scores are computed with a classifier of the source's classes, two at "
            f"least. Received: {source.name}, num_classes={source.num_classes}"
        )
    image_size, _, channels = gan.image_shape
    images = load_images(
        source, image_size, channels, fit=settings.image_fit, crop=settings.crop
    )
    classifier = reference_classifier(images, source.labels(), source.num_classes)

    def generate(labels, call_seed):
        asked = len(labels) if gan.num_classes is None else labels
        return gan.generate(asked, seed=call_seed, batch_size=settings.batch_size)

    # Without labels, what the generator was trained on are no classes of the source.
    num_labels = None if settings.label_fraction else gan.num_classes or 1
    scores = score_generator(generate, images, classifier, samples, seed, num_labels)
    accuracy = _label_accuracy(folder, settings, gan, source, images)
    if accuracy:
        scores["label_accuracy"] = accuracy
    record = folder.read_record()
    write_json(
        folder.scores,
        {
            **scores,
            "run": {
                "source": source.name,
                "label_fraction": settings.label_fraction,
                "steps": int(gan.steps),
                "backend": record.get("backend"),
                "seed": settings.seed,
                "training_seconds": record.get("training_seconds"),
                "stage_one_seconds": folder.read_label_report().get("seconds"),
            },
        },
    )


def _label_accuracy(folder, settings, gan, source, images):
    """How many masked labels were inferred rightly, in stage one or while training."""
    report = folder.read_label_report()
    if report:
        return report.get("label_accuracy")
    if getattr(gan, "predictor", None) is None or settings.label_fraction == 1:
        return None
    given_ids = folder.read_record()["labelled_ids"]
    predicted = InferredLabels(gan.predict_labels(images), given_ids, gan.num_classes)
    return predicted.accuracy(source.labels())


def score_rows(folder):
    """The scores of a run as rows of text: name, value, what it was computed on."""
    if not folder.scores.is_file():
        return []
    scores = json.loads(folder.scores.read_text(encoding="utf-8"))
    generated = f"{scores['fid']['n_generated']:,} generated images"
    rows = [
        (
            "fid",
            f"{scores['fid']['value']:.2f}",
            f"{generated}, {scores['fid']['n_real']:,} real, "
            f"features of {scores['fid']['features']}",
        )
    ]
    if "class_accuracy" in scores:
        rows.append(
            ("class_accuracy", f"{scores['class_accuracy']['value']:.4f}", generated)
        )
    if "label_accuracy" in scores:
        hidden = scores["label_accuracy"]["num_images"]
        rows.append(
            (
                "label_accuracy",
                f"{scores['label_accuracy']['value']:.4f}",
                f"{hidden:,} real images whose labels were hidden",
            )
        )
    judged = f"{scores['classifier']['held_out_images']:,} real images"
    accuracy = scores["classifier"]["held_out_accuracy"]
    rows.append(
        ("held_out_accuracy", f"{accuracy:.4f}", f"{judged}: the classifier's own")
    )
    return rows
