"""What a run's training is given."""

import itertools

import numpy as np

from keras_s3gan.data import batches
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs import fitting
from keras_s3gan.experiment.runs.build import build_gan
from keras_s3gan.experiment.runs.devices import OneDevice
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.image_source import open_source
from tests.once import once


@once("settings are handed on")
def test_the_recipe_says_how_often_a_class_is_drawn(recipe, tmp_path, monkeypatch):
    resolved = resolve_recipe(recipe, ["train.class_sampling = 'uniform'"])
    source, seen = open_source(resolved.settings), []
    labels = np.where(np.arange(40) < 30, 0, 1)

    def watched(*args, **kwargs):
        seen.append(kwargs)
        return batches(*args, **kwargs)

    monkeypatch.setattr(fitting, "batches", watched)
    gan = build_gan(resolved.settings)
    fitting.fit_gan(
        *(gan, source, labels, resolved.settings, RunFolder(tmp_path / "run")),
        *(None, OneDevice()),
    )
    assert gan.step_count == 4
    (options,) = seen
    drawn = [b[1] for b in itertools.islice(batches(source, **options), 20)]
    counts = np.bincount(np.concatenate(drawn))
    assert counts[0] == counts[1]
