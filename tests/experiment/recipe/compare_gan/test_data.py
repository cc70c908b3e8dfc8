"""Data sets of Compare GAN, and their variants."""

import re

import numpy as np
import pytest

from keras_s3gan.data import ArraySource
from keras_s3gan.experiment.recipe.compare_gan import translate
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.training_labels import training_labels
from tests.experiment.recipe.compare_gan.theirs import (
    NO_LABELS,
    PLAIN,
    PROJECTED,
    bound,
)
from tests.once import once

pytestmark = once("Gin and Python alone")


def label_counts(text, num_classes, tmp_path):
    """How often a run would see each class of a set of twenty images."""
    path = tmp_path / "theirs.gin"
    path.write_text(text)
    source = ArraySource(np.zeros((20, 32, 32, 3), "uint8"), np.arange(20) % 10)
    seen = training_labels(
        *(resolve_recipe(path), source, (32, 32, 3), num_classes),
        report=lambda line: None,
    )
    return np.bincount(seen.labels, minlength=num_classes)


@pytest.mark.parametrize(
    ("name", "bindings"),
    [
        ("labeled_only_cifar10", {"train.labelled_only = True"}),
        ("random_class_cifar10", {"train.pseudo_labelling = @random_label", NO_LABELS}),
        ("single_class_cifar10", {"train.pseudo_labelling = @single_label", NO_LABELS}),
    ],
)
def test_variants_of_a_data_set(name, bindings, tmp_path):
    text = PLAIN.replace('"cifar10"', f'"{name}"') + PROJECTED
    ours = translate(text)
    assert bound(ours, "train.source") == "'cifar10'"
    assert bindings <= set(ours.splitlines())
    # The labels are those that the networks are built for.
    classes = int(re.search("^num_classes = (.*)$", ours, re.MULTILINE)[1])
    assert label_counts(text, classes, tmp_path)[classes - 1] > 0


@pytest.mark.parametrize("prefix", ["labeled_only_", "random_class_", "single_class_"])
def test_without_classes_variants_of_labels_change_nothing(prefix, tmp_path):
    text = PLAIN.replace('"cifar10"', f'"{prefix}cifar10"')
    assert translate(text) == translate(PLAIN)
