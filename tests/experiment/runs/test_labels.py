"""Pseudo-labelling alone, and whole runs behind each kind of it."""

import json

import numpy as np
import pytest

from keras_s3gan.data import load_images
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.build import load_run
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.image_source import open_source
from keras_s3gan.experiment.runs.labels import infer_labels, labels_table
from keras_s3gan.experiment.runs.sample import sample
from keras_s3gan.experiment.runs.score_tables import score_rows
from keras_s3gan.experiment.runs.train import train
from keras_s3gan.files import write_json
from keras_s3gan.labels import InferredLabels
from tests.experiment.tiny import stage, write_recipe
from tests.once import once

NO_LABELS = "train.label_fraction = 0.0"
ONE_CLASS = (
    "SmallGenerator.num_classes = 1",
    "SmallDiscriminator.num_classes = 1",
)
KINDS = {
    "semi_supervised": (),
    "clustering": (NO_LABELS,),
    "single_label": (NO_LABELS, *ONE_CLASS, "S3GAN.predictor = None"),
}


def with_method(recipe, name, *bindings):
    return resolve_recipe(recipe, [stage(name), *KINDS[name], *bindings])


@pytest.fixture(scope="module")
def runs(recipe, cache, tmp_path_factory):
    """A finished run of each kind of pseudo-labelling, trained when it is asked for."""
    trained = {}

    def run(name):
        if name not in trained:
            path = tmp_path_factory.mktemp("staged") / name
            trained[name] = train(with_method(recipe, name), path)
        return trained[name]

    return run


def scores_of(folder):
    return json.loads(folder.scores.read_text())


others = once("test_pseudo_labelling.py has every method on each")


@pytest.mark.parametrize(
    "name",
    ["semi_supervised", *(pytest.param(k, marks=others) for k in [*KINDS][1:])],
)
def test_a_run_with_pseudo_labelling_finishes_and_keeps_its_labels(runs, name):
    folder = runs(name)
    assert folder.is_finished()
    inferred = InferredLabels.load(folder.labels)
    assert (inferred.hard >= 0).all()
    assert len(inferred.labels) == 40
    given = 20 if name == "semi_supervised" else 0
    assert len(inferred.given_ids) == given
    assert len(folder.read_record()["labelled_ids"]) == given
    seconds = folder.read_label_report()["seconds"]
    assert scores_of(folder)["run"]["pseudo_labelling_seconds"] == seconds


def test_inferred_labels_are_scored_against_the_hidden_ones(runs):
    folder = runs("semi_supervised")
    accuracy = scores_of(folder)["label_accuracy"]
    truth = np.repeat([0, 1], 20)
    assert accuracy == InferredLabels.load(folder.labels).accuracy(truth)
    assert accuracy["num_images"] == 20
    rows = {row[0]: row[1:] for row in score_rows(folder)}
    assert rows["label_accuracy"][0] == f"{accuracy['value']:.4f}"
    assert rows["label_accuracy"][1].startswith("20 real images")
    assert "class_accuracy" in rows


@once("which scores are asked for is up to Python")
@pytest.mark.parametrize("name", ["clustering", "single_label"])
def test_a_method_without_labels_has_no_accuracy(runs, name):
    scores = scores_of(runs(name))
    assert not {"class_accuracy", "label_accuracy"} & scores.keys()
    assert scores["fid"]["n_generated"] == 20
    assert {row[0] for row in score_rows(runs(name))} == {"fid", "held_out_accuracy"}


@once("names of rows are up to Python")
def test_groups_are_drawn_by_number(runs, monkeypatch, tmp_path):
    named = []
    monkeypatch.setattr(
        f"{sample.__module__}.image_grid",
        lambda images, path, row_labels: named.extend(row_labels),
    )
    sample(runs("clustering").path, count=1, output=tmp_path / "groups.png")
    sample(runs("semi_supervised").path, count=1, output=tmp_path / "classes.png")
    assert named == [0, 1, "dark", "light"]


