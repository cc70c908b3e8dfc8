"""The images of a run, selected by its settings."""

from keras_s3gan.data.named import NAMED_SETS
from keras_s3gan.data.resolve import resolve_source
from keras_s3gan.data.source import Source
from keras_s3gan.data.subsets import at_least, only_class
from keras_s3gan.experiment.recipe.settings import TrainSettings

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
