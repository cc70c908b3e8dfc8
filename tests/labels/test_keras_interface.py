"""`fit`, `evaluate` and `predict` of the models that train an encoder.

What they compute, on each backend, against NumPy; and all of them with wrong arguments.
"""

import re

import keras
import numpy as np
import pytest

from keras_s3gan.labels import SemiSupervisedClassifier
from keras_s3gan.models.batches import BatchList
from tests.labels.bars import few_labels
from tests.labels.models import MODELS, encoder, fit
from tests.once import once
from tests.tolerance import assert_close

CLASSIFIERS = ("linear", "semi_supervised")
# What the models share is looked at on each backend with one of them.
ONE = [
    pytest.param(name, marks=[] if name == "linear" else once("linear stands for it"))
    for name in MODELS
]
IMAGES, MASKED, TRUTH = few_labels()
# Of all three classes, and no multiple of a batch.
SOME = np.arange(33) * 90 // 33


def compiled(name, optimizer=None, **kwargs):
    model = MODELS[name](**kwargs)
    model.compile(optimizer or keras.optimizers.Adam(3e-3))
    return model


def values(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable).copy() for variable in variables]


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def cross_entropy(logits, labels):
    logits = logits.astype("float64")
    logits -= logits.max(axis=1, keepdims=True)
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -np.take_along_axis(log_probabilities, labels[:, None], 1).mean()


def rotation_logits(model, images):
    if isinstance(model, SemiSupervisedClassifier):
        pair = {"labelled": images[:1], "unlabelled": images}
        return keras.ops.convert_to_numpy(model(pair)["rotation"])
    return keras.ops.convert_to_numpy(model(images))


def expected_values(model, images, labels):
    """What `evaluate` should give, from all images at once, in NumPy."""
    found = {}
    if model.num_classes is not None:
        known = labels >= 0
        logits = keras.ops.convert_to_numpy(model(images))[known]
        found["class_loss"] = cross_entropy(logits, labels[known])
        found["class_accuracy"] = (logits.argmax(axis=1) == labels[known]).mean()
    if "rotation_loss" in model.metric_names:
        logits = rotation_logits(model, images)
        turns = np.repeat(np.arange(4), len(images))
        found["rotation_loss"] = cross_entropy(logits, turns)
        found["rotation_accuracy"] = (logits.argmax(axis=1) == turns).mean()
    loss = sum(
        weight * found[name]
        for name, weight in model.loss_weights.items()
        if name in found
    )
    return {"loss": loss, **found}


def in_batches(images, labels, size=16):
    starts = range(0, len(images), size)
    return [(images[s : s + size], labels[s : s + size]) for s in starts]


@pytest.mark.parametrize("name", ONE)
def test_evaluate_is_a_mean_over_the_images(name):
    model = compiled(name)
    fit(model, IMAGES, MASKED, epochs=3)
    images, labels = IMAGES[SOME], TRUTH[SOME].copy()
    labels[::5] = -1
    expected = expected_values(model, images, labels)
    before = values(model)
    for size in (32, 7, None):
        found = model.evaluate(images, labels, size, verbose=0, return_dict=True)
        assert list(found) == [n for n in model.metrics_names if n in found]
        assert found == pytest.approx(expected, rel=1e-4)
    rows = (labels[:, None] == np.arange(3)).astype("float32")
    for data in (
        (images, rows),
        (BatchList(in_batches(images, labels)), None),
        (in_batches(images, rows), None),
        ((batch for batch in in_batches(images, labels, 10)), None),
    ):
        found = model.evaluate(*data, verbose=0)
        assert found == pytest.approx([*expected.values()], rel=1e-4)
    assert model.test_on_batch(images, labels) == pytest.approx(found, rel=1e-4)
    assert_same(values(model), before)


@pytest.mark.parametrize("name", ONE)
def test_predict_is_a_call_of_all_images(name):
    model = compiled(name)
    images = IMAGES[SOME]
    expected = keras.ops.convert_to_numpy(model(images))
    for size in (32, 7, None):
        assert_close(model.predict(images, size, verbose=0), expected, 1e-5)
    for data in (in_batches(images, TRUTH), BatchList([(images[:9],), (images[9:],)])):
        assert_close(model.predict(data, verbose=0), expected, 1e-5)
    assert_close(model.predict_on_batch(images), expected, 1e-5)
    assert (
        len(model.predict(images, 10, steps=2, verbose=0)) == len(expected) * 20 // 33
    )


