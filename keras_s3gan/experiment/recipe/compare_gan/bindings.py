"""Bindings of a Gin file by name, of names that are not here."""

import tokenize
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

import gin

# They change nothing there, or nothing that there is here.
_WITHOUT_EFFECT = (
    "options.discriminator_normalization",
    "weights.stddev",
    "ModularGAN.experimental_joint_gen_for_disc",
    "standardize_batch.use_cross_replica_mean",
    "run_config.iterations_per_loop",
)


# What is bound may be of any type that Gin knows.
Choice = TypeVar("Choice")


class _Reference(str):
    """A name after an @."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"@{self}"


class _Names(gin.config_parser.ParserDelegate):
    """Takes references for their names, since nothing of them is here."""

    def configurable_reference(self, scoped_name: str, evaluate: bool) -> _Reference:
        return _Reference(scoped_name)

    def macro(self, scoped_name: str) -> NoReturn:
        raise ValueError(f"Macros are not read here. Received: %{scoped_name}")


class Bindings:
    """Bindings by name, each of which is to be taken.

    Args:
        text: string. The content of the file.

    Raises:
        ValueError: if it is no Gin file.
    """

    def __init__(self, text: str) -> None:
        self._values: dict[str, Any] = {}
        self._unknown: list[str] = []
        try:
            statements = list(gin.config_parser.ConfigParser(text, _Names()))
        except (SyntaxError, tokenize.TokenError) as error:
            message = str(error).split("\n")[0]
            raise ValueError(f"This is no Gin file: {message}") from error
        for statement in statements:
            if isinstance(statement, gin.config_parser.BindingStatement):
                scope = f"{statement.scope}/" if statement.scope else ""
                name = f"{scope}{statement.selector}.{statement.arg_name}"
                self._values[name] = statement.value
            else:
                self._unknown.append(str(getattr(statement, "module", statement)))
        for name in _WITHOUT_EFFECT:
            self._values.pop(name, None)

    def take(self, name: str, default: Any = None) -> Any:
        """The value bound to a name, once."""
        return self._values.pop(name, default)

    def required(self, name: str) -> Any:
        """The value bound to a name that has no default there."""
        if name not in self._values:
            raise ValueError(f"A recipe of Compare GAN must bind {name}.")
        return self.take(name)

    def choice(
        self, name: str, choices: Mapping[str, Choice], default: str | None = None
    ) -> Choice:
        """What `choices` has for the value; `default` is a key of it."""
        value = self.required(name) if default is None else self.take(name, default)
        if value not in choices:
            raise ValueError(
                f"{name} must be one of {sorted(choices)}. Received: {name}={value!r}"
            )
        return choices[value]

    def only(self, name: str, *allowed: object) -> None:
        """Takes a binding that has a counterpart for some values alone."""
        if name in self._values and self._values[name] in allowed:
            del self._values[name]

    def refuse_the_rest(self) -> None:
        """Refuses what was not taken.

        Raises:
            ValueError: that lists all of it.
        """
        rest = [f"{name} = {value!r}" for name, value in sorted(self._values.items())]
        rest += self._unknown
        if rest:
            raise ValueError(
                f"These bindings of Compare GAN have no counterpart: {'; '.join(rest)}"
            )


def line(name: str, value: object) -> str:
    """A binding of ours."""
    return f"{name} = {value!r}"
