"""Scores of a run: computed, written, and laid out as rows of a table."""

import json

from keras_s3gan.data.pipeline import load_images
from keras_s3gan.data.resolve import resolve_source
from keras_s3gan.experiment.build import load_run
from keras_s3gan.files import write_json
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
    source = resolve_source(settings.source)
    write_scores(folder, settings, gan, source, samples or settings.score_samples, seed)
    return folder


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
        ValueError: if the model or the source knows no classes.
    """
    if gan.num_classes is None or not (source.labels() >= 0).any():
        raise ValueError(
            "Scores are computed with a classifier of the source's classes. "
            f"Received: {source.name}, num_classes={gan.num_classes}"
        )
    image_size, _, channels = gan.image_shape
    images = load_images(source, image_size, channels, fit=settings.image_fit)
    classifier = reference_classifier(images, source.labels(), gan.num_classes)

    def generate(labels, call_seed):
        return gan.generate(labels, seed=call_seed, batch_size=settings.batch_size)

    scores = score_generator(generate, images, classifier, samples, seed)
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
            },
        },
    )


def score_rows(folder):
    """The scores of a run as rows of text: name, value, what it was computed on."""
    if not folder.scores.is_file():
        return []
    scores = json.loads(folder.scores.read_text(encoding="utf-8"))
    generated = f"{scores['fid']['n_generated']:,} generated images"
    return [
        (
            "fid",
            f"{scores['fid']['value']:.2f}",
            f"{generated}, {scores['fid']['n_real']:,} real, "
            f"features of {scores['fid']['features']}",
        ),
        ("class_accuracy", f"{scores['class_accuracy']['value']:.4f}", generated),
        (
            "held_out_accuracy",
            f"{scores['classifier']['held_out_accuracy']:.4f}",
            f"{scores['classifier']['held_out_images']:,} real images: "
            "the classifier's own",
        ),
    ]
