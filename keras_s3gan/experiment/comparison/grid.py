"""The runs of a comparison: a grid of recipes, label fractions and seeds."""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from keras_s3gan.experiment.recipe.differences import differences
from keras_s3gan.experiment.recipe.resolve import ResolvedRecipe, resolve_recipe
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.folder import RunFolder

Number = TypeVar("Number", int, float)
_OWN_BINDING = re.compile(r"\s*train\.(label_fraction|seed)\s*=")


@dataclasses.dataclass(frozen=True)
class PlannedRun:
    """One run of a grid.

    Args:
        recipe: string. The recipe's name.
        fraction: float. Its label fraction.
        seed: integer.
        backend: string.
        path: the `Path` of its folder.
        arguments: tuple of strings. The command line that trains it.
        text: the resolved recipe.
    """

    recipe: str
    fraction: float
    seed: int
    backend: str
    path: Path
    arguments: tuple[str, ...]
    text: str

    @property
    def log(self) -> Path:
        """The file of the run's output, next to its folder."""
        return self.path.with_name(f"{self.path.name}.log")

    def is_finished(self) -> bool:
        """Whether the folder has exactly this run, and it is finished.

        If the folder has another run, training raises an error.
        """
        folder = RunFolder(self.path)
        return (
            folder.is_finished()
            and folder.read_record().get("backend") == self.backend
            and not differences(folder.stored_recipe(), self.text)
        )


def plan_grid(
    recipes: Sequence[str | Path],
    run_dir: str | Path,
    backend: str,
    fractions: Sequence[float] = (),
    seeds: Sequence[int] = (0,),
    bindings: Sequence[str] = (),
    steps_share: float = 1.0,
) -> list[PlannedRun]:
    """Lists the runs of a comparison, one seed after the other.

    A recipe whose own `train.label_fraction` is 0 or 1 is run with that fraction only.

    Args:
        recipes: names of recipes or paths of `.gin` files.
        run_dir: the folder of the comparison.
        backend: string.
        fractions: floats in `(0, 1]`. Defaults to each recipe's own.
        seeds: integers >= 0.
        bindings: Gin bindings that change every recipe.
        steps_share: float in (0, 1]. Share of each recipe's steps.

    Returns:
        A list of `PlannedRun`.

    Raises:
        ValueError: if an argument is out of range or appears twice, a recipe cannot
            be resolved, or the recipes' scores could not be compared.
    """
    _check_numbers("fraction", fractions, lambda f: 0 < f <= 1, "in (0, 1]")
    _check_numbers("seed", seeds, lambda s: s >= 0, ">= 0")
    for binding in bindings:
        if _OWN_BINDING.match(binding):
            raise ValueError(
                "A comparison sets the label fraction and the seed itself, by "
                f"--fractions and --seeds. Received: --set {binding}"
            )
    resolved = {str(recipe): resolve_recipe(recipe, bindings) for recipe in recipes}
    _check_recipes(recipes, resolved)
    runs = []
    for seed in seeds:
        for recipe, own in resolved.items():
            for fraction in _fractions_of(own.settings, fractions):
                path = Path(run_dir, "runs", f"{own.name}-{fraction}-seed{seed}")
                changes = [*bindings, f"train.label_fraction={fraction}"]
                if steps_share < 1:
                    steps = max(1, round(steps_share * own.settings.steps))
                    changes.append(f"train.steps={steps}")
                arguments = ["train", recipe, "--backend", backend, "--seed", str(seed)]
                for change in changes:
                    arguments += ["--set", change]
                arguments += ["--run-dir", str(path)]
                text = resolve_recipe(recipe, changes, seed).text
                runs.append(
                    PlannedRun(
                        *(own.name, fraction, seed, backend),
                        *(path, tuple(arguments), text),
                    )
                )
    return runs


def _fractions_of(settings: TrainSettings, fractions: Sequence[float]) -> list[float]:
    own = float(settings.label_fraction)
    return [float(f) for f in fractions] if fractions and own not in (0, 1) else [own]


def _check_numbers(
    name: str,
    values: Sequence[Number],
    is_allowed: Callable[[Number], bool],
    allowed: str,
) -> None:
    for index, value in enumerate(values):
        if not is_allowed(value):
            raise ValueError(f"A {name} must be {allowed}. Received: {name}={value}")
        if value in values[:index]:
            raise ValueError(f"Each {name} must appear once. Received: {name}={value}")


def _check_recipes(
    recipes: Sequence[str | Path], resolved: Mapping[str, ResolvedRecipe]
) -> None:
    names = [resolved[str(recipe)].name for recipe in recipes]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                "The recipes of a comparison must have different names. "
                f"Received: recipe={name} more than once"
            )
    # FIDs of different images, or of different numbers of images, cannot be compared.
    for name in ("source", "score_samples"):
        values = {own.name: getattr(own.settings, name) for own in resolved.values()}
        if len(set(values.values())) > 1:
            received = ", ".join(f"{recipe}: {v}" for recipe, v in values.items())
            raise ValueError(
                f"The recipes of a comparison must have the same train.{name}. "
                f"Received: {received}"
            )
