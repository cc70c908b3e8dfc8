"""A recipe, its changes and its defaults become one resolved configuration."""

import ast
import dataclasses
import difflib
import inspect
import re
import tokenize
from pathlib import Path

import gin

from keras_s3gan.experiment.recipe import configurables
from keras_s3gan.experiment.recipe.compare_gan import is_compare_gan, translate
from keras_s3gan.experiment.recipe.files import find_recipe, recipes_directory
from keras_s3gan.experiment.recipe.settings import TrainSettings

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_INCLUDE = re.compile(r"""^include\s+(['"])(?P<path>.+)\1\s*(#.*)?$""")


@dataclasses.dataclass(frozen=True)
class ResolvedRecipe:
    """A recipe with everything decided.

    Args:
        name: the name of the file without `.gin`.
        text: the configuration in Gin, the defaults of every part written out.
            Resolving this text again gives the same text.
        settings: the `TrainSettings`, whose callables build the parts.
        label_stage: string. The part of the text that stage one depends on, one
            binding a line; empty without stage one.
    """

    name: str
    text: str
    settings: TrainSettings
    label_stage: str = ""


def resolve_recipe(recipe, bindings=(), seed=None):
    """Reads a recipe into Gin and writes out what it leaves to defaults.

    Gin's state is global: what an earlier recipe bound is cleared first, and the
    parts of the recipe that was resolved last are the ones that can be built.

    Args:
        recipe: the name of a recipe or the path of a `.gin` file.
        bindings: Gin bindings that change it, such as `"train.steps=100"`.
        seed: integer that replaces `train.seed`, or `None`.

    Returns:
        A `ResolvedRecipe`.

    Raises:
        ValueError: if the recipe does not exist, or binds what is not there.
    """
    path = find_recipe(str(recipe))
    gin.clear_config()
    _parse(_read(path), f"recipe {path.name}")
    macros = _bound_macros()
    for binding in bindings:
        _parse(binding, f"--set {binding}")
        _check_macro_is_used(binding, macros)
    if seed is not None:
        _parse(f"train.seed = {seed}", f"--seed {seed}")
    _bind_defaults()
    missing = _missing()
    if missing:
        raise ValueError(f"The recipe {path.name} does not bind {', '.join(missing)}.")
    return ResolvedRecipe(
        path.stem, gin.config_str(), gin.get_configurable("train")(), _label_stage()
    )


def differences(stored_text, text):
    """Says in which bindings two resolved configurations differ.

    Returns:
        A list of strings, empty where both bind the same.
    """
    stored, wanted = _statements(stored_text), _statements(text)
    return [
        f"{name} is {stored.get(name, 'not bound')} there, "
        f"{wanted.get(name, 'not bound')} here"
        for name in sorted(stored.keys() | wanted.keys())
        if stored.get(name) != wanted.get(name)
    ]


def _read(path, including=()):
    # Gin would look for an included file in the working directory.
    path = Path(path).resolve()
    if path in including:
        raise ValueError(f"The recipe {path} includes itself.")
    lines, text = [], path.read_text(encoding="utf-8")
    if is_compare_gan(text):
        return translate(text)
    for line in text.splitlines():
        match = _INCLUDE.match(line)
        if match is None:
            lines.append(line)
            continue
        folders = (path.parent, recipes_directory())
        found = [f / match["path"] for f in folders if (f / match["path"]).is_file()]
        if not found:
            raise ValueError(f"The recipe {path} includes a missing {match['path']!r}.")
        lines.append(_read(found[0], (*including, path)))
    return "\n".join(lines) + "\n"


def _parse(text, origin):
    try:
        gin.parse_config(text)
    except (SyntaxError, tokenize.TokenError) as error:
        raise ValueError(
            f"{origin}: cannot read {_line_of(error, text)!r} as a Gin binding: "
            "expected name = value, where a string stands in quotes."
        ) from error
    except (ValueError, ImportError) as error:
        message, *location = str(error).split("\n")
        message = re.sub(
            r"has denylisted kwarg '(\w+)'",
            r"gets its \1 from the run: bind train.\1 instead",
            message,
        )
        line = f" In: {location[1].strip()}" if len(location) > 1 else ""
        raise ValueError(f"{origin}: {message}{line}") from error


def _line_of(error, text):
    lines = text.splitlines()
    number = re.search(r"\(line (\d+)\)$", str(error))
    index = int(number.group(1)) - 1 if number else len(lines) - 1
    return lines[min(index, len(lines) - 1)].strip()


def _bound_macros():
    return set(re.findall(r"^(\w+) = ", gin.config_str(), flags=re.MULTILINE))


