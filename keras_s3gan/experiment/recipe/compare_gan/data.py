"""The data set and the number of steps of a recipe of Compare GAN."""

import math

from keras_s3gan.experiment.recipe.compare_gan.bindings import Bindings, line
from keras_s3gan.labels.image_batches import even_epochs

_STANDING_EXAMPLES = 204800
_STEPS_PER_EPOCH = 500
_SCORE_SAMPLES = 10000
# Image size, channels and classes.
_DATA = {
    "mnist": (28, 1, 10),
    "fashion-mnist": (28, 1, 10),
    "cifar10": (32, 3, 10),
    "celeb_a": (64, 3, None),
    "celeb_a_hq_128": (128, 3, None),
    "lsun-bedroom": (128, 3, None),
    "imagenet_64": (64, 3, 1000),
    "imagenet_128": (128, 3, 1000),
    "imagenet_256": (256, 3, 1000),
    "imagenet_512": (512, 3, 1000),
    "imagenet_512_hq400": (512, 3, 1000),
}
# These change the labels, which only a conditional model uses.
_VARIANTS = {
    "labeled_only_": ("train.labelled_only = True",),
    "random_class_": (
        "train.pseudo_labelling = @random_label",
        "train.label_fraction = 0.0",
    ),
    "single_class_": (
        "train.pseudo_labelling = @single_label",
        "train.label_fraction = 0.0",
    ),
}


def data(theirs: Bindings, conditional: bool) -> list[str]:
    """The lines for the images and the use of their labels."""
    source = theirs.required("dataset.name")
    lines: list[str] = []
    single = False
    for prefix, bindings in _VARIANTS.items():
        if isinstance(source, str) and source.startswith(prefix):
            source = source.removeprefix(prefix)
            lines += bindings if conditional else ()
            single = prefix == "single_class_"
    if source not in _DATA:
        raise ValueError(
            f"dataset.name must be one of {sorted(_DATA)}, some of them after "
            f"{sorted(_VARIANTS)}. Received: dataset.name={source!r}"
        )
    size, channels, classes = _DATA[source]
    if conditional and classes is None:
        raise ValueError(
            f"{source} has no classes. Received: ModularGAN.conditional = True"
        )
    classes = (1 if single else classes) if conditional else None
    # Inception features say little about grayscale images.
    if channels == 3:
        lines.append("train.extractor = @InceptionExtractor")
        lines.append(line("train.score_samples", _SCORE_SAMPLES))
    crop = theirs.take("train_imagenet_transform.crop_method")
    if crop is not None:
        lines.append(line("train.crop", "full" if crop == "none" else crop))
    return [
        line("image_size", size),
        line("channels", channels),
        line("num_classes", classes),
        line("latent_dim", theirs.take("options.z_dim", 128)),
        line("train.source", source),
        *lines,
    ]


def schedule(theirs: Bindings) -> list[str]:
    """The lines for batch size, steps and seed."""
    # Whatever its docstring says, its code counts updates of the generator.
    steps = theirs.required("options.training_steps")
    wanted = theirs.take("run_config.save_checkpoints_steps", _STEPS_PER_EPOCH)
    batch_size = theirs.required("options.batch_size")
    lines = [
        line("train.batch_size", batch_size),
        line("train.steps", steps),
        line("train.steps_per_epoch", even_epochs(steps, wanted)[1]),
    ]
    if theirs.take("standardize_batch.use_moving_averages", True) is False:
        batches = math.ceil(_STANDING_EXAMPLES / batch_size)
        lines.append(line("train.standing_statistics_batches", batches))
    seed = theirs.take("run_config.tf_random_seed")
    return lines if seed is None else [*lines, line("train.seed", seed)]
