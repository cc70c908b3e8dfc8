"""The accuracy of labels as text."""

from collections.abc import Mapping
from typing import Any


def accuracy_rows(
    accuracy: Mapping[str, Any], images: str
) -> list[tuple[str, str, str]]:
    """Rows of name, value and data: all images, the mean over classes, each class.

    Args:
        accuracy: what `InferredLabels.accuracy` returned, in this version or before.
        images: what the images are.
    """
    count = f"{accuracy['num_images']:,} {images}"
    rows = [("label_accuracy", f"{accuracy['value']:.4f}", count)]
    classes = {
        label: value
        for label, value in enumerate(accuracy["per_class"])
        if value is not None
    }
    mean = sum(classes.values()) / len(classes)
    rows.append(
        ("mean over classes", f"{mean:.4f}", f"{len(classes):,} classes, each counts 1")
    )
    rows += [(f"class {label}", f"{value:.4f}", "") for label, value in classes.items()]
    return rows


def accuracy_line(accuracy: Mapping[str, Any]) -> str:
    """One line for the log: all images, the mean over classes, the worst class."""
    classes = {
        value: label
        for label, value in reversed([*enumerate(accuracy["per_class"])])
        if value is not None
    }
    worst = min(classes)
    return (
        f"Label accuracy {accuracy['value']:.4f}, "
        f"mean over classes {accuracy['mean_over_classes']:.4f}, "
        f"lowest {worst:.4f} of class {classes[worst]}."
    )
