"""Reads a recipe with its included files into bindings, all of which are data."""

import difflib
import re
from pathlib import Path
from typing import Any, NamedTuple

import gin

from keras_s3gan.experiment.recipe import configurables
from keras_s3gan.experiment.recipe.compare_gan import is_compare_gan, translate
from keras_s3gan.experiment.recipe.defaults import check_name, parameters_of
from keras_s3gan.experiment.recipe.files import recipes_directory
from keras_s3gan.experiment.recipe.old_names import replace_old_names
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.recipe.statements import NotGinError, read_statements

MACRO = "gin.macro"
_OF_GIN = [
    gin.get_configurable(f"gin.{name}") for name in ("macro", "constant", "singleton")
]
# Gin writes it into a resolved recipe, which has the included bindings, too.
_RESOLVED = re.compile(r"^# Parameters for ", re.MULTILINE)


class Binding(NamedTuple):
    """A value and the parameter that it is bound to.

    Args:
        name: string. The parameter as the recipe calls it.
        key: scope, complete name of the configurable, and parameter. Those of a macro
            are its name, `MACRO` and `"value"`.
        value: the value, in which references are Gin's.
        origin: string. Where it is bound, for error messages.
        own: boolean. Whether the recipe itself or the command line binds it, rather
            than an included file, which may prepare parts that a recipe does not use.
    """

    name: str
    key: tuple[str, str, str]
    value: Any
    origin: str
    own: bool

    @property
    def is_macro(self) -> bool:
        return self.key[1] == MACRO


def read_file(path: Path, including: tuple[Path, ...] = ()) -> list[Binding]:
    """Reads a recipe and the files that it includes.

    Args:
        path: the path of a `.gin` file, of this package or of Compare GAN.
        including: paths of the files that include this file.

    Returns:
        A list of `Binding` in the order of the lines.

    Raises:
        ValueError: if a line is neither a binding of a known name nor an `include`, or
            an included file is missing, elsewhere, or includes itself.
    """
    path = path.resolve()
    origin = f"recipe {path.name}"
    if path in including:
        raise ValueError(f"The recipe {path} includes itself.")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"The recipe {path} is not text in UTF-8.") from error
    own = not including and not _RESOLVED.search(text)
    if is_compare_gan(text):
        text, own = translate(text), False
    bindings = []
    for statement in read_statements(replace_old_names(text), _Names(), origin):
        if isinstance(statement, gin.config_parser.IncludeStatement):
            included = _find_included(path, statement.filename)
            bindings += read_file(included, (*including, path))
        else:
            bindings.append(_binding(statement, origin, own))
    return bindings


def read_bindings(text: str, origin: str) -> list[Binding]:
    """Reads bindings that are in no file.

    Args:
        text: string, in Gin.
        origin: string. The text's origin, for error messages.

    Returns:
        A list of `Binding`.

    Raises:
        ValueError: if there is no binding, or a line is not one of a known name.
    """
    statements = read_statements(replace_old_names(text), _Names(), origin)
    if not statements:
        raise NotGinError(f"{origin}: expected name = value.")
    for statement in statements:
        if isinstance(statement, gin.config_parser.IncludeStatement):
            raise ValueError(
                f"{origin}: only a file includes files. "
                f"Received: include {statement.filename!r}"
            )
    return [_binding(statement, origin, own=True) for statement in statements]


class _Names(gin.config.ParserDelegate):
    """Looks references up among the registered names; nothing is called."""

    def configurable_reference(
        self, scoped_name: str, evaluate: bool
    ) -> gin.config.ConfigurableReference:
        _check_registered(scoped_name.split("/")[-1], "@")
        return super().configurable_reference(scoped_name, evaluate)

    def macro(self, name: str) -> gin.config.ConfigurableReference:
        found = super().macro(name)
        if found.selector != MACRO:
            raise ValueError(f"%{name} is a constant of Gin: use another name.")
        return found


def _check_registered(name: str, sign: str = "") -> None:
    try:
        found = gin.get_configurable(name)
    except (ValueError, KeyError):
        found = None
    if found is None or found in _OF_GIN:
        close = difflib.get_close_matches(name, configurables.NAMES, n=3)
        hint = f" Did you mean: {', '.join(sign + n for n in close)}?" if close else ""
        raise ValueError(f"A recipe cannot name {sign}{name}.{hint}")


def _binding(
    statement: gin.config_parser.BindingStatement, origin: str, own: bool
) -> Binding:
    scope, selector, parameter, value, location = statement
    scoped = f"{scope}/{selector}" if scope else selector
    if not parameter:
        return Binding(scoped, (scoped, MACRO, "value"), value, origin, own)
    try:
        key = _key(scope, selector, parameter)
    except ValueError as error:
        line = location.line_content.strip()
        raise ValueError(f"{origin}: {error} In: {line}") from error
    return Binding(f"{scoped}.{parameter}", key, value, origin, own)


def _key(scope: str, selector: str, parameter: str) -> tuple[str, str, str]:
    _check_registered(selector)
    try:
        key = gin.config.ParsedBindingKey.parse((scope, selector, parameter))
    except ValueError as error:
        check_name(selector, gin.get_configurable(selector), parameter)
        known = parameter in parameters_of(TrainSettings)
        hint = f": bind train.{parameter} instead" if known else ""
        raise ValueError(
            f"{selector} gets its {parameter} from the run{hint}."
        ) from error
    return key.scope_selector_arg


def _find_included(path: Path, name: str) -> Path:
    outside = ValueError(
        f"The recipe {path} may include files of its own folder and of the package's "
        f"recipes alone, by a path without '..'. Received: include {name!r}"
    )
    first, *others = re.split(r"[\\/]", name)
    # A path that starts at a root or a drive is absolute.
    if not first or ":" in first or ".." in (first, *others):
        raise outside
    beside, packaged = path.parent / name, recipes_directory() / name
    if beside.is_file():
        # A link may lead elsewhere.
        if not beside.resolve().is_relative_to(path.parent):
            raise outside
        return beside
    if not packaged.is_file():
        raise ValueError(f"The recipe {path} includes a missing {name!r}.")
    return packaged
