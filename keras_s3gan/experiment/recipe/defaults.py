"""Binds the defaults of a recipe, so that the resolved recipe contains them."""

import ast
import difflib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import gin

from keras_s3gan.experiment.recipe import configurables

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def bind_defaults() -> None:
    """Binds the unbound defaults of everything that `train` refers to."""
    for scoped_selector, bound in referred("train"):
        *scope, selector = scoped_selector.split("/")
        if selector == "gin.macro":
            if not bound:
                raise ValueError(
                    f"The recipe uses %{'/'.join(scope)}, which has no value."
                )
            continue
        configurable = gin.config.get_configurable(selector)
        for name in bound:
            check_name(scoped_selector, configurable, name)
        for name, default in _literal_defaults(configurable).items():
            try:
                if name not in bound:
                    gin.bind_parameter(("/".join(scope), selector, name), default)
            except ValueError:
                # Parameters that the caller supplies are on Gin's denylist.
                continue


def missing_bindings() -> list[str]:
    """Names of parameters without a default, a binding or a value from the caller."""
    return [
        f"{scoped_selector}.{name}"
        for scoped_selector, bound in referred("train")
        if not scoped_selector.endswith("gin.macro")
        for name in _required(scoped_selector)
        if name not in bound
    ]


def _required(scoped_selector: str) -> list[str]:
    selector = scoped_selector.split("/")[-1]
    # Its own parameters only: a class supplies those of its bases.
    own = _functions(gin.config.get_configurable(selector))[0]
    # The run supplies arguments to the parts of `train`, not to `train` itself.
    supplied = () if selector == "train" else configurables.SUPPLIED
    return [
        name
        for name, parameter in inspect.signature(own).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in _VARIADIC
        and name not in ("self", *supplied)
    ]


def referred(root: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Pairs of scoped selector and bindings of `root` and all its references."""
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


def check_name(
    scoped_selector: str, configurable: Callable[..., Any], name: str
) -> None:
    """Checks that a configurable has a parameter.

    Args:
        scoped_selector: string. The configurable as the recipe calls it.
        configurable: a class or function.
        name: string.

    Raises:
        ValueError: if it has not; the message names the closest ones.
    """
    # Gin accepts every name if a class takes keyword arguments.
    known = parameters_of(configurable)
    if known and name not in known:
        close = difflib.get_close_matches(name, known, n=3) or sorted(known)
        raise ValueError(
            f"{scoped_selector} has no parameter {name!r}. "
            f"Did you mean: {', '.join(close)}?"
        )


def parameters_of(
    configurable: Callable[..., Any], package: str = ""
) -> dict[str, inspect.Parameter]:
    """Parameters by name, with those that a class passes to its bases."""
    parameters: dict[str, inspect.Parameter] = {}
    for function in reversed(_functions(configurable, package)):
        parameters.update(inspect.signature(function).parameters)
    return {
        name: parameter
        for name, parameter in parameters.items()
        if name != "self" and parameter.kind not in _VARIADIC
    }


def _functions(
    configurable: Callable[..., Any], package: str = ""
) -> list[Callable[..., Any]]:
    """A function, or the constructors of a class and of its bases."""
    if not inspect.isclass(configurable):
        return [configurable]
    return [
        vars(base)["__init__"]
        for base in configurable.__mro__
        if "__init__" in vars(base) and base.__module__.startswith(package)
    ]


def is_default(binding: str, value: str) -> bool:
    """Whether a binding's value is what its parameter is without the binding.

    Args:
        binding: string. Its name in a resolved recipe, `"scope/Class.parameter"`.
        value: string. Its value there.
    """
    scoped_selector, _, name = binding.rpartition(".")
    try:
        configurable = gin.config.get_configurable(scoped_selector.split("/")[-1])
        found = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return False
    defaults = _literal_defaults(configurable)
    return name in defaults and defaults[name] == found


def _literal_defaults(configurable: Callable[..., Any]) -> dict[str, object]:
    # Arguments of Keras' base classes, such as `trainable`, are not for recipes.
    package = configurable.__module__.partition(".")[0]
    return {
        name: parameter.default
        for name, parameter in parameters_of(configurable, package).items()
        if name != "name" and _is_literal(parameter.default)
    }


def _is_literal(value: object) -> bool:
    try:
        return ast.literal_eval(repr(value)) == value
    except (ValueError, SyntaxError):
        return False
