"""Resolves a recipe: its text, changed bindings and defaults in one configuration."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import gin

from keras_s3gan.experiment.recipe.defaults import (
    bind_defaults,
    missing_bindings,
    referred,
)
from keras_s3gan.experiment.recipe.files import find_recipe
from keras_s3gan.experiment.recipe.reading import (
    bound_macros,
    check_macro_is_used,
    parse,
    read,
)
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
    recipe: str | Path, bindings: Iterable[str] = (), seed: int | None = None
) -> ResolvedRecipe:
    """Reads a recipe into Gin and adds its defaults.

    Gin's state is global: bindings of an earlier recipe are cleared first, and only the
    parts of the recipe that was resolved last can be built.

    Args:
        recipe: the name of a recipe or the path of a `.gin` file.
        bindings: Gin bindings that change it, such as `"train.steps=100"`.
        seed: integer that replaces `train.seed`, or `None`.

    Returns:
        A `ResolvedRecipe`.

    Raises:
        ValueError: if the recipe does not exist, or a bound name does not exist.
    """
    path = find_recipe(str(recipe))
    gin.clear_config()
    parse(read(path), f"recipe {path.name}")
    macros = bound_macros()
    for binding in bindings:
        parse(binding, f"--set {binding}")
        check_macro_is_used(binding, macros)
    if seed is not None:
        parse(f"train.seed = {seed}", f"--seed {seed}")
    bind_defaults()
    missing = missing_bindings()
    if missing:
        raise ValueError(f"The recipe {path.name} does not bind {', '.join(missing)}.")
    return ResolvedRecipe(
        path.stem,
        gin.config_str(),
        gin.get_configurable("train")(),
        _pseudo_labelling_text(),
    )


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
