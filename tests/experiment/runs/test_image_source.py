"""The images that a recipe chooses: wrong choices, and what runs see of the others."""

import dataclasses
import itertools
import json

import numpy as np
import pytest
from PIL import Image

from keras_s3gan.callbacks import (
    TrainingCheckpoint,
    latest_checkpoint,
    read_history,
)
from keras_s3gan.data import batches, load_images, mnist5k
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs import evaluator as run_evaluator
from keras_s3gan.experiment.runs import fitting
from keras_s3gan.experiment.runs import labels as labels_module
from keras_s3gan.experiment.runs import train as train_module
from keras_s3gan.experiment.runs.evaluate import evaluate
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.image_source import open_source
from keras_s3gan.experiment.runs.labels import infer_labels
from keras_s3gan.experiment.runs.train import train
from keras_s3gan.experiment.runs.training_labels import training_labels
from keras_s3gan.files import load_arrays
from keras_s3gan.labels import InferredLabels
from tests.experiment.tiny import write_recipe
from tests.once import once

UNCONDITIONAL = [
    "SmallGenerator.num_classes = None",
    "SmallDiscriminator.num_classes = None",
    "S3GAN.predictor = None",
]


@pytest.mark.parametrize(
    ("bindings", "message"),
    [
        (["train.crop = 'center'"], "`train.crop` must be one of .*'middle'.*'center'"),
        (["train.crop = 0"], "Received: train.crop=0"),
        (["train.min_image_size = 0"], "at least 1. Received: train.min_image_size=0"),
        (["train.min_image_size = 6.5"], "Received: train.min_image_size=6.5"),
        (
            ["train.only_class = 'dark'"],
            "train.label_fraction = 1.0, too. Received: train.only_class='dark', "
            "train.label_fraction=0.5",
        ),
        (
            ["train.only_class = 0", "train.label_fraction = 0"],
            "train.only_class=0, train.label_fraction=0",
        ),
    ],
)
def test_a_wrong_choice_is_refused_with_the_recipe(recipe, bindings, message):
    with pytest.raises(ValueError, match=message):
        resolve_recipe(recipe, bindings)


@pytest.mark.parametrize(
    ("bindings", "message"),
    [
        (["train.source = 'imagenet_32'"], "imagenet_128.*source='imagenet_32'"),
        (["train.source = 'imagenet'"], "source='imagenet'"),
        (["train.label_key = 'animal'"], "of a TFDS set. Rec.*label_key='animal', sou"),
        (["train.min_image_size = 9"], "of at least 9 pixels, of which .* its 40 im"),
        (
            ["train.only_class = 'drak'", "train.label_fraction = 1"],
            "from 0 to 1 or one of its names such as dark. Received: class='drak'",
        ),
        *(
            (
                [f"train.source = '{variant}_imagenet_128'"],
                f"train.source = 'imagenet_128', {binding}.* Received: .*'{variant}_",
            )
            for variant, binding in (
                ("labeled_only", "train.labelled_only = True"),
                (
                    "single_class",
                    "train.pseudo_labelling = @single_label, num_classes = 1",
                ),
                (
                    "random_class",
                    "train.pseudo_labelling = @random_label and train.label_f",
                ),
                ("soft_labeled", "train.pseudo_labelling = @from_file"),
            )
        ),
    ],
)
def test_a_wrong_choice_is_refused_before_anything_is_built(
    recipe, bindings, message, tmp_path
):
    resolved = resolve_recipe(recipe, bindings)
    with pytest.raises(ValueError, match=message) as error:
        train(resolved, tmp_path / "run")
    assert "\n" not in str(error.value)
    assert not RunFolder(tmp_path / "run").is_run()


def test_a_source_is_all_of_its_images_by_default(recipe):
    assert len(open_source(resolve_recipe(recipe).settings)) == 40
    demo = resolve_recipe("s3gan_co_mnist5k").settings
    assert open_source(demo).fingerprint() == mnist5k().fingerprint()


class Seen(Exception):
    """Training has come as far as it shall."""


