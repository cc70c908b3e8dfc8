"""The labels for training: masked, inferred if the recipe says so, and checked."""

import contextlib
import dataclasses
import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_s3gan.data.pipeline import PreparedImages, chosen_crop
from keras_s3gan.data.source import Source, has_fingerprint
from keras_s3gan.experiment.recipe.resolve import ResolvedRecipe
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.devices import OneDevice, RunDevices
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.label_checks import (
    check_inferred,
    check_made_elsewhere,
    check_mask,
    check_use,
)
from keras_s3gan.files import CorruptFileError, cache_directory, locked, write_json
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.labels.masking import mask_labels
from keras_s3gan.version import __version__


@dataclasses.dataclass(frozen=True)
class TrainingLabels:
    """The labels that a run is trained on.

    Args:
        labels: integers `[N]` with -1 for "no label", or soft labels.
        given_ids: sorted indices of the images whose true label is used.
        inferred: the `InferredLabels` of pseudo-labelling, or `None` without it.
        report: dict that JSON can hold: a comparison of the inferred labels with the
            true ones, if those are known. Empty without pseudo-labelling.
    """

    labels: np.ndarray
    given_ids: np.ndarray
    inferred: InferredLabels | None = None
    report: dict[str, Any] = dataclasses.field(default_factory=dict)


def training_labels(
    resolved: ResolvedRecipe,
    source: Source,
    image_shape: tuple[int, int, int],
    num_classes: int | None,
    stored: Path | None = None,
    report: Callable[[str], None] = print,
    devices: RunDevices | None = None,
) -> TrainingLabels:
    """Masks the labels of a source, infers others if the recipe says so, and checks.

    Pseudo-labelling gets the images and the masked labels, nothing else. Its result is
    cached under a hash of everything that it depends on.

    Args:
        resolved: the `ResolvedRecipe` that was resolved last.
        source: an image source.
        image_shape: `(H, W, C)` of the networks, square.
        num_classes: int, the model's number of classes, or `None`.
        stored: the path of the inferred labels of this run, if the file exists.
        report: callable that takes a line of text for the user.
        devices: `backend.Devices` that share every batch. Defaults to one.

    Returns:
        `TrainingLabels`.

    Raises:
        ValueError: if the source lacks labels or classes that the recipe needs, or if
            the labels are not those of the recipe.
    """
    settings = resolved.settings
    if num_classes is None:
        if settings.pseudo_labelling is not None:
            raise ValueError(
                "Labels are inferred for networks that take labels: bind their "
                "num_classes, or train.pseudo_labelling = None. "
                "Received: num_classes=None"
            )
        nothing = np.zeros(0, "int64")
        return TrainingLabels(np.full(len(source), -1, "int32"), nothing)
    truth = source.labels()
    if settings.uses_given_labels:
        _check_classes(source, truth, num_classes)
        masked, given_ids = mask_labels(truth, settings.label_fraction, settings.seed)
    else:
        masked, given_ids = np.full_like(truth, -1), np.zeros(0, "int64")
    check_mask(truth, masked, given_ids, settings.label_fraction)
    infer = settings.pseudo_labelling
    if infer is None:
        check_use(masked, num_classes)
        return TrainingLabels(masked, given_ids)

    if stored is not None and stored.is_file():
        inferred = InferredLabels.load(stored)
    else:
        inferred = _cached_or_inferred(
            *(infer, resolved, source, image_shape, masked, num_classes, report),
            devices or OneDevice(),
        )
    labels = checked_labels(inferred, truth, given_ids, settings)
    if not _is_cached(infer):
        check_made_elsewhere(inferred, truth, masked)
    return labels


def checked_labels(
    inferred: InferredLabels,
    truth: np.ndarray,
    given_ids: np.ndarray,
    settings: TrainSettings,
) -> TrainingLabels:
    """Checks inferred labels and compares them with the true ones.

    Args:
        inferred: the `InferredLabels` of this run.
        truth: integers `[N]`, all labels of the source, -1 for none.
        given_ids: indices of the images whose true label was used.
        settings: the `TrainSettings`.

    Returns:
        `TrainingLabels`.

    Raises:
        ValueError: if other labels were used, or the inferred ones are of no use.
    """
    masked = np.full_like(truth, -1)
    masked[given_ids] = truth[given_ids]
    check_inferred(inferred, truth, masked, given_ids)
    check_use(inferred.labels, inferred.num_classes)
    # The given labels of this run were not inferred, even if a file says so.
    hidden = np.where(masked >= 0, -1, truth)
    return TrainingLabels(
        inferred.labels, given_ids, inferred, _report(inferred, hidden, settings)
    )


def write_labels(folder: RunFolder, labels: TrainingLabels) -> None:
    """Writes the inferred labels, and the report on them, to the folder of a run."""
    if labels.inferred is None:
        # Files of another recipe would be reported as those of this run.
        folder.labels.unlink(missing_ok=True)
        folder.label_report.unlink(missing_ok=True)
        return
    labels.inferred.save(folder.labels)
    write_json(folder.label_report, labels.report)


