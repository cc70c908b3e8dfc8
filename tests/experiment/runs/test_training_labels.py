"""What a run is trained on: the mask, pseudo-labelling, and the cache between."""

import contextlib
import dataclasses

import numpy as np
import pytest

from keras_s3gan.data import ArraySource, load_images
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.training_labels import (
    TrainingLabels,
    training_labels,
    write_labels,
)
from keras_s3gan.labels import InferredLabels

TRUTH = np.repeat([0, 1], 10)
SHAPE = (8, 8, 1)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    """A cache a test, since the cache is what is tested."""
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Noting:
    """Pseudo-labelling that notes what it is given and labels all the rest 1."""

    def __init__(self):
        self.calls = []

    def __call__(self, **given):
        self.calls.append(given)
        labels = given["labels"]
        given_ids = np.flatnonzero(labels >= 0)
        return InferredLabels(np.where(labels < 0, 1, labels), given_ids, 2)


def images_of(labels, num_classes=None, seed=0):
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (len(labels), *SHAPE), dtype="uint8")
    return ArraySource(images, labels, num_classes)


def planted(recipe, method, bindings=(), seed=None):
    """The recipe with another method; its text is that of a real one, `linear`."""
    bindings = [
        "train.pseudo_labelling = @linear",
        "linear.encoder = @ResNetV2Encoder",
        "linear.optimizer = @Adam",
        *bindings,
    ]
    resolved = resolve_recipe(recipe, bindings, seed)
    settings = dataclasses.replace(resolved.settings, pseudo_labelling=method)
    return dataclasses.replace(resolved, settings=settings)


def labels_of(
    resolved, source=None, num_classes=2, image_shape=SHAPE, stored=None, report=None
):
    source = source or images_of(TRUTH)
    report = report or (lambda line: None)
    return training_labels(resolved, source, image_shape, num_classes, stored, report)


def test_labels_are_masked_by_fraction(recipe):
    labels = labels_of(resolve_recipe(recipe))
    assert [np.sum(labels.labels == label) for label in (0, 1)] == [5, 5]
    assert np.array_equal(np.flatnonzero(labels.labels >= 0), labels.given_ids)
    assert np.array_equal(labels.labels[labels.given_ids], TRUTH[labels.given_ids])
    assert (labels.inferred, labels.report) == (None, {})


def test_the_seed_draws_the_mask(recipe):
    zero, again, one = (labels_of(resolve_recipe(recipe, seed=s)) for s in (0, 0, 1))
    assert np.array_equal(zero.given_ids, again.given_ids)
    assert not np.array_equal(zero.given_ids, one.given_ids)


def test_an_unconditional_model_sees_no_label(recipe):
    labels = labels_of(resolve_recipe(recipe), num_classes=None)
    assert set(labels.labels) == {-1}
    assert len(labels.given_ids) == 0


def test_an_unconditional_model_has_no_pseudo_labelling(recipe):
    method = Noting()
    with pytest.raises(ValueError, match="Received: num_classes=None"):
        labels_of(planted(recipe, method), num_classes=None)
    assert method.calls == []


@pytest.mark.parametrize(
    ("source", "bindings", "message"),
    [
        (images_of(np.full(4, -1)), (), "has no labels"),
        (images_of([0, 1, 2], 3), (), "need num_classes=3.*Received: num_classes=2"),
        (images_of(TRUTH), ["train.label_fraction = 0"], "no image has a label"),
    ],
)
def test_labels_that_do_not_fit_are_refused(recipe, source, bindings, message):
    with pytest.raises(ValueError, match=message):
        labels_of(resolve_recipe(recipe, bindings), source)


def test_pseudo_labelling_is_given_the_images_and_the_labels_that_are_left(recipe):
    method, source = Noting(), images_of(TRUTH)
    labels = labels_of(planted(recipe, method, seed=3), source)
    (given,) = method.calls
    assert set(given) == {"images", "labels", "num_classes", "seed"}
    assert (given["num_classes"], given["seed"]) == (2, 3)
    seen = np.flatnonzero(given["labels"] >= 0)
    assert np.array_equal(seen, labels.given_ids)
    assert len(seen) == 10
    assert len(given["images"]) == 20
    received = given["images"][np.arange(20)]
    assert np.array_equal(received, load_images(source, 8, 1))


def test_all_images_are_labelled_after_pseudo_labelling(recipe):
    labels = labels_of(planted(recipe, Noting()))
    expected = np.ones(20, int)
    expected[labels.given_ids] = TRUTH[labels.given_ids]
    assert np.array_equal(labels.labels, expected)
    assert np.array_equal(labels.inferred.labels, expected)


def test_a_stage_cannot_change_what_it_is_checked_against(recipe):
    class Overwriting(Noting):
        def __call__(self, **given):
            seen = given["labels"] >= 0
            given["labels"][seen] = 1 - given["labels"][seen]
            return super().__call__(**given)

    with pytest.raises(ValueError, match="change the given ones of 10 images"):
        labels_of(planted(recipe, Overwriting()))


