"""Recipes for comparisons."""

import pytest


@pytest.fixture
def written(recipe, tmp_path):
    """Writes recipes that are the tiny one with a change."""

    def write(name, *bindings):
        path = tmp_path / f"{name}.gin"
        path.write_text("\n".join([recipe.read_text(), *bindings]))
        return path

    return write
