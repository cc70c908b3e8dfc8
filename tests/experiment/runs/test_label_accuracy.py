"""The accuracy of labels as text."""

from keras_s3gan.experiment.runs.label_accuracy import accuracy_line, accuracy_rows
from tests.once import once

pytestmark = once("text alone")

ACCURACY = {
    "value": 0.75,
    "mean_over_classes": 0.5,
    "per_class": [1.0, None, 0.0, 0.5],
    "num_images": 3900,
}


def test_rows_have_all_images_the_mean_over_classes_and_each_class():
    expected = [
        ("label_accuracy", "0.7500", "3,900 images"),
        ("mean over classes", "0.5000", "3 classes, each counts 1"),
        ("class 0", "1.0000", ""),
        ("class 2", "0.0000", ""),
        ("class 3", "0.5000", ""),
    ]
    assert accuracy_rows(ACCURACY, "images") == expected
    # As an earlier version wrote it.
    before = {k: v for k, v in ACCURACY.items() if k != "mean_over_classes"}
    assert accuracy_rows(before, "images") == expected


def test_the_line_names_the_worst_class():
    assert accuracy_line(ACCURACY) == (
        "Label accuracy 0.7500, mean over classes 0.5000, lowest 0.0000 of class 2."
    )