def _check_classes(source: Source, truth: np.ndarray, num_classes: int) -> None:
    if not np.any(truth >= 0):
        raise ValueError(
            f"The recipe trains {num_classes} classes, and {source.name} has no "
            "labels: sort some of the images into a folder per class, or name the "
            "feature of a TFDS set that is one by train.label_key."
        )
    if source.num_classes != num_classes:
        raise ValueError(
            f"The networks need num_classes={source.num_classes}, as many as "
            f"{source.name} has: --set num_classes={source.num_classes}. "
            f"Received: num_classes={num_classes}"
        )


def _cached_or_inferred(
    infer: Callable[..., InferredLabels],
    resolved: ResolvedRecipe,
    source: Source,
    image_shape: tuple[int, int, int],
    masked: np.ndarray,
    num_classes: int,
    report: Callable[[str], None],
    devices: RunDevices,
) -> InferredLabels:
    """Reads the inferred labels from the cache, or infers them."""
    settings = resolved.settings
    made_from = {
        "recipe": resolved.pseudo_labelling,
        "source_fingerprint": source.fingerprint(),
        "given_labels": hashlib.sha256(masked.astype("int32").tobytes()).hexdigest(),
        "num_classes": num_classes,
        "image_shape": list(image_shape),
        "image_fit": settings.image_fit,
        "crop": chosen_crop(source, settings.crop),
        "seed": settings.seed,
        "backend": keras.backend.backend(),
        "version": __version__,
    }
    name = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
    path = cache_directory() / f"labels-{name[:20]}.npz"
    method = resolved.pseudo_labelling.split("\n")[0]

    def infer_with_origin() -> InferredLabels:
        report(f"Pseudo-labelling {len(source):,} images by {method} ...")
        start = time.perf_counter()
        with devices.building(), devices.training():
            made = infer(
                images=source_images(source, image_shape, settings),
                # A method must not change the labels that its result is checked with.
                labels=masked.copy(),
                num_classes=num_classes,
                seed=settings.seed,
            )
        seconds = round(time.perf_counter() - start, 1)
        return _with_origin(made, made_from, seconds, source)

    if not _is_cached(infer):
        return infer_with_origin()
    # Runs that start together must get the same labels. Processes of one run, which
    # make them together, must not wait for each other here.
    alone = devices.processes == 1
    lock = locked(path.with_suffix(".lock")) if alone else contextlib.nullcontext()
    with lock:
        with contextlib.suppress(FileNotFoundError, CorruptFileError):
            inferred = InferredLabels.load(path)
            report(f"Labels that {method} inferred before, from {path.name}.")
            return inferred
        inferred = infer_with_origin()
        inferred.save(path)
        return inferred


def _is_cached(method: Callable[..., InferredLabels]) -> bool:
    """Whether the labels depend only on the arguments of the method."""
    return getattr(method, "cached", True)


def source_images(
    source: Source, image_shape: tuple[int, int, int], settings: TrainSettings
) -> PreparedImages:
    """The images of a source as pseudo-labelling gets them."""
    size, _, channels = image_shape
    return PreparedImages(source, size, channels, settings.image_fit, settings.crop)


def _with_origin(
    made: InferredLabels, made_from: dict[str, Any], seconds: float, source: Source
) -> InferredLabels:
    """Adds to labels what they were made from, here or elsewhere.

    Raises:
        ValueError: if they are labels of other images.
    """
    metadata = dict(made.metadata)
    elsewhere = metadata.pop("made_from", {})
    fingerprint = elsewhere.get("source_fingerprint", made_from["source_fingerprint"])
    if not has_fingerprint(source, fingerprint):
        raise ValueError(
            "The inferred labels are of other images than this run's, whose source has "
            f"the fingerprint {made_from['source_fingerprint'][:12]}; or version 0.1.0 "
            "made them, for files that were changed or copied since. "
            f"Received: labels of {fingerprint[:12]}"
        )
    if elsewhere:
        metadata["made_elsewhere_from"] = elsewhere
    metadata |= {"made_from": made_from, "seconds": seconds}
    return dataclasses.replace(made, metadata=metadata)


def _report(
    inferred: InferredLabels, hidden: np.ndarray, settings: TrainSettings
) -> dict[str, Any]:
    report = {
        "num_images": len(hidden),
        "num_given": len(inferred.given_ids),
        "num_inferred": len(inferred.inferred_ids),
        "seconds": inferred.metadata["seconds"],
    }
    if "label_noise" in inferred.metadata:
        report["label_noise"] = inferred.metadata["label_noise"]
    if not (hidden >= 0).any():
        return report
    if not settings.uses_given_labels:
        return {**report, "agreement": inferred.agreement(hidden)}
    accuracy = inferred.accuracy(hidden)
    return {**report, "label_accuracy": accuracy} if accuracy["num_images"] else report
