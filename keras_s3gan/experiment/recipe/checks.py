"""Checks of all bindings together, before anything is built."""

import difflib
import graphlib
from collections.abc import Iterable, Sequence

import gin

from keras_s3gan.experiment.recipe.defaults import check_name, parameters_of
from keras_s3gan.experiment.recipe.reading import MACRO, Binding

# Scope and complete name of a configurable.
Part = tuple[str, str]
_TRAIN: Part = ("", "keras_s3gan.train")


def check_used(bindings: Sequence[Binding], prepared: Iterable[Binding]) -> None:
    """Checks that something uses each binding; all of them are in Gin already.

    What a file binds for others to include may go unused: macros, and parts that
    a recipe chooses from, with their own parts. Its scopes may not.

    Args:
        bindings: list of `Binding` to check.
        prepared: list of `Binding`. What they bind without a scope is a part that may
            be chosen, so that what these parts refer to counts as used.

    Raises:
        ValueError: if nothing uses a binding, or a class has no such parameter; the
            message proposes names.
    """
    roots = {_TRAIN, *(b.key[:2] for b in prepared if not (b.is_macro or b.key[0]))}
    used = _reached(roots)
    scopes = {
        scope
        for binding in (*bindings, *prepared)
        for reference in gin.config.iterate_references(binding.value)
        for scope in _outer(reference.config_key[0])
    }
    for binding in bindings:
        part = binding.key[:2]
        if not binding.is_macro:
            scoped_selector, _, parameter = binding.name.rpartition(".")
            check_name(scoped_selector, gin.get_configurable(part[1]), parameter)
        if part in used:
            continue
        entered = binding.is_macro or binding.key[0] in scopes | {""}
        if binding.own or not entered:
            raise ValueError(_message(binding, used))


def check_macros(bindings: Iterable[Binding]) -> None:
    """Checks that no macro refers to itself.

    Args:
        bindings: list of `Binding`, of which the last one of each name counts.

    Raises:
        ValueError: if one does.
    """
    used = {
        binding.key[0]: [
            reference.config_key[0]
            for reference in gin.config.iterate_references(binding.value)
            if reference.config_key[1] == MACRO
        ]
        for binding in bindings
        if binding.is_macro
    }
    try:
        graphlib.TopologicalSorter(used).prepare()
    except graphlib.CycleError as error:
        raise ValueError(f"The macro %{error.args[1][0]} refers to itself.") from error


def check_not_called() -> None:
    """Checks that `train` has no `@Name()`, also by a macro.

    Gin would call it for the settings, which are also read without a run.

    Raises:
        ValueError: if it has.
    """
    for name, value in gin.get_bindings("train", resolve_references=False).items():
        pending = list(gin.config.iterate_references(value))
        seen: set[str] = set()
        while pending:
            reference = pending.pop()
            if reference.config_key[1] != MACRO:
                if reference.evaluate:
                    raise ValueError(
                        f"train.{name} must be a reference like @Name, without (). "
                        f"Received: train.{name}={value!r}"
                    )
            elif reference.scoped_selector not in seen:
                seen.add(reference.scoped_selector)
                macro = gin.get_bindings(
                    reference.scoped_selector, resolve_references=False
                )
                pending.extend(gin.config.iterate_references(macro))


def _reached(roots: Iterable[Part]) -> set[Part]:
    """All parts that `roots` refer to, in each scope whose bindings they get."""
    pending, seen = list(roots), set()
    while pending:
        part = scope, selector = pending.pop()
        if part in seen:
            continue
        seen.add(part)
        scoped = f"{scope}/{selector}" if scope else selector
        bound = gin.get_bindings(scoped, resolve_references=False)
        for reference in gin.config.iterate_references(bound):
            pending.append(reference.config_key)
            if not reference.scopes:
                # It may be called in the scope of what refers to it.
                pending.append((scope, reference.config_key[1]))
    return {(outer, selector) for scope, selector in seen for outer in _outer(scope)}


def _outer(scope: str) -> list[str]:
    """A scope and those that it is in."""
    names = scope.split("/") if scope else []
    return ["/".join(names[:count]) for count in range(len(names) + 1)]


def _message(binding: Binding, used: set[Part]) -> str:
    if binding.is_macro:
        names = sorted(name for name, selector in used if selector == MACRO and name)
        text = f"{binding.origin}: the recipe uses no macro {binding.name!r}."
    else:
        parameter = binding.key[2]
        names = sorted(
            f"{scope}/{short}.{parameter}" if scope else f"{short}.{parameter}"
            for scope, selector in used
            if parameter in parameters_of(gin.get_configurable(selector))
            for short in [selector.rpartition(".")[2]]
        )
        text = f"{binding.origin}: nothing in the recipe uses {binding.name}."
    close = difflib.get_close_matches(binding.name, names, n=3, cutoff=0.4)
    if close:
        return f"{text} Did you mean: {', '.join(close)}?"
    return f"{text} It uses: {', '.join(names)}." if names else text
