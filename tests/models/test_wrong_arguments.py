"""Every public method of a GAN with wrong arguments: one clear error."""

import functools
import inspect

import keras
import numpy as np
import pytest

from keras_s3gan.models import GAN, S3GAN
from tests.models.small import (
    CLASSES,
    LATENT,
    SIZE,
    compiled_gan,
    data,
    make_gan,
    values,
)

IMAGES, LABELS = data(16)
BATCH = IMAGES, LABELS


@functools.cache
def gan():
    return compiled_gan()


@functools.cache
def unconditional():
    return compiled_gan(num_classes=None)


# What is wrong in the same way wherever images of a batch are handed over.
BAD_IMAGES = {
    "no image": (IMAGES[:0], "N at least 1"),
    "bytes": ((IMAGES * 127 + 127).astype("uint8"), "dtype=uint8"),
    "too bright": (IMAGES * 100, r"must be in \[-1, 1\]"),
    "not a number": (IMAGES * np.nan, "must be finite"),
    "another size": (IMAGES[:, 1:], r"shape \(16, 7, 8, 1\)"),
    "no channels": (IMAGES[..., 0], r"shape \(16, 8, 8\)"),
}
BAD_LABELS = {
    "a column": (LABELS[:, None], r"num_classes=3\]"),
    "floats": (LABELS.astype("float32"), "must be integers"),
    "words": (LABELS.astype(str), "must be integers"),
    "one class more": (LABELS * 0 + CLASSES, r"labels\[0\]=3"),
    "another number": (LABELS[:5], r"must be \[16\]"),
    "none": (None, "images alone"),
}
BAD_DATA = {
    "nothing": (None, "Received: x of type NoneType"),
    "a number": (5, "Received: x of type int"),
    "a word": ("photos", "Received: x of type str"),
    "a dict": ({"images": IMAGES}, "Received: x of type dict"),
    "a list of images": (list(IMAGES), "Received: x of type list of ndarray"),
    "an empty list": ([], "Received: x of type list, empty"),
}
BAD_BATCH_SIZES = [0, -1, 2.5, "8", True]


def on_data(method, **arguments):
    for name, (images, message) in BAD_IMAGES.items():
        yield f"{method}, {name}", lambda x=images: call(x, LABELS[: len(x)]), message
    for name, (labels, message) in BAD_LABELS.items():
        yield f"{method}, labels: {name}", lambda y=labels: call(IMAGES, y), message

    def call(x, y):
        return getattr(gan(), method)(x, y, **arguments)


def on_streams(method):
    for name, (x, message) in BAD_DATA.items():
        yield f"{method}, {name}", lambda x=x: getattr(gan(), method)(x), message
    yield (
        f"{method}, batches and labels",
        lambda: getattr(gan(), method)([BATCH], LABELS),
        "without `y`",
    )


def with_batch_sizes(method, *arguments):
    for size in BAD_BATCH_SIZES:
        yield (
            f"{method}, batch_size={size!r}",
            lambda size=size: getattr(gan(), method)(*arguments, batch_size=size),
            f"batch_size={size!r}",
        )


def weights(method):
    for name in ("sample_weight", "class_weight"):
        if name in inspect.signature(getattr(GAN, method)).parameters:
            yield (
                f"{method}, {name}",
                lambda name=name: getattr(gan(), method)(*BATCH, **{name: {0: 2.0}}),
                f"`{name}` must be left out",
            )


def of_labels(method):
    for labels, message in (
        (5, "labels"),
        (None, "labels"),
        ([], "labels"),
        ([7], r"labels\[0\]=7"),
        ([0.5], "must be integers"),
        ([-1], "label=-1"),
        (np.ones((2, 2)), "num_classes=3"),
        (IMAGES, "abels"),
    ):
        yield (
            f"{method}, labels of {np.shape(labels)} {np.size(labels)}",
            lambda labels=labels: getattr(gan(), method)(labels),
            message,
        )


def of_images(method):
    for name, (images, message) in BAD_IMAGES.items():
        yield f"{method}, {name}", lambda x=images: getattr(gan(), method)(x), message


def value(method, message, *arguments, of=gan, **named):
    return (
        f"{method}, {arguments or named}",
        lambda: getattr(of(), method)(*arguments, **named),
        message,
    )