def test_pseudo_labelling_is_run_once(recipe):
    method, lines = Noting(), []
    first = labels_of(planted(recipe, method), report=lines.append)
    again = labels_of(planted(recipe, method), report=lines.append)
    assert len(method.calls) == 1
    assert np.array_equal(first.labels, again.labels)
    assert first.report == again.report
    assert "Pseudo-labelling 20 images by linear" in lines[0]
    assert "Labels that linear inferred before" in lines[1]


def test_what_pseudo_labelling_does_not_depend_on_does_not_matter(recipe):
    method = Noting()
    labels_of(planted(recipe, method))
    labels_of(planted(recipe, method, ["S3GAN.ema_decay = 0.5", "train.steps = 2"]))
    assert len(method.calls) == 1


@pytest.mark.parametrize(
    "binding",
    [
        "train.seed = 1",
        "train.label_fraction = 0.3",
        'train.image_fit = "resize"',
        "train.crop = 6",
        "linear.steps = 7",
        "ResNetV2Encoder.base_channels = 3",
    ],
)
def test_another_binding_that_it_depends_on_runs_it_again(recipe, binding):
    method = Noting()
    labels_of(planted(recipe, method))
    labels_of(planted(recipe, method, [binding]))
    assert len(method.calls) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"source": images_of(TRUTH, seed=1)},
        {"source": images_of(TRUTH[::-1])},
        {"image_shape": (16, 16, 1)},
    ],
    ids=["images", "true labels", "size"],
)
def test_other_images_run_it_again(recipe, change):
    method = Noting()
    labels_of(planted(recipe, method))
    labels_of(planted(recipe, method), **change)
    assert len(method.calls) == 2


@pytest.mark.parametrize("change", [{"seed": 1}, {"num_classes": 3}], ids=str)
def test_without_labels_seed_and_classes_still_run_it_again(recipe, change):
    calls = []

    def random(num_classes, seed, **given):
        calls.append((num_classes, seed))
        return InferredLabels(np.arange(20) % num_classes, [], num_classes)

    bindings = ["train.label_fraction = 0"]
    labels_of(planted(recipe, random, bindings))
    resolved = planted(recipe, random, bindings, change.get("seed"))
    labels_of(resolved, num_classes=change.get("num_classes", 2))
    assert len(set(calls)) == 2


@pytest.mark.parametrize(
    "target", ["__version__", "keras.backend.backend"], ids=["version", "backend"]
)
def test_another_program_runs_it_again(recipe, monkeypatch, target):
    method = Noting()
    labels_of(planted(recipe, method))
    other = "other" if target == "__version__" else lambda: "other"
    monkeypatch.setattr(f"{training_labels.__module__}.{target}", other)
    labels_of(planted(recipe, method))
    assert len(method.calls) == 2