def test_without_pseudo_labelling_the_predictor_is_scored(finished):
    accuracy = scores_of(finished)["label_accuracy"]
    _, settings, gan = load_run(finished.path)
    source = open_source(settings)
    images, truth = load_images(source, 8, 1), source.labels()
    hidden = np.delete(np.arange(40), finished.read_record()["labelled_ids"])
    right = gan.predict_labels(images[hidden]) == truth[hidden]
    assert (accuracy["num_images"], accuracy["value"]) == (20, right.mean())
    assert "pseudo_labelling_seconds" in scores_of(finished)["run"]
    assert not finished.labels.exists()


def test_pseudo_labelling_alone_writes_the_labels_that_a_run_is_trained_on(
    runs, recipe, tmp_path, monkeypatch
):
    expected = InferredLabels.load(runs("semi_supervised").labels)
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "empty"))
    folder = infer_labels(with_method(recipe, "semi_supervised"), tmp_path / "alone")
    files = {file.name for file in folder.path.iterdir()}
    assert files == {"labels.npz", "labels.json"}
    inferred = InferredLabels.load(folder.labels)
    assert np.array_equal(inferred.labels, expected.labels)
    # Two orders of summation, where a framework has threads, move the last digits.
    np.testing.assert_allclose(inferred.confidence, expected.confidence, atol=1e-3)


def test_what_pseudo_labelling_alone_inferred_is_not_inferred_again(
    recipe, tmp_path, monkeypatch
):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "empty"))
    lines = []
    for name in ("first", "second"):
        resolved = with_method(recipe, "clustering")
        infer_labels(resolved, tmp_path / name, report=lines.append)
    assert ["inferred before" in line for line in lines] == [False, True]


def test_a_recipe_without_pseudo_labelling_is_refused(recipe, tmp_path):
    with pytest.raises(ValueError, match="recipe tiny4 has no pseudo-labelling"):
        infer_labels(resolve_recipe(recipe), tmp_path / "labels")
    assert not (tmp_path / "labels").exists()


def test_networks_without_labels_are_refused(recipe, tmp_path):
    unconditional = [line.replace("= 1", "= None") for line in ONE_CLASS]
    resolved = with_method(recipe, "clustering", *unconditional, "S3GAN.predictor=None")
    with pytest.raises(ValueError, match="Received: num_classes=None"):
        infer_labels(resolved, tmp_path / "labels")


def test_the_folder_of_a_run_is_refused(recipe, finished):
    with pytest.raises(ValueError, match="is the folder of a run"):
        infer_labels(with_method(recipe, "clustering"), finished.path)
    assert not finished.labels.exists()


def reported(path, **entries):
    folder = RunFolder(path)
    counts = {"num_images": 4000, "num_given": 100, "num_inferred": 3900}
    write_json(folder.label_report, {**counts, "seconds": 12.34, **entries})
    return labels_table(folder)


def test_rows_of_accuracy_leave_out_a_class_without_images(tmp_path):
    accuracy = {"value": 0.75, "per_class": [0.5, None, 1.0], "num_images": 3900}
    assert reported(tmp_path, label_accuracy=accuracy) == [
        ("seconds", "12.3", "4,000 images: 100 labels given, 3,900 inferred"),
        ("label_accuracy", "0.7500", "3,900 images with masked labels"),
        ("mean over classes", "0.7500", "2 classes, each counts 1"),
        ("class 0", "0.5000", ""),
        ("class 2", "1.0000", ""),
    ]


def test_rows_of_agreement(tmp_path):
    agreement = {
        "normalized_mutual_information": 0.25,
        "adjusted_rand_index": 0.125,
        "num_images": 4000,
    }
    assert reported(tmp_path, agreement=agreement)[1:] == [
        ("normalized_mutual_information", "0.2500", "true classes"),
        ("adjusted_rand_index", "0.1250", "true classes"),
    ]


def test_where_nothing_was_hidden_there_is_no_accuracy(tmp_path):
    resolved = with_method(
        write_recipe(tmp_path), "semi_supervised", "train.label_fraction = 1.0"
    )
    folder = infer_labels(resolved, tmp_path / "labels")
    assert [row[0] for row in labels_table(folder)] == ["seconds"]