@pytest.fixture
def trained_on(monkeypatch, tmp_path):
    """A function from a recipe to the source and the arguments that it trains with."""

    def see(source, **arguments):
        raise Seen(source, arguments)

    monkeypatch.setattr(fitting, "batches", see)

    def begin(resolved, folder="run"):
        with pytest.raises(Seen) as seen:
            train(resolved, tmp_path / folder, report=lambda line: None)
        return seen.value.args

    return begin


@pytest.mark.parametrize("command", [train, infer_labels])
def test_files_that_are_passed_over_are_said(command, tmp_path, monkeypatch):
    def stop(*arguments, **by_name):
        raise Seen

    for module in (train_module, labels_module):
        monkeypatch.setattr(module, "training_labels", stop)
    recipe = write_recipe(tmp_path)
    (tmp_path / "images" / "dark" / "notes.txt").touch()
    (tmp_path / "images" / ".hidden.png").touch()
    resolved = resolve_recipe(recipe, ["train.min_image_size = 2"])
    settings = dataclasses.replace(resolved.settings, pseudo_labelling=stop)
    resolved = dataclasses.replace(resolved, settings=settings)
    lines = []
    with pytest.raises(Seen):
        command(resolved, tmp_path / "run", report=lines.append)
    assert [line.partition("pixels: ")[2] for line in lines] == [
        "passed over, or read in part: 1 .txt, 1 hidden."
    ]


def given_ids(path):
    return RunFolder(path).read_record()["labelled_ids"]


@once("which images a run sees is up to NumPy")
def test_labelled_only_trains_on_the_given_labels_alone(recipe, trained_on, tmp_path):
    resolved = resolve_recipe(recipe, ["train.labelled_only = True"])
    everything = open_source(resolved.settings)
    source, arguments = trained_on(resolved)
    ids = given_ids(tmp_path / "run")
    assert len(ids) == len(source) == 20
    for index, place in enumerate(ids):
        np.testing.assert_array_equal(
            source[index]["image"], everything[place]["image"]
        )
    np.testing.assert_array_equal(arguments["labels"], everything.labels()[ids])


@once("which images a run sees is up to NumPy")
def test_labelled_only_follows_a_file_of_soft_labels(recipe, trained_on, tmp_path):
    soft = np.tile(np.array([[0.75, 0.25]], np.float32), (40, 1))
    soft[[3, 30]] = 0
    InferredLabels(soft, [], 2).save(tmp_path / "soft.npz")
    bindings = [
        "train.pseudo_labelling = @from_file",
        f"from_file.path = '{tmp_path / 'soft.npz'}'",
        "train.label_fraction = 0",
    ]
    source, arguments = trained_on(resolve_recipe(recipe, bindings))
    assert len(source) == 40
    np.testing.assert_array_equal(arguments["labels"], soft)
    bindings.append("train.labelled_only = True")
    source, arguments = trained_on(resolve_recipe(recipe, bindings), "again")
    assert len(source) == 38
    left = np.delete(soft, [3, 30], axis=0)
    np.testing.assert_array_equal(arguments["labels"], left)


@once("which images a run sees is up to NumPy")
def test_labelled_only_needs_networks_that_take_labels(recipe, tmp_path):
    bindings = [*UNCONDITIONAL, "train.labelled_only = True"]
    with pytest.raises(ValueError, match="labelled images, of which .* has none"):
        train(resolve_recipe(recipe, bindings), tmp_path / "run")


@once("which images a run sees is up to NumPy")
@pytest.mark.parametrize("conditional", [False, True])
def test_a_run_on_one_class(recipe, conditional, tmp_path):
    bindings = ["train.only_class = 'light'", "train.label_fraction = 1.0"]
    if conditional:
        bindings += [
            line.replace("classes = None", "classes = 1") for line in UNCONDITIONAL
        ]
    else:
        bindings += UNCONDITIONAL
    folder = train(resolve_recipe(recipe, bindings), tmp_path / "run")
    record = folder.read_record()
    assert record["status"] == "finished" and record["num_images"] == 20
    assert record["source"].endswith("images, class light")
    assert folder.samples.is_file()
    # There is nothing to classify in one class.
    assert not folder.scores.is_file()
    with pytest.raises(ValueError, match="at least two classes.*num_classes=1"):
        evaluate(folder.path)


