"""Resolves a recipe: its text, changed bindings and defaults in one configuration."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import gin

from keras_s3gan.experiment.recipe.checks import (
    check_macros,
    check_not_called,
    check_used,
)
from keras_s3gan.experiment.recipe.command_line import read_setting
from keras_s3gan.experiment.recipe.defaults import (
    bind_defaults,
    missing_bindings,
    referred,
)
from keras_s3gan.experiment.recipe.files import find_recipe
from keras_s3gan.experiment.recipe.reading import Binding, read_bindings, read_file
from keras_s3gan.experiment.recipe.settings import TrainSettings


@dataclasses.dataclass(frozen=True)
class ResolvedRecipe:
    """A recipe with all bindings and defaults.

    Args:
        name: the name of the file without `.gin`.
        text: the configuration in Gin, with the defaults of every part. Resolving this
            text again gives the same text.
        settings: the `TrainSettings`, whose callables build the parts.
        pseudo_labelling: string. The part of the text that pseudo-labelling depends
            on, one binding per line; empty if the recipe has none.
    """

    name: str
    text: str
    settings: TrainSettings
    pseudo_labelling: str = ""


def resolve_recipe(
    recipe: str | Path,
    bindings: Iterable[str] = (),
    seed: int | None = None,
    stored: bool = False,
) -> ResolvedRecipe:
    """Reads a recipe into Gin and adds its defaults.

    A recipe is data: until its parts are built, nothing that it names is called.

    Gin's state is global: bindings of an earlier recipe are cleared first, and only the
    parts of the recipe that was resolved last can be built.

    Args:
        recipe: the name of a recipe or the path of a `.gin` file.
        bindings: bindings that change it, such as `"train.steps=100"`. Strings need no
            quotes: `"train.source=folder:photos"`.
        seed: integer that replaces `train.seed`, or `None`.
        stored: boolean. Whether the file is the resolved recipe of a run, which may
            have bindings that nothing uses, as earlier versions accepted them.

    Returns:
        A `ResolvedRecipe`.

    Raises:
        ValueError: if the recipe does not exist, has anything but bindings and
            includes, binds a name that does not exist, or one that nothing uses.
    """
    path = find_recipe(str(recipe))
    of_file = read_file(path)
    changes: list[Binding] = []
    for binding in bindings:
        changes += read_setting(binding, [*of_file, *changes])
    if seed is not None:
        changes += read_bindings(f"train.seed = {seed}", f"--seed {seed}")

    gin.clear_config()
    _bind(of_file)
    if not stored:
        check_used(of_file, [b for b in of_file if not b.own])
    _bind(changes)
    check_used(changes, of_file)
    check_macros([*of_file, *changes])
    check_not_called()
    bind_defaults()
    missing = missing_bindings()
    if missing:
        raise ValueError(f"The recipe {path.name} does not bind {', '.join(missing)}.")
    return ResolvedRecipe(
        path.stem,
        _text([*of_file, *changes]),
        gin.get_configurable("train")(),
        _pseudo_labelling_text(),
    )


def _bind(bindings: Iterable[Binding]) -> None:
    for binding in bindings:
        gin.bind_parameter(binding.key, binding.value)


class _Infinite(float):
    """An infinite number, written as Gin reads it: Gin leaves out what it cannot."""

    def __repr__(self) -> str:
        return "1e999" if self > 0 else "-1e999"


def _writable(value: Any) -> Any:
    """A value with `_Infinite` numbers."""
    if isinstance(value, dict):
        return {_writable(key): _writable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_writable, value))
    infinite = isinstance(value, float) and math.isinf(value)
    return _Infinite(value) if infinite else value


def _text(bindings: Sequence[Binding]) -> str:
    """The configuration in Gin."""
    _bind(b._replace(value=_writable(b.value)) for b in bindings)
    text = gin.config_str()
    # What is built gets plain numbers.
    _bind(bindings)
    return text


def _pseudo_labelling_text() -> str:
    """All bindings that `train.pseudo_labelling` depends on, as text."""
    method = gin.get_bindings("train", resolve_references=False).get("pseudo_labelling")
    if method is None:
        return ""
    lines = [
        f"{scoped_selector}.{name} = {value!r}"
        for scoped_selector, bound in referred(method.scoped_selector)
        for name, value in bound.items()
    ]
    return "\n".join([method.scoped_selector, *sorted(lines)])