def _check_macro_is_used(binding, macros):
    name = binding.split("=")[0].strip()
    if "." in name or name in macros:
        return
    close = difflib.get_close_matches(name, macros, n=3, cutoff=0.4) or sorted(macros)
    raise ValueError(
        f"--set {binding}: the recipe has no macro {name!r}. It has: {', '.join(close)}"
    )


def _bind_defaults():
    """Binds each unbound default of everything that `train` refers to."""
    for scoped_selector, bound in _referred("train"):
        *scope, selector = scoped_selector.split("/")
        if selector == "gin.macro":
            if not bound:
                raise ValueError(f"The recipe uses %{'/'.join(scope)} without value.")
            continue
        configurable = gin.config.get_configurable(selector)
        _check_names(scoped_selector, configurable, bound)
        for name, default in _literal_defaults(configurable).items():
            try:
                if name not in bound:
                    gin.bind_parameter(("/".join(scope), selector, name), default)
            except ValueError:
                # What the caller supplies itself is on Gin's denylist.
                continue


def _missing():
    """Names of what has no default, is bound by nobody and is supplied by no caller."""
    return [
        f"{scoped_selector}.{name}"
        for scoped_selector, bound in _referred("train")
        if not scoped_selector.endswith("gin.macro")
        for name in _required(scoped_selector)
        if name not in bound
    ]


def _required(scoped_selector):
    selector = scoped_selector.split("/")[-1]
    # Its own ones: what a base class needs, the class supplies.
    own = _functions(gin.config.get_configurable(selector))[0]
    # The run supplies parts to the parts of `train`, and not to `train` itself.
    supplied = () if selector == "train" else configurables.SUPPLIED
    return [
        name
        for name, parameter in inspect.signature(own).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in _VARIADIC
        and name not in ("self", *supplied)
    ]


def _label_stage():
    """All bindings that the stage of `train.label_stage` depends on, as text."""
    stage = gin.get_bindings("train", resolve_references=False).get("label_stage")
    if stage is None:
        return ""
    lines = [
        f"{scoped_selector}.{name} = {value!r}"
        for scoped_selector, bound in _referred(stage.scoped_selector)
        for name, value in bound.items()
    ]
    return "\n".join([stage.scoped_selector, *sorted(lines)])


def _referred(root):
    """Pairs of scoped selector and bindings: `root`, and all that it refers to."""
    pending, seen = [root], set()
    while pending:
        scoped_selector = pending.pop()
        if scoped_selector in seen:
            continue
        seen.add(scoped_selector)
        bound = gin.get_bindings(scoped_selector, resolve_references=False)
        references = list(gin.config.iterate_references(bound))
        pending.extend(reference.scoped_selector for reference in references)
        yield scoped_selector, bound


def _check_names(scoped_selector, configurable, names):
    # Gin lets every name pass where a class takes keyword arguments.
    known = _parameters(configurable)
    for name in names:
        if known and name not in known:
            close = difflib.get_close_matches(name, known, n=3) or sorted(known)
            raise ValueError(
                f"{scoped_selector} has no parameter {name!r}. "
                f"Did you mean: {', '.join(close)}?"
            )


def _parameters(configurable, package=""):
    """Parameters by name, those that a class hands on to its bases among them."""
    parameters = {}
    for function in reversed(_functions(configurable, package)):
        parameters.update(inspect.signature(function).parameters)
    return {
        name: parameter
        for name, parameter in parameters.items()
        if name != "self" and parameter.kind not in _VARIADIC
    }


def _functions(configurable, package=""):
    """A function, or the constructors of a class: its own, then those of its bases."""
    if not inspect.isclass(configurable):
        return [configurable]
    return [
        vars(base)["__init__"]
        for base in configurable.__mro__
        if "__init__" in vars(base) and base.__module__.startswith(package)
    ]


def _literal_defaults(configurable):
    # What Keras' base classes take, such as `trainable`, is no matter of a recipe.
    package = configurable.__module__.partition(".")[0]
    return {
        name: parameter.default
        for name, parameter in _parameters(configurable, package).items()
        if name != "name" and _is_literal(parameter.default)
    }


def _is_literal(value):
    try:
        return ast.literal_eval(repr(value)) == value
    except (ValueError, SyntaxError):
        return False


def _statements(text):
    joined = re.sub(r"\\\n\s*|\n[ \t]+", " ", text)
    pairs = (
        line.partition(" = ")
        for line in joined.splitlines()
        if line[:1] not in ("#", "")
    )
    return {name: value.strip() for name, _, value in pairs}