@pytest.mark.parametrize("damage", ["changed", "cut", "empty"])
def test_a_damaged_cache_is_made_anew(recipe, own_cache, damage):
    method = Noting()
    first = labels_of(planted(recipe, method))
    (path,) = own_cache.glob("*.npz")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    kept = {"changed": len(content), "cut": len(content) // 2, "empty": 0}[damage]
    path.write_bytes(content[:kept])
    again = labels_of(planted(recipe, method))
    assert len(method.calls) == 2
    assert np.array_equal(again.labels, first.labels)
    assert np.array_equal(InferredLabels.load(path).labels, first.labels)


def test_a_file_that_changes_under_its_name_is_read_again(recipe, tmp_path, own_cache):
    path = tmp_path / "labels.npz"
    bindings = ["train.pseudo_labelling = @from_file", f'from_file.path = "{path}"']
    resolved = resolve_recipe(recipe, bindings)
    for labels in (np.tile([0, 1], 10), np.tile([1, 0], 10)):
        InferredLabels(labels, [], 2).save(path)
        assert np.array_equal(labels_of(resolved).labels, labels)
    assert not own_cache.exists()


def test_a_file_of_other_images_is_refused(recipe, tmp_path):
    """Of as many images, too, where the file says which they are."""
    path = tmp_path / "labels.npz"
    bindings = ["train.pseudo_labelling = @from_file", f'from_file.path = "{path}"']
    resolved = resolve_recipe(recipe, bindings)
    source = images_of(TRUTH)
    made_from = {"source_fingerprint": source.fingerprint(), "recipe": "another"}
    metadata = {"made_from": made_from}
    InferredLabels(np.tile([0, 1], 10), [], 2, metadata=metadata).save(path)
    kept = labels_of(resolved, source).inferred.metadata
    assert kept["made_elsewhere_from"] == made_from
    assert kept["made_from"]["recipe"].startswith("from_file")
    with pytest.raises(ValueError, match="labels are of other images than this run's"):
        labels_of(resolved, images_of(TRUTH, seed=1))


def test_a_file_of_these_images_of_the_version_before_is_taken(recipe, tmp_path):
    path = tmp_path / "labels.npz"
    bindings = ["train.pseudo_labelling = @from_file", f'from_file.path = "{path}"']
    source = images_of(TRUTH)
    source.former_fingerprint = lambda: "former"
    metadata = {"made_from": {"source_fingerprint": "former"}}
    InferredLabels(np.tile([0, 1], 10), [], 2, metadata=metadata).save(path)
    labels = labels_of(resolve_recipe(recipe, bindings), source)
    made_from = labels.inferred.metadata["made_from"]
    assert made_from["source_fingerprint"] == source.fingerprint()


def test_who_waited_for_another_run_takes_its_labels(recipe, own_cache, monkeypatch):
    first = labels_of(planted(recipe, Noting()))
    (path,) = own_cache.glob("labels-*.npz")
    content = path.read_bytes()
    path.unlink()

    @contextlib.contextmanager
    def locked(lock):
        # The other run writes its labels while this one waits.
        path.write_bytes(content)
        yield

    monkeypatch.setattr(f"{training_labels.__module__}.locked", locked)
    method = Noting()
    again = labels_of(planted(recipe, method))
    assert method.calls == [] and np.array_equal(again.labels, first.labels)


def test_a_resumed_run_keeps_its_labels(recipe, tmp_path, own_cache):
    method = Noting()
    first = labels_of(planted(recipe, method))
    stored = tmp_path / "run" / "labels.npz"
    # Told apart from what the cache holds, and the method infers.
    other = dataclasses.replace(
        first.inferred, labels=np.where(first.labels == 1, TRUTH, first.labels)
    )
    other.save(stored)
    labels = labels_of(planted(recipe, method), stored=stored)
    assert np.array_equal(labels.labels, other.labels)
    assert not np.array_equal(labels.labels, first.labels)
    assert len(method.calls) == 1


def test_a_resumed_run_that_lost_its_labels_makes_them_again(recipe, tmp_path):
    method = Noting()
    labels_of(planted(recipe, method), stored=tmp_path / "labels.npz")
    assert len(method.calls) == 1


def test_stored_labels_are_checked_too(recipe, tmp_path):
    stored = tmp_path / "labels.npz"
    InferredLabels(TRUTH, np.arange(20), 2, metadata={"seconds": 1}).save(stored)
    with pytest.raises(ValueError, match="labels of 10 images that this run masks"):
        labels_of(planted(recipe, Noting()), stored=stored)


def test_the_report_counts_hidden_labels_only(recipe):
    # All of class 1 is right and all of class 0 wrong.
    report = labels_of(planted(recipe, Noting())).report
    assert (report["num_images"], report["num_given"]) == (20, 10)
    assert report["num_inferred"] == 10
    assert report["label_accuracy"] == {
        "value": 0.5,
        "mean_over_classes": 0.5,
        "per_class": [0.0, 1.0],
        "num_images": 10,
    }
    assert report["seconds"] >= 0


def test_given_labels_do_not_count_where_a_stage_does_not_say_so(recipe):
    def silent(labels, **given):
        return InferredLabels(np.where(labels < 0, 1, labels), [], 2)

    report = labels_of(planted(recipe, silent)).report
    assert report["label_accuracy"]["num_images"] == 10


def test_groups_are_compared_with_classes_whatever_their_names(recipe):
    def swapped(**given):
        return InferredLabels(1 - TRUTH, [], 2)

    method = planted(recipe, swapped, ["train.label_fraction = 0"])
    labels = labels_of(method)
    assert len(labels.given_ids) == 0
    assert "label_accuracy" not in labels.report
    assert labels.report["agreement"]["adjusted_rand_index"] == pytest.approx(1)
    assert labels.report["agreement"]["num_images"] == 20


def test_without_labels_pseudo_labelling_is_given_none(recipe):
    method = Noting()
    resolved = planted(recipe, method, ["train.label_fraction = 0"])

    def all_one(**given):
        method(**given)
        return InferredLabels(np.arange(20) % 3, [], 3)

    settings = dataclasses.replace(resolved.settings, pseudo_labelling=all_one)
    resolved = dataclasses.replace(resolved, settings=settings)
    # More classes than the source has are no misfit here.
    labels = labels_of(resolved, num_classes=3)
    assert set(method.calls[0]["labels"]) == {-1}
    assert set(labels.labels) == {0, 1, 2}


def test_where_no_truth_is_known_nothing_is_compared(recipe):
    def clusters(**given):
        return InferredLabels(TRUTH, [], 2)

    resolved = planted(recipe, clusters, ["train.label_fraction = 0"])
    labels = labels_of(resolved, images_of(np.full(20, -1)))
    assert set(labels.report) == {"num_images", "num_given", "num_inferred", "seconds"}


def test_the_labels_and_their_report_are_written(recipe, tmp_path):
    labels = labels_of(planted(recipe, Noting()))
    folder = RunFolder(tmp_path / "run")
    write_labels(folder, labels)
    written = InferredLabels.load(folder.labels)
    assert np.array_equal(written.labels, labels.labels)
    assert written.metadata["made_from"]["seed"] == 0
    assert folder.read_label_report() == labels.report


def test_labels_of_another_recipe_do_not_stay(recipe, tmp_path):
    folder = RunFolder(tmp_path / "run")
    write_labels(folder, labels_of(planted(recipe, Noting())))
    write_labels(folder, TrainingLabels(TRUTH, np.arange(20)))
    assert list(folder.path.iterdir()) == []
