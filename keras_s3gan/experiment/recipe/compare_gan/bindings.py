"""The bindings of a Gin file of Compare GAN, by name."""

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

import gin

from keras_s3gan.experiment.recipe.statements import read_statements

# They have no effect in Compare GAN, or on anything that this package has.
_WITHOUT_EFFECT = (
    "options.discriminator_normalization",
    "weights.stddev",
    "ModularGAN.experimental_joint_gen_for_disc",
    "standardize_batch.use_cross_replica_mean",
    "run_config.iterations_per_loop",
)


# A bound value may have any type of Gin.
Choice = TypeVar("Choice")


class _Reference(str):
    """A name after an @."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"@{self}"


class _Names(gin.config_parser.ParserDelegate):
    """Replaces references by their names, as Compare GAN is not installed."""

    def configurable_reference(self, scoped_name: str, evaluate: bool) -> _Reference:
        return _Reference(scoped_name)

    def macro(self, scoped_name: str) -> NoReturn:
        raise ValueError(
            "Macros are not supported in a file of Compare GAN. "
            f"Received: %{scoped_name}"
        )


class Bindings:
    """Bindings by name, each of which must be read.

    Args:
        text: string. The content of the file.

    Raises:
        ValueError: if `text` is not valid Gin.
    """

    def __init__(self, text: str) -> None:
        self._values: dict[str, Any] = {}
        self._unknown: list[str] = []
        for statement in read_statements(
            text, _Names(), "This is not a valid Gin file"
        ):
            if isinstance(statement, gin.config_parser.BindingStatement):
                scope = f"{statement.scope}/" if statement.scope else ""
                name = f"{scope}{statement.selector}.{statement.arg_name}"
                self._values[name] = statement.value
            else:
                self._unknown.append(f"include {statement.filename!r}")
        for name in _WITHOUT_EFFECT:
            self._values.pop(name, None)

    def take(self, name: str, default: Any = None) -> Any:
        """The value bound to a name; the binding then counts as read."""
        return self._values.pop(name, default)

    def required(self, name: str) -> Any:
        """The value bound to a name that has no default in Compare GAN."""
        if name not in self._values:
            raise ValueError(f"A recipe of Compare GAN must bind {name}.")
        return self.take(name)

    def choice(
        self, name: str, choices: Mapping[str, Choice], default: str | None = None
    ) -> Choice:
        """The entry of `choices` for the bound value; `default` is one of its keys."""
        value = self.required(name) if default is None else self.take(name, default)
        if value not in choices:
            raise ValueError(
                f"{name} must be one of {sorted(choices)}. Received: {name}={value!r}"
            )
        return choices[value]

    def only(self, name: str, *allowed: object) -> None:
        """Reads a binding that has a counterpart for some values only."""
        if name in self._values and self._values[name] in allowed:
            del self._values[name]

    def refuse_the_rest(self) -> None:
        """Checks that all bindings were read.

        Raises:
            ValueError: if not; the message lists the others.
        """
        rest = [f"{name} = {value!r}" for name, value in sorted(self._values.items())]
        rest += self._unknown
        if rest:
            raise ValueError(
                f"These bindings of Compare GAN have no counterpart: {'; '.join(rest)}"
            )


def line(name: str, value: object) -> str:
    """A line that binds a name of this package."""
    return f"{name} = {value!r}"
