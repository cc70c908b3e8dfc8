"""Results from few labels that were from more are refused, however it came about."""

import dataclasses

import numpy as np
import pytest

from keras_s3gan.cli import main
from keras_s3gan.data import ArraySource
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.label_checks import (
    check_inferred,
    check_made_elsewhere,
    check_mask,
    check_use,
)
from keras_s3gan.experiment.runs.training_labels import training_labels
from keras_s3gan.labels import InferredLabels, mask_labels

TRUTH = np.repeat([0, 1], 10)
MASKED, GIVEN_IDS = mask_labels(TRUTH, 0.5, 0)
HIDDEN_IDS = np.flatnonzero(MASKED < 0)
# An honest guess: all that was not given is 0.
GUESSED = np.maximum(MASKED, 0)


def mask_refused(message, masked, given_ids, fraction=0.5, truth=TRUTH):
    with pytest.raises(ValueError, match=message):
        check_mask(truth, masked, given_ids, fraction)


def inferred_refused(message, *inferred):
    with pytest.raises(ValueError, match=message):
        check_inferred(InferredLabels(*inferred, 2), TRUTH, MASKED, GIVEN_IDS)


def changed(labels, index, value):
    labels = labels.copy()
    labels[index] = value
    return labels


def many_labels(count=1200, fraction=0.1, num_classes=2):
    truth = np.arange(count) % num_classes
    return truth, *mask_labels(truth, fraction, 0)


@pytest.mark.parametrize("fraction", [0.01, 0.25, 0.5, 1.0])
def test_an_honest_mask_passes(fraction):
    check_mask(TRUTH, *mask_labels(TRUTH, fraction, 0), fraction)


def test_images_without_a_label_have_none_to_hide():
    truth = np.concatenate([TRUTH, np.full(5, -1)])
    check_mask(truth, *mask_labels(truth, 0.5, 0), 0.5)


def test_no_label_at_all_passes():
    check_mask(TRUTH, np.full(20, -1), np.zeros(0, int), 0)


@pytest.mark.parametrize("asked", [0.1, 0.4, 0.6, 1.0])
def test_another_fraction_than_asked_for(asked):
    wanted = f"{asked:g} is {int(10 * asked + 0.5)} of the 10 images of class 0"
    mask_refused(f"{wanted}. Received: 5", MASKED, GIVEN_IDS, asked)


def test_labels_where_none_was_asked_for():
    mask_refused("0 is 0 of the 10 images", MASKED, GIVEN_IDS, 0)


def test_the_right_number_of_labels_from_the_wrong_classes():
    masked = np.where(TRUTH == 1, 1, -1)
    mask_refused("of class 0. Received: 0", masked, np.flatnonzero(TRUTH == 1))


def test_a_masked_label_that_shows():
    index = HIDDEN_IDS[0]
    masked = changed(MASKED, index, TRUTH[index])
    mask_refused(f"of 1 images.*first of image {index}", masked, GIVEN_IDS)


def test_a_given_label_that_is_not_the_sources():
    index = GIVEN_IDS[0]
    masked = changed(MASKED, index, 1 - TRUTH[index])
    mask_refused(f"of 1 images are not those.*image {index}", masked, GIVEN_IDS)


@pytest.mark.parametrize("given_ids", [GIVEN_IDS, GIVEN_IDS[:3], []])
def test_labels_inferred_from_the_given_ones_or_fewer_pass(given_ids):
    inferred = InferredLabels(GUESSED, given_ids, 2)
    check_inferred(inferred, TRUTH, MASKED, GIVEN_IDS)


def test_labels_inferred_with_more_labels_than_given():
    index = HIDDEN_IDS[0]
    given_ids = np.append(GIVEN_IDS, index)
    inferred_refused(
        f"with the labels of 1 images.*first of image {index}", GUESSED, given_ids
    )


def test_labels_inferred_with_another_mask():
    _, given_ids = mask_labels(TRUTH, 0.5, 1)
    more = len(np.setdiff1d(given_ids, GIVEN_IDS))
    inferred_refused(f"with the labels of {more} images", GUESSED, given_ids)


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_a_given_label_that_was_changed(kind):
    index = GIVEN_IDS[0]
    labels = changed(GUESSED, index, 1 - TRUTH[index])
    labels = labels if kind == "hard" else np.eye(2)[labels]
    inferred_refused(f"given ones of 1 images.*image {index}", labels, GIVEN_IDS)


def test_labels_of_another_number_of_images():
    inferred_refused("There are 20 images. Received:.* of 19", GUESSED[:19], [])


@pytest.mark.parametrize("kind", ["hard", "soft"])
@pytest.mark.parametrize("admitted", ["given", "nothing"])
def test_true_labels_of_a_thousand_hidden_images(kind, admitted):
    truth, masked, given_ids = many_labels()
    labels = truth if kind == "hard" else np.eye(2)[truth]
    inferred = InferredLabels(labels, given_ids if admitted == "given" else [], 2)
    with pytest.raises(ValueError, match="true ones of all 1080 images"):
        check_made_elsewhere(inferred, truth, masked)


def test_one_error_in_a_thousand_can_be_inferred():
    truth, masked, given_ids = many_labels()
    wrong = np.flatnonzero(masked < 0)[0]
    labels = changed(truth, wrong, 1 - truth[wrong])
    check_made_elsewhere(InferredLabels(labels, given_ids, 2), truth, masked)