@once("which images a run sees is up to NumPy")
def test_scores_and_labels_are_of_the_images_that_are_left(tmp_path, monkeypatch):
    cut = []

    def noted(function):
        def call(*arguments, crop, **by_name):
            cut.append(crop)
            return function(*arguments, crop=crop, **by_name)

        return call

    for name in ("load_images", "PreparedImages"):
        function = noted(getattr(run_evaluator, name))
        monkeypatch.setattr(run_evaluator, name, function)
    recipe = write_recipe(tmp_path)
    for name in ("dark", "light"):
        for index in range(5):
            image = Image.fromarray(np.zeros((7, 9), np.uint8))
            image.save(tmp_path / "images" / name / f"small{index}.png")
    bindings = ["train.min_image_size = 8", "train.crop = 'distorted'"]
    folder = train(resolve_recipe(recipe, bindings), tmp_path / "run")
    record = folder.read_record()
    assert record["num_images"] == 40 and len(record["labelled_ids"]) == 20
    assert json.loads(folder.scores.read_text())["fid"]["n_real"] == 40
    # What the evaluation classifier learns from, and what samples are compared with.
    assert cut == ["distorted", "distorted"]


def test_the_crop_reaches_training(recipe, trained_on):
    _, arguments = trained_on(resolve_recipe(recipe, ["train.crop = 'random'"]))
    assert arguments["crop"] == "random"


def test_the_crop_reaches_pseudo_labelling(recipe):
    seen = []

    def stage(images, labels, num_classes, seed):
        seen.append(images[np.arange(len(images))])
        return InferredLabels(np.arange(len(images)) % 2, [], 2)

    stage.cached = False
    bindings = ["train.crop = 6", "train.label_fraction = 0"]
    resolved = resolve_recipe(
        recipe, [*bindings, "train.pseudo_labelling = @random_label"]
    )
    settings = dataclasses.replace(resolved.settings, pseudo_labelling=stage)
    source = open_source(settings)
    training_labels(
        dataclasses.replace(resolved, settings=settings),
        source,
        (8, 8, 1),
        2,
        report=lambda line: None,
    )
    np.testing.assert_array_equal(seen[0], load_images(source, 8, 1, crop=6))
    assert not np.array_equal(seen[0], load_images(source, 8, 1))


def final_arrays(folder):
    return load_arrays(latest_checkpoint(folder.checkpoints)).arrays


@once("which images a run sees is up to NumPy")
def test_a_run_in_random_crops_goes_on_where_it_stopped(recipe, tmp_path, monkeypatch):
    resolved = resolve_recipe(recipe, ["train.crop = 'distorted'"])
    reference = train(resolved, tmp_path / "straight", report=lambda line: None)
    save = TrainingCheckpoint.on_epoch_end

    def save_and_stop(self, epoch, logs=None):
        save(self, epoch, logs)
        raise Seen

    with monkeypatch.context() as patch:
        patch.setattr(TrainingCheckpoint, "on_epoch_end", save_and_stop)
        with pytest.raises(Seen):
            train(resolved, tmp_path / "stopped", report=lambda line: None)
    stopped = RunFolder(tmp_path / "stopped")
    assert [row["step"] for row in read_history(stopped.history)] == ["2"]
    train(resolved, tmp_path / "stopped", report=lambda line: None)
    arrays, expected = final_arrays(stopped), final_arrays(reference)
    assert arrays.keys() == expected.keys()
    assert [n for n in arrays if arrays[n].tobytes() != expected[n].tobytes()] == []


def test_random_crops_change_what_a_run_learns_from(recipe):
    source = open_source(resolve_recipe(recipe).settings)
    cut, whole = (
        np.concatenate([images for images, _ in itertools.islice(dataset, 5)])
        for dataset in (
            batches(source, 8, 8, crop=crop) for crop in ("distorted", None)
        )
    )
    assert not (cut == whole).all(axis=(1, 2, 3)).all()
