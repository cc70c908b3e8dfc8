"""Pseudo-labelling of a recipe, without training."""

from collections.abc import Callable
from pathlib import Path

from keras_s3gan.backend import make_deterministic
from keras_s3gan.experiment.recipe.resolve import ResolvedRecipe
from keras_s3gan.experiment.runs.devices import OneDevice, RunDevices, own_folder
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.image_source import open_source, report_passed_over
from keras_s3gan.experiment.runs.keras_settings import keras_settings
from keras_s3gan.experiment.runs.label_accuracy import accuracy_rows
from keras_s3gan.experiment.runs.training_labels import training_labels, write_labels


@keras_settings()
def infer_labels(
    resolved: ResolvedRecipe,
    path: str | Path,
    report: Callable[[str], None] = print,
    devices: RunDevices | None = None,
) -> RunFolder:
    """Runs the pseudo-labelling of a recipe and writes `labels.npz` and `labels.json`.

    Args:
        resolved: the `ResolvedRecipe` that was resolved last.
        path: the folder to write to.
        report: callable that takes a line of text for the user.
        devices: `backend.Devices` that share every batch. Defaults to one device. The
            first of several processes writes.

    Returns:
        The `RunFolder`.

    Raises:
        ValueError: if the recipe has no pseudo-labelling or does not fit its images,
            or if the folder has a run.
    """
    settings = resolved.settings
    if settings.pseudo_labelling is None:
        raise ValueError(
            f"The recipe {resolved.name} has no pseudo-labelling, so that training "
            "sees the given labels alone: set train.pseudo_labelling. "
            "Received: train.pseudo_labelling=None"
        )
    if RunFolder(path).is_run():
        raise ValueError(
            f"{path} is the folder of a run, which has labels of its own. "
            "Choose another --run-dir."
        )
    if settings.deterministic:
        # As in `train`, so that `train` finds these labels in the cache.
        make_deterministic()
    devices = devices or OneDevice()
    source = open_source(settings)
    report_passed_over(source, report)
    generator = settings.generator()
    with own_folder(path, devices) as folder:
        labels = training_labels(
            *(resolved, source, generator.image_shape, generator.num_classes),
            report=report,
            devices=devices,
        )
        write_labels(folder, labels)
    devices.wait("labelled")
    return RunFolder(path)


def labels_table(folder: RunFolder) -> list[tuple[str, str, str]]:
    """The report on inferred labels as rows of name, value and data."""
    report = folder.read_label_report()
    counts = (
        f"{report['num_images']:,} images: {report['num_given']:,} labels given, "
        f"{report['num_inferred']:,} inferred"
    )
    rows = [("seconds", f"{report['seconds']:.1f}", counts)]
    if report.get("label_accuracy"):
        rows += accuracy_rows(report["label_accuracy"], "images with masked labels")
    if "label_noise" in report:
        noise = report["label_noise"]
        rows.append(
            (
                "label_noise",
                f"{noise['rate']:.4f}",
                f"estimated share of the {noise['num_images']:,} given labels that "
                f"are wrong, {len(noise['suspects']):,} suspects",
            )
        )
    for name in ("normalized_mutual_information", "adjusted_rand_index"):
        if "agreement" in report:
            rows.append((name, f"{report['agreement'][name]:.4f}", "true classes"))
    return rows