@once("Keras' own callbacks; the values are compared on each above")
@pytest.mark.parametrize("name", MODELS)
def test_validation_as_keras_has_it(name):
    model = compiled(name)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=30)
    history = fit(
        model,
        IMAGES[::-1],
        TRUTH[::-1],
        epochs=3,
        validation_split=0.2,
        callbacks=[stop],
    ).history
    held_out = IMAGES[:18], TRUTH[:18]
    found = [history[f"val_{name}"][-1] for name in model.metrics_names]
    assert found == pytest.approx(model.evaluate(*held_out, verbose=0), rel=1e-5)
    assert len(history["loss"]) == 3 and min(history["loss"]) > 0
    for data in (
        held_out,
        in_batches(*held_out, 5),
        BatchList(in_batches(*held_out, 7)),
    ):
        again = model.fit(
            IMAGES, TRUTH, validation_data=data, validation_freq=2, epochs=2, verbose=0
        ).history
        expected = model.evaluate(*held_out, verbose=0)
        for name, value in zip(model.metrics_names, expected, strict=True):
            assert again[f"val_{name}"] == pytest.approx([value], rel=1e-5)


@pytest.mark.parametrize(
    ("monitor", "mode"), [("val_loss", "auto"), ("val_class_accuracy", "max")]
)
def test_early_stopping_waits_for_the_best_epoch(monitor, mode):
    model = compiled("linear", keras.optimizers.Adam(0.05))
    stop = keras.callbacks.EarlyStopping(
        monitor, mode=mode, patience=2, restore_best_weights=True
    )
    history = model.fit(
        IMAGES,
        MASKED,
        epochs=6,
        verbose=0,
        validation_data=(IMAGES, TRUTH),
        callbacks=[stop],
    ).history[monitor]
    assert len(history) > 2 and min(history) >= 0 and max(history) > 0
    best = (max if mode == "max" else min)(history)
    found = model.evaluate(IMAGES, TRUTH, verbose=0, return_dict=True)
    assert found[monitor.removeprefix("val_")] == pytest.approx(best, rel=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_images_without_a_label_do_not_count_in_training(name):
    """One step on batches of which few are labelled, equal to one on those alone."""
    expected, found = (compiled(name, keras.optimizers.SGD(0.1)) for _ in range(2))
    found.set_weights(expected.get_weights())
    if name == "linear":
        known = MASKED >= 0
        logs = expected.train_on_batch(IMAGES[known], MASKED[known], return_dict=True)
    else:
        logs = expected.train_on_batch(
            IMAGES, np.eye(3)[TRUTH] * (MASKED >= 0)[:, None], return_dict=True
        )
    history = found.fit([(IMAGES, MASKED)], epochs=1, verbose=0).history
    assert {name: history[name][0] for name in logs} == pytest.approx(logs, rel=1e-4)
    for one, other in zip(found.weights, expected.weights, strict=True):
        assert_close(one, keras.ops.convert_to_numpy(other), 1e-4, one.path)


def streams():
    """The first ten batches of 16, and one of 6 images, in each form, by name."""
    pairs = in_batches(IMAGES[:70], TRUTH[:70])

    def generator():
        yield from pairs

    found = {
        "list": pairs,
        "PyDataset": BatchList(pairs),
        "generator": generator(),
        "iterator": iter(pairs),
    }
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        found["tf.data"] = tf.data.Dataset.from_tensor_slices(
            (IMAGES[:70], TRUTH[:70])
        ).batch(16)
        found["tf.data without a length"] = found["tf.data"].filter(lambda x, y: True)
    if keras.backend.backend() == "torch":
        from torch.utils.data import DataLoader, StackDataset

        found["DataLoader"] = DataLoader(StackDataset(IMAGES[:70], TRUTH[:70]), 16)
    return found


@pytest.mark.parametrize("name", ONE)
def test_data_in_batches_of_any_form_trains_alike(name):
    model = compiled(name, keras.optimizers.SGD(0.1))
    start = [keras.ops.convert_to_numpy(weight) for weight in model.weights]
    results = {}
    for form, data in streams().items():
        model.set_weights(start)
        history = model.fit(data, verbose=0, shuffle=False).history
        results[form] = history["loss"][0]
        assert int(model.optimizer.iterations) == 5 * len(results)
    first = results.pop("list")
    assert results == pytest.approx(dict.fromkeys(results, first), rel=1e-4)


@once("the order of batches is up to NumPy")
def test_several_epochs_of_data_without_a_length():
    pairs = in_batches(IMAGES, TRUTH, 30)

    class Endless:
        def __iter__(self):
            return iter(pairs)

    model = compiled("linear")
    model.fit(Endless(), epochs=2, steps_per_epoch=4, verbose=0)
    assert int(model.optimizer.iterations) == 8
    with pytest.raises(ValueError, match="needs `steps_per_epoch`"):
        model.fit(Endless(), epochs=2, verbose=0)


@once("the order of batches is up to NumPy")
@pytest.mark.parametrize("name", MODELS)
def test_the_order_of_arrays_is_kept_if_asked_for(name):
    model, seen = compiled(name), []
    step = model.step
    model.step = lambda data: seen.append(data) or step(data)
    model.fit(IMAGES, TRUTH, batch_size=40, shuffle=False, verbose=0)
    images = [keras.ops.convert_to_numpy(keras.tree.flatten(d)[0]) for d in seen]
    expected = np.concatenate([IMAGES, IMAGES])[: 40 * len(images)]
    np.testing.assert_array_equal(np.concatenate(images), expected)


@pytest.mark.parametrize("name", ONE)
def test_averaged_weights_are_those_after_fit(name):
    model = compiled(name, keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.5))
    trained = model.trainable_variables
    average, before = None, None

    class Average(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            nonlocal average, before
            # On JAX the values are the step's own until they are asked for.
            getattr(model, "jax_state_sync", lambda: None)()
            now = [keras.ops.convert_to_numpy(v).copy() for v in trained]
            average = (
                now
                if average is None
                else [(a + b) / 2 for a, b in zip(average, now, strict=True)]
            )
            before = now

    for _ in range(2):
        model.fit(IMAGES, MASKED, steps_per_epoch=3, verbose=0, callbacks=[Average()])
        for variable, value in zip(trained, average, strict=True):
            assert_close(variable, value, 1e-5, variable.path)
    assert any((a != b).any() for a, b in zip(average, before, strict=True))
    fit_again = model.train_on_batch(IMAGES, TRUTH, return_dict=True)
    assert np.isfinite(fit_again["loss"])


@pytest.mark.parametrize(
    "where", ["global", pytest.param("encoder", marks=once("the same layers"))]
)
@pytest.mark.parametrize("name", ONE)
def test_float16_trains_with_a_scaled_loss(name, where, tmp_path):
    policy = keras.config.dtype_policy()
    try:
        if where == "global":
            keras.config.set_dtype_policy("mixed_float16")
            model = MODELS[name]()
        else:
            types = {"rotation": {}, "linear": {"num_classes": 3}}
            kind = type(MODELS[name]())
            model = kind(
                encoder(dtype="mixed_float16"),
                **types.get(name, {"num_classes": 3, "weight_rotation_loss": 0.5}),
            )
        model.compile(keras.optimizers.Adam(3e-3))
        assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        history = model.fit(
            IMAGES, TRUTH, 16, epochs=2, verbose=0, validation_data=(IMAGES, TRUTH)
        ).history
        assert int(model.optimizer.iterations) > 0
        assert 0 < history["loss"][1] < history["loss"][0]
        assert history["val_loss"][1] == pytest.approx(
            model.evaluate(IMAGES, TRUTH, verbose=0)[0], rel=1e-5
        )
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        assert type(loaded.optimizer) is type(model.optimizer)
        fit_again = loaded.train_on_batch(IMAGES[:16], TRUTH[:16], return_dict=True)
        assert np.isfinite(fit_again["loss"])
    finally:
        keras.config.set_dtype_policy(policy)


@pytest.mark.parametrize("name", ["rotation", "semi_supervised"])
def test_a_frozen_encoder_stays_as_it_is(name):
    model = compiled(name)
    model.encoder.trainable = False
    with pytest.raises(ValueError, match="Call `compile` again"):
        fit_without_compile(model)
    model.compile(keras.optimizers.Adam(3e-3))
    frozen = [keras.ops.convert_to_numpy(w).copy() for w in model.encoder.weights]
    heads = [keras.ops.convert_to_numpy(w).copy() for w in model.trainable_weights]
    fit_without_compile(model)
    assert_same([keras.ops.convert_to_numpy(w) for w in model.encoder.weights], frozen)
    for weight, value in zip(model.trainable_weights, heads, strict=True):
        assert (keras.ops.convert_to_numpy(weight) != value).any()
    model.trainable = False
    model.compile()
    with pytest.raises(ValueError, match="all weights are frozen"):
        fit_without_compile(model)


def fit_without_compile(model):
    return model.fit(IMAGES, TRUTH, batch_size=16, verbose=0)


@once("settings are read by NumPy and Keras")
def test_compile_settings_are_saved(tmp_path):
    model = MODELS["linear"]()
    model.compile("sgd", run_eagerly=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.run_eagerly
    assert isinstance(loaded.optimizer, keras.optimizers.SGD)
    # Files of version 0.1.0 have the optimizer alone.
    old = {"optimizer": loaded.get_compile_config()["optimizer"]}
    loaded.compile_from_config(old)
    assert not loaded.run_eagerly


# Calls that end early.


class Stop(keras.callbacks.Callback):
    """Ctrl-C at one of the moments that a callback sees."""

    def __init__(self, moment):
        super().__init__()
        setattr(self, moment, self.stop)

    def stop(self, *args, **kwargs):
        raise KeyboardInterrupt


def failing(batches):
    yield from batches
    raise OSError("the disk is gone")


@pytest.mark.parametrize("name", ONE)
def test_no_call_that_ends_early_loses_weights(name, monkeypatch):
    model = compiled(name)
    start = values(model)

    def broken(*args, **kwargs):
        raise RuntimeError("no such loss")

    with monkeypatch.context() as patch:
        patch.setattr(model, "image_values", broken)
        for call in (model.fit, model.evaluate, model.train_on_batch):
            with pytest.raises(RuntimeError, match="no such loss"):
                call(IMAGES, TRUTH)
    assert_same(values(model), start)
    for moment in ("on_test_begin", "on_test_batch_end", "on_predict_batch_end"):
        with pytest.raises(KeyboardInterrupt):
            if "test" in moment:
                model.evaluate(IMAGES, TRUTH, verbose=0, callbacks=[Stop(moment)])
            model.predict(IMAGES, verbose=0, callbacks=[Stop(moment)])
    for steps in (0, 1):
        batches = in_batches(IMAGES, TRUTH, 90) * steps
        with pytest.raises(OSError, match="disk"):
            model.evaluate(failing(batches), verbose=0)
        with pytest.raises(OSError, match="disk"):
            model.predict(failing(batches), verbose=0)
    assert_same(values(model), start)

    for moment, steps in (
        ("on_train_batch_begin", 0),
        ("on_train_batch_end", 1),
        ("on_epoch_end", 2),
        ("on_test_batch_end", 3),
    ):
        with pytest.raises(KeyboardInterrupt):
            model.fit(
                IMAGES,
                TRUTH,
                batch_size=90,
                verbose=0,
                validation_data=(IMAGES, TRUTH),
                callbacks=[Stop(moment)],
            )
        assert int(model.optimizer.iterations) == steps
    batches = in_batches(IMAGES, TRUTH, 90) * 4
    with pytest.raises(OSError, match="disk"):
        model.fit(failing(batches), verbose=0)
    # Frameworks read ahead; each batch before the error can be trained on.
    assert 3 <= int(model.optimizer.iterations) <= 7
    wrong = [*batches[:3], (IMAGES + 3, TRUTH)]
    with pytest.raises(ValueError, match=r"in \[-1, 1\]"):
        model.fit((batch for batch in wrong), verbose=0)
    assert all(np.isfinite(value).all() for value in values(model))
    fit_without_compile(model)
    assert np.isfinite(model.evaluate(IMAGES, TRUTH, verbose=0)).all()


# Wrong arguments.


class Lazy:
    """Images that are indexed like an array, but are none."""

    def __init__(self, images):
        self.images = images

    def __len__(self):
        return len(self.images)

    def __getitem__(self, rows):
        return self.images[rows]


def bad(array, value):
    """An array whose last entry is wrong."""
    array = array.copy()
    array[-1] = value
    return array


X, Y = IMAGES[:20], np.arange(20) % 3
# What no method takes, and what it says.
WRONG_IMAGES = {
    "bytes": (((X + 1) * 127.5).astype("uint8"), "images / 127.5 - 1.*dtype=uint8"),
    "0 to 255": ((X + 1) * 127.5, r"in \[-1, 1\].*maximum="),
    "integers": (X.astype("int64"), "dtype=int64"),
    "NaN": (bad(X, np.nan), "64 of 1280 values that are NaN"),
    "three channels": (np.repeat(X, 3, -1), r"\[N, 8, 8, 1\].*\(20, 8, 8, 3\)"),
    "another size": (X[:, :4], r"\(20, 4, 8, 1\)"),
    "one image": (X[0], r"\(8, 8, 1\)"),
    "no image": (X[:0], r"N at least 1.*\(0, 8, 8, 1\)"),
    "nested lists": (X[:2].tolist(), "of type list|a batch of 8 parts"),
    "nothing": (None, "of type NoneType"),
    "a dict": ({"images": X}, "of type dict|must be an array of images|a dict of"),
}
WRONG_LABELS = {
    "of another count": (Y[:5], r"must be \[20\].*shape=\(5,\)"),
    "in a column": (Y[:, None], r"num_classes=3\].*shape=\(20, 1\)"),
    "of more classes": (bad(Y, 3), r"from 0 to 2.*labels\[19\]=3"),
    "below -1": (bad(Y, -2), r"labels\[19\]=-2"),
    "floats": (Y.astype("float32"), "integers.*dtype=float32"),
    "of two classes": (np.eye(2)[Y % 2], r"shape=\(20, 2\)"),
    "rows of no sum": (np.ones((20, 3)), r"sum to 1.*labels\[0\]"),
    "missing": (None, "Received: images alone"),
}


def batches(images, labels):
    """Of which the third is wrong."""
    return [(X, Y), (X, Y), (images, labels)]


METHODS = {
    "fit": lambda model, x, y: model.fit(x, y, verbose=0),
    "fit on batches": lambda model, x, y: model.fit(batches(x, y), verbose=0),
    "validation": lambda model, x, y: model.fit(
        X, Y, validation_data=(x, y), verbose=0
    ),
    "train_on_batch": lambda model, x, y: model.train_on_batch(x, y),
    "evaluate": lambda model, x, y: model.evaluate(x, y, verbose=0),
    "evaluate on batches": lambda model, x, y: model.evaluate(batches(x, y), verbose=0),
    "test_on_batch": lambda model, x, y: model.test_on_batch(x, y),
    "predict": lambda model, x, y: model.predict(x, verbose=0),
    "predict on batches": lambda model, x, y: model.predict(batches(x, y), verbose=0),
    "predict_on_batch": lambda model, x, y: model.predict_on_batch(x),
}


@pytest.fixture(scope="module", params=MODELS)
def model(request):
    return compiled(request.param)


@pytest.mark.parametrize("method", METHODS)
def test_wrong_images_and_labels_are_refused_by_every_method(model, method):
    call, unlike = METHODS[method], []
    cases = [(name, x, Y, message) for name, (x, message) in WRONG_IMAGES.items()]
    if model.num_classes and "predict" not in method:
        cases += [(name, X, y, message) for name, (y, message) in WRONG_LABELS.items()]
    for name, x, y, message in cases:
        try:
            call(model, x, y)
            unlike.append((name, "no error"))
        except Exception as error:
            if type(error) is not ValueError or not re.search(message, str(error)):
                unlike.append((name, error))
    assert not unlike
    assert np.isfinite(model.predict(X, verbose=0)).all()


@once("what a batch is indexed by is up to NumPy")
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_images_that_are_indexed_like_an_array(name):
    model = compiled(name)
    model.fit(Lazy(X), Y, validation_data=(Lazy(X), Y), verbose=0)
    expected = model.evaluate(X, Y, verbose=0)
    assert model.evaluate(Lazy(X), Y, verbose=0) == pytest.approx(expected)
    for method in ("fit", "evaluate"):
        with pytest.raises(ValueError, match="NaN"):
            getattr(model, method)(Lazy(bad(X, np.nan)), Y, verbose=0)


NONE = np.full(20, -1)
# Calls with a wrong argument, and what they say.
WRONG_ARGUMENTS = [
    (lambda m: m.fit(X, Y, class_weight={0: 2.0}), "`class_weight` must be left out"),
    (lambda m: m.fit(X, Y, sample_weight=np.ones(20)), "`sample_weight` must be left"),
    (lambda m: m.fit(X, Y, batch_size=0), "`batch_size` must.*=0"),
    (lambda m: m.fit(X, Y, batch_size=1.5), "`batch_size` must.*=1.5"),
    (lambda m: m.fit(X, Y, steps_per_epoch=0), "`steps_per_epoch` must.*=0"),
    (lambda m: m.fit(X, Y, validation_split=1.5), "validation_split=1.5, 20 images"),
    (
        lambda m: m.fit([(X, Y)], validation_split=0.1),
        "`validation_split` divides arrays",
    ),
    (
        lambda m: m.fit(X, Y, validation_data=(X, Y, np.ones(20))),
        "`sample_weight` must be left out",
    ),
    (lambda m: m.fit([(X, Y)], Y), "without `y`"),
    (lambda m: m.fit([(X, Y)], batch_size=20), "`batch_size`.*sizes of its own"),
    (lambda m: m.fit([(X, Y, np.ones(20))]), "`sample_weight` must be left out"),
    (lambda m: m.fit([(X, Y, None, None)]), "a batch of 4 parts"),
    (lambda m: m.fit([]), "at least one batch"),
    (lambda m: m.fit(iter([])), "at least one batch"),
    (lambda m: m.fit(7), "gives batches"),
    (lambda m: m.fit(), "`x` must be an array"),
    (
        lambda m: m.train_on_batch(X, Y, class_weight={0: 2.0}),
        "`class_weight` must be left out",
    ),
    (
        lambda m: m.train_on_batch(X, Y, sample_weight=np.ones(20)),
        "`sample_weight` must be left out",
    ),
    (lambda m: m.evaluate(X, Y, sample_weight=np.ones(20)), "`sample_weight` must be"),
    (lambda m: m.evaluate(X, Y, batch_size=-1), "`batch_size` must"),
    (lambda m: m.evaluate(X, Y, steps=0), "`steps` must"),
    (lambda m: m.evaluate([]), "at least one batch"),
    (lambda m: m.evaluate([(X, Y)], Y), "without `y`"),
    (lambda m: m.evaluate([(X, Y)], batch_size=20), "`batch_size`.*sizes of its own"),
    (lambda m: m.predict([]), "at least one batch"),
    (lambda m: m.predict(X, batch_size=0), "`batch_size` must"),
    (lambda m: m.predict(X, steps=0), "`steps` must"),
    (lambda m: m.compile(loss="mse"), "`loss` must be left out"),
    (lambda m: m.compile(metrics=["accuracy"]), "`metrics` must be left out"),
    (lambda m: type(m).from_config(m.get_config()).fit(X, Y), "Call `compile` before"),
]
WRONG_WITH_CLASSES = [
    (lambda m: m.fit(X, NONE), "no labelled images"),
    (lambda m: m.fit(X, np.zeros((20, 3))), "no labelled images"),
    (lambda m: m.evaluate(X, NONE), "no labelled images"),
    (lambda m: m.evaluate([(X, NONE)]), "no labelled images"),
    (lambda m: m.fit(X, Y, validation_data=(X, NONE)), "no labelled images"),
    (lambda m: m.fit([X, X]), "images alone"),
]


@once("refused before a framework takes part")
def test_wrong_arguments_are_refused(model):
    cases = WRONG_ARGUMENTS + WRONG_WITH_CLASSES * bool(model.num_classes)
    for call, message in cases:
        with pytest.raises(ValueError, match=message):
            call(model)
