"""The images of a run, selected by its settings, and known again."""

from collections.abc import Callable

from keras_s3gan.data.named import NAMED_SETS
from keras_s3gan.data.resolve import resolve_source
from keras_s3gan.data.source import Source, has_fingerprint
from keras_s3gan.data.subsets import at_least, only_class
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.folder import RunFolder

# Data sets of Compare GAN that are here a data set with other labels.
_VARIANTS = {
    "labeled_only_": "train.labelled_only = True",
    "single_class_": "train.pseudo_labelling = @single_label, num_classes = 1 and "
    "train.label_fraction = 0.0",
    "random_class_": "train.pseudo_labelling = @random_label and "
    "train.label_fraction = 0.0",
    "soft_labeled_": "train.pseudo_labelling = @from_file and "
    "from_file.path = 'FILE.npz'",
}


def open_source(settings: TrainSettings) -> Source:
    """Opens the source of a run and selects images by the settings.

    Args:
        settings: the `TrainSettings`.

    Returns:
        A source, see `keras_s3gan.data`.

    Raises:
        ValueError: if there is no such source, class or feature, or no image is left.
    """
    for prefix, bindings in _VARIANTS.items():
        name = settings.source.removeprefix(prefix)
        if name != settings.source and name.partition(":")[0] in NAMED_SETS:
            raise ValueError(
                f"This is {name} with other labels: bind train.source = {name!r}, "
                f"{bindings}. Received: train.source={settings.source!r}"
            )
    source = resolve_source(settings.source, settings.label_key)
    if settings.min_image_size is not None:
        source = at_least(source, settings.min_image_size)
    if settings.only_class is not None:
        source = only_class(source, settings.only_class)
    return source


def report_passed_over(source: Source, report: Callable[[str], None]) -> None:
    """Reports in a line how many files a source does not use, by the reason.

    Args:
        source: an image source.
        report: callable that takes a line of text for the user.
    """
    counts: dict[str, int] = getattr(source, "passed_over", dict)()
    if counts:
        listed = ", ".join(f"{count:,} {reason}" for reason, count in counts.items())
        report(f"{source.name}: passed over, or read in part: {listed}.")


def image_record(settings: TrainSettings, source: Source) -> dict[str, object]:
    """What `run.json` says of the images, with what pictures need of them.

    Args:
        settings: the `TrainSettings`.
        source: the image source of the run.

    Returns:
        A dict: the fingerprint, and the names of the classes that the run knows.
    """
    names = source.class_names if settings.uses_given_labels else None
    return {"source_fingerprint": source.fingerprint(), "class_names": names}


def check_same_images(
    folder: RunFolder, settings: TrainSettings, source: Source
) -> None:
    """Checks that a source has the images that a run was started with.

    The run of an earlier version, which knew them by their time of change, gets the
    present fingerprint, if they are the same.

    Args:
        folder: the `RunFolder` of a started run.
        settings, source: as in `image_record`.

    Raises:
        ValueError: if the images are others, or this cannot be known.
    """
    record = folder.read_record()
    stored, here = str(record.get("source_fingerprint")), source.fingerprint()
    if not has_fingerprint(source, stored):
        if "class_names" not in record and record.get("num_images") == len(source):
            raise ValueError(
                f"The run in {folder.path} is of an earlier version, which knew its "
                "images by name, size and time of change, and these are others now. If "
                "the images are the same, write the source_fingerprint received here "
                f"into {folder.record}; if not, choose another --run-dir. "
                f"Received: source_fingerprint={here}"
            )
        raise ValueError(
            f"The run in {folder.path} has other images: source_fingerprint is "
            f"{stored[:12]} there. Choose another --run-dir. "
            f"Received: source_fingerprint={here[:12]} of {source.name}"
        )
    if stored != here or "class_names" not in record:
        folder.update_record(**image_record(settings, source))