def test_few_labels_can_all_be_inferred_rightly():
    check_made_elsewhere(InferredLabels(TRUTH, GIVEN_IDS, 2), TRUTH, MASKED)


def test_where_there_is_one_class_everyone_is_right():
    truth, masked, given_ids = many_labels(num_classes=1)
    check_made_elsewhere(InferredLabels(truth, given_ids, 1), truth, masked)


def test_where_no_truth_is_known_nothing_can_leak():
    nothing = np.full(1200, -1)
    inferred = InferredLabels(np.arange(1200) % 2, [], 2)
    check_made_elsewhere(inferred, nothing, nothing)


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_one_class_that_holds_all_labels(kind):
    labels = np.full(6, 1) if kind == "hard" else np.eye(3)[np.full(6, 1)]
    with pytest.raises(ValueError, match="of one class, 1, of 3"):
        check_use(labels, 3)


def test_one_class_that_holds_all_given_labels():
    with pytest.raises(ValueError, match="of one class, 2, of 3"):
        check_use(np.array([-1, 2, -1, 2]), 3)


@pytest.mark.parametrize("labels", [np.full(4, -1), np.zeros((4, 2))])
def test_labels_that_label_nothing(labels):
    with pytest.raises(ValueError, match="no image has a label"):
        check_use(labels, 2)


@pytest.mark.parametrize(
    ("labels", "num_classes"),
    [
        (np.array([0, -1, 1]), 3),
        (np.array([0, 0]), 1),
        (np.array([[0.9, 0.1], [0.8, 0.2]]), 2),
    ],
    ids=["a class is missing", "there is one class", "soft"],
)
def test_labels_of_use_pass(labels, num_classes):
    check_use(labels, num_classes)


@pytest.fixture
def images():
    """A source with a thousand images to hide."""
    truth = np.arange(1200) % 2
    return ArraySource(np.zeros((1200, 8, 8, 1), "uint8"), truth)


def inferring(recipe, path):
    bindings = ["train.pseudo_labelling = @from_file", f'from_file.path = "{path}"']
    return resolve_recipe(recipe, [*bindings, "train.label_fraction = 0.1"])


def trained_on(resolved, source):
    return training_labels(resolved, source, (8, 8, 1), 2, report=lambda line: None)


def test_a_file_of_true_labels_is_refused_before_training(recipe, images, tmp_path):
    InferredLabels(images.labels(), [], 2).save(tmp_path / "labels.npz")
    with pytest.raises(ValueError, match="they cannot have been inferred"):
        trained_on(inferring(recipe, tmp_path / "labels.npz"), images)


def test_what_the_own_stage_infers_may_be_all_right(recipe, images):
    """Classes may be easy to tell apart."""
    truth = images.labels()

    def stage(images, labels, num_classes, seed):
        return InferredLabels(truth, np.flatnonzero(labels >= 0), 2)

    bindings = ["train.pseudo_labelling = @random_label", "train.label_fraction = 0.1"]
    resolved = resolve_recipe(recipe, bindings)
    settings = dataclasses.replace(resolved.settings, pseudo_labelling=stage)
    resolved = dataclasses.replace(resolved, settings=settings)
    assert trained_on(resolved, images).report["label_accuracy"]["value"] == 1.0


def test_an_honest_file_is_trained_on(recipe, images, tmp_path):
    labels = changed(images.labels(), slice(300), 0)
    InferredLabels(labels, [], 2).save(tmp_path / "labels.npz")
    resolved = inferring(recipe, tmp_path / "labels.npz")
    assert np.array_equal(trained_on(resolved, images).labels, labels)


@pytest.mark.parametrize(
    ("masking", "message"),
    [
        (lambda truth, *_: (truth, np.arange(120)), "should be masked could reach"),
        (lambda truth, *_: mask_labels(truth, 0.5, 0), "A label fraction of 0.1"),
    ],
    ids=["leak", "fraction"],
)
def test_a_faulty_mask_is_refused_before_pseudo_labelling(
    recipe, images, monkeypatch, tmp_path, masking, message
):
    monkeypatch.setattr(f"{training_labels.__module__}.mask_labels", masking)
    with pytest.raises(ValueError, match=message):
        trained_on(inferring(recipe, tmp_path / "is_not_read.npz"), images)


def test_the_command_refuses_a_dishonest_file_and_leaves_nothing(
    recipe, tmp_path, capsys
):
    path, run_dir = tmp_path / "labels.npz", tmp_path / "run"
    # The tiny recipe has 20 images a class and is given half of the labels.
    InferredLabels(np.repeat([0, 1], 20), np.arange(40), 2).save(path)
    bindings = ["train.pseudo_labelling=@from_file", f'from_file.path="{path}"']
    options = [option for binding in bindings for option in ("--set", binding)]
    with pytest.raises(SystemExit) as exit_:
        main(["train", str(recipe), "--run-dir", str(run_dir), *options])
    assert exit_.value.code == 2
    errors = capsys.readouterr().err
    assert errors.startswith("keras-s3gan: The inferred labels were made with the ")
    assert "labels of 20 images that this run masks" in errors
    assert errors.count("\n") == 1
    assert {file.name for file in run_dir.iterdir()} <= {".lock"}
