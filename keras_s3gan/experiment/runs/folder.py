"""The folder of a run: its files, and the record of the run."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from keras_s3gan.files import locked, write_json, write_text


class RunFolder:
    """The files of one run.

    Args:
        path: the folder. It need not exist yet.

    Raises:
        ValueError: if `path` is a file.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if self.path.exists() and not self.path.is_dir():
            raise ValueError(f"A run needs a folder. Received: run_dir={self.path}")
        self.recipe = self.path / "recipe.gin"
        self.record = self.path / "run.json"
        self.history = self.path / "history.csv"
        self.checkpoints = self.path / "checkpoints"
        self.samples = self.path / "samples.png"
        self.evolution = self.path / "evolution.png"
        self.interpolation = self.path / "interpolation.png"
        self.labels = self.path / "labels.npz"
        self.label_report = self.path / "labels.json"
        self.refined = self.path / "refined"
        self.scores = self.path / "scores.json"
        self.score_history = self.path / "scores.csv"
        self.best = self.path / "best"
        self.averages = self.path / "averages"
        self.nearest = self.path / "nearest.png"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Locks the folder until this process ends.

        Raises:
            ValueError: if another process trains in this folder.
        """
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(self.path / ".lock", wait=False))
            except BlockingIOError as error:
                raise ValueError(
                    f"Another process is training in {self.path}."
                ) from error
            yield

    def is_run(self) -> bool:
        """Whether a run was started in this folder."""
        return self.record.is_file() and self.recipe.is_file()

    def read_record(self) -> dict[str, Any]:
        """The content of `run.json`, `{}` if no run was started."""
        if not self.record.is_file():
            return {}
        try:
            return json.loads(self.record.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{self.record} is not readable as JSON.") from error

    def read_label_report(self) -> dict[str, Any]:
        """The content of `labels.json`, `{}` if no labels were inferred."""
        if not self.label_report.is_file():
            return {}
        return json.loads(self.label_report.read_text(encoding="utf-8"))

    def update_record(self, **entries: object) -> None:
        """Adds entries to `run.json`, or replaces them."""
        write_json(self.record, {**self.read_record(), **entries})

    def is_finished(self) -> bool:
        """Whether the run in this folder is finished."""
        return self.read_record().get("status") == "finished"

    def start(self, recipe_text: str, **entries: object) -> None:
        """Writes the recipe and the record of a new run."""
        self.write_recipe(recipe_text)
        write_json(self.record, {**entries, "status": "started"})

    def write_recipe(self, text: str) -> None:
        """Writes the resolved recipe."""
        header = "# The resolved recipe of this run, with all defaults.\n\n"
        write_text(self.recipe, header + text)

    def check_same(self, recipe_differences: Iterable[str], **identity: object) -> None:
        """Checks that the run in this folder is the same run.

        Args:
            recipe_differences: list of strings, empty if the recipe is the same.
            **identity: entries of `run.json` that must not have changed.

        Raises:
            ValueError: if the folder has another run; the message names differences.
        """
        record = self.read_record()
        changed = [
            f"{name} is {record.get(name)} there, {value} here"
            for name, value in identity.items()
            if record.get(name) != value
        ] + list(recipe_differences)
        if changed:
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            raise ValueError(
                f"{self.path} has another run: {'; '.join(changed[:3])}{more}. "
                "Choose another --run-dir."
            )

    def stored_recipe(self) -> str:
        """The text of the run's resolved recipe."""
        return self.recipe.read_text(encoding="utf-8")


def default_run_path(recipe_name: str, backend: str, seed: int) -> Path:
    """The default folder of a run."""
    return Path("runs") / f"{recipe_name}-{backend}-seed{seed}"


def open_run(path: str | Path) -> RunFolder:
    """Opens the folder of an existing run.

    Raises:
        ValueError: if the folder has no run.
    """
    folder = RunFolder(path)
    if not folder.is_run():
        siblings = sorted(p.parent.name for p in folder.path.parent.glob("*/run.json"))
        hint = f" Runs next to it: {', '.join(siblings)}." if siblings else ""
        raise ValueError(f"{path} is not the folder of a run (no run.json).{hint}")
    return folder