CASES = [
    *on_data("fit", batch_size=8),
    *on_streams("fit"),
    *with_batch_sizes("fit", *BATCH),
    *weights("fit"),
    value("fit", "64 images", *BATCH),
    value("fit", "instances of `keras.callbacks.Callback`", *BATCH, 8, callbacks=[5]),
    value(
        "fit",
        "`ema_generator`",
        *BATCH,
        8,
        callbacks=[keras.callbacks.SwapEMAWeights()],
    ),
    *on_data("train_on_batch"),
    *weights("train_on_batch"),
    value("train_on_batch", "rotated_batch_fraction", IMAGES[:3], LABELS[:3]),
    *on_data("evaluate"),
    *on_streams("evaluate"),
    *with_batch_sizes("evaluate", *BATCH),
    *weights("evaluate"),
    *on_data("test_on_batch"),
    *weights("test_on_batch"),
    *of_labels("predict"),
    *with_batch_sizes("predict", LABELS * 0),
    *of_labels("predict_on_batch"),
    *of_labels("generate"),
    *with_batch_sizes("generate", LABELS * 0),
    value("generate", r"\[2, 4\]", [0, 1], latents=np.zeros((3, LATENT))),
    value("generate", "truncation=0", [0], truncation=0),
    value("generate", "labels=None", of=unconditional),
    value("generate", "labels=-3", -3, of=unconditional),
    value("generate", "labels=2.5", 2.5, of=unconditional),
    value("generate", r"labels=\[0, 1\]", [0, 1], of=unconditional),
    *of_images("discriminate"),
    *with_batch_sizes("discriminate", IMAGES),
    value("discriminate", "16 images, 3 labels", IMAGES, [0, 1, 2]),
    value("discriminate", r"labels\[0\]=7", IMAGES, [7] * 16),
    *of_images("predict_labels"),
    *with_batch_sizes("predict_labels", IMAGES),
    *of_images("predict_label_probabilities"),
    value("count_labels", r"labels\[1\]=7", [0, 7]),
    value("count_labels", "must be integers", None),
    value("sample_latents", "count=-1", -1),
    value("sample_latents", "count=0", 0),
    value("sample_latents", "count=2.5", 2.5),
    value("interpolate_latents", "steps=1", *np.zeros((2, LATENT)), 1),
    value("interpolate_latents", r"\[..., 4\]", *np.zeros((2, 3)), 4),
    value("update_standing_statistics", "num_batches=0", 0),
    value("update_standing_statistics", "batch_size=-8", 1, -8),
    value("compile", "loss=mse", loss="mse"),
    value("compile", "adamm", "adamm"),
]


@pytest.mark.parametrize(
    ("call", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_one_clear_error(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_no_call_changed_a_weight():
    """Runs behind the calls above, of the same model."""
    model = gan()
    assert model.step_count == 0
    assert model.generate([0], seed=0).shape == (1, SIZE, SIZE, 1)
    assert all(np.isfinite(value).all() for value in values(model).values())


# Methods that take no argument, or a class for one, and hooks, which only a step calls.
WITHOUT_ARGUMENTS = {"has_standing_statistics", "reset_average", "get_config"}
OF_KERAS = {"call", "compile_from_config", "from_config", "get_compile_config"}
OF_KERAS |= {
    "save_own_variables",
    "load_own_variables",
    "export",
    "make_train_function",
}
OF_A_STEP = {"step", "train_step", "check_data", "discriminator_loss", "generator_loss"}
OF_A_STEP |= {"random_latents", "random_labels_one_hot"}
# It calls `update_standing_statistics`.
OTHERS = {"standing_statistics"}


def test_no_method_is_missing_in_the_table():
    tested = {name.split(",")[0] for name, _, _ in CASES}
    known = tested | WITHOUT_ARGUMENTS | OF_KERAS | OF_A_STEP | OTHERS
    for parent in S3GAN.__mro__:
        if parent.__module__.startswith("keras_s3gan"):
            for name, member in vars(parent).items():
                if callable(member) and not name.startswith("_"):
                    assert name in known, f"{parent.__name__}.{name}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("discriminator_steps", 0),
        ("discriminator_steps", "2"),
        ("discriminator_steps", 1.5),
        ("ema_decay", 1),
        ("ema_decay", "0.9"),
        ("ema_start_step", -1),
        ("seed", -1),
        ("seed", "today"),
        ("penalty_interval", 0),
        ("ema_half_life", -1),
        ("ema_half_life", "10k"),
        ("top_k_fraction", 0),
        ("top_k_fraction", 1.5),
        ("top_k_steps", 0),
        ("conditional_start", 3),
    ],
)
def test_arguments_of_the_model(name, value):
    with pytest.raises(ValueError, match=f"Received: {name}={value!r}"):
        make_gan(model=GAN, **{name: value})
