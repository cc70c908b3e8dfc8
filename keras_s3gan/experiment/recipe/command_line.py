"""Reads the bindings of `--set`, in which strings need no quotes."""

import re
import typing
from collections.abc import Sequence

import gin

from keras_s3gan.experiment.recipe.defaults import check_name, parameters_of
from keras_s3gan.experiment.recipe.reading import Binding, read_bindings
from keras_s3gan.experiment.recipe.statements import NotGinError

# A value that begins so is Gin's, or meant to be.
_OF_GIN = ("'", '"', "@", "%", "(", "[", "{")
# What others call values of Gin.
_OTHER_SPELLINGS = ("true", "false", "none", "null", "inf", "-inf", "nan")
# Text that is no expression.
_WORDS = re.compile(r"[A-Za-z_/~.][^()\[\]{}*\n]*")


def read_setting(text: str, bound: Sequence[Binding]) -> list[Binding]:
    """Reads the text of one `--set`.

    A value that is none of Gin is taken as a string if the setting may be a string.

    Args:
        text: string, `NAME=VALUE`, or lines of Gin.
        bound: list of `Binding`, those before.

    Returns:
        A list of `Binding`.

    Raises:
        ValueError: if `text` is no binding of a known name.
    """
    text = text.strip()
    origin = f"--set {'; '.join(text.splitlines())}"
    try:
        return read_bindings(text, origin)
    except NotGinError:
        name, _, value = (part.strip() for part in text.partition("="))
        if not _may_be_text(value):
            raise
        try:
            (binding,) = read_bindings(f"{name} = None", origin)
        except NotGinError:
            binding = None
        if binding is None or not _takes_text(binding, value, bound):
            raise
        return [binding._replace(value=value)]


def _may_be_text(value: str) -> bool:
    return (
        value != ""
        and "\n" not in value
        and not value.startswith(_OF_GIN)
        and value.lower() not in _OTHER_SPELLINGS
    )


def _takes_text(binding: Binding, value: str, bound: Sequence[Binding]) -> bool:
    """Whether a string may be bound: by type, default, or what is bound before."""
    if any(b.key == binding.key and isinstance(b.value, str) for b in bound):
        return True
    if binding.is_macro:
        return False
    scoped_selector, _, name = binding.name.rpartition(".")
    configurable = gin.get_configurable(binding.key[1])
    check_name(scoped_selector, configurable, name)
    parameter = parameters_of(configurable)[name]
    if parameter.annotation is not parameter.empty:
        return str in (parameter.annotation, *typing.get_args(parameter.annotation))
    if parameter.default not in (None, parameter.empty):
        return isinstance(parameter.default, (str, dict))
    # Of Keras' own parameters, those without a default are numbers.
    ours = configurable.__module__.startswith("keras_s3gan")
    return ours and _WORDS.fullmatch(value) is not None
