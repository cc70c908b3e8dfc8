"""`fit`, `evaluate` and `predict` with the arguments that Keras has for them."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import GAN, S3GAN
from tests.models.small import (
    CLASSES,
    LATENT,
    SIZE,
    assert_same,
    compiled_gan,
    data,
    make_gan,
    values,
)
from tests.once import once
from tests.tolerance import assert_close


class Log(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append((epoch, *sorted(logs)))

    def on_test_batch_end(self, batch, logs=None):
        self.seen.append((f"test {batch}", *logs))

    def on_predict_batch_end(self, batch, logs=None):
        self.seen.append((f"predict {batch}", logs["outputs"].shape[0]))


@once("callbacks and logs are of Keras, which has them alike on each")
def test_validation_as_keras_has_it():
    images, labels = data(20, labelled=1.0)
    log, gan = Log(), compiled_gan(model=GAN)
    names = gan.metric_names
    gan.fit(
        images,
        labels,
        batch_size=8,
        epochs=3,
        initial_epoch=1,
        validation_split=0.2,
        validation_freq=[3],
        validation_batch_size=3,
        callbacks=[log],
        verbose=0,
    )
    # 16 images are left for training, two steps an epoch.
    assert gan.step_count == 4
    with_validation = sorted([*names, *(f"val_{name}" for name in names)])
    assert log.seen == [
        (1, *sorted(names)),
        ("test 0", *names),
        ("test 1", *names),
        (2, *with_validation),
    ]
    expected = gan.evaluate(images[16:], labels[16:], verbose=0)
    found = [gan.history.history[f"val_{name}"][-1] for name in names]
    assert found == pytest.approx(expected, abs=1e-5)


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        images, labels = data(24)
        return images[8 * index :][:8], labels[8 * index :][:8]


@once("callbacks and logs are of Keras, which has them alike on each")
@pytest.mark.parametrize("steps", [None, 2])
def test_validation_on_batches(steps):
    gan = compiled_gan()
    history = gan.fit(
        Batches(),
        validation_data=Batches(),
        validation_steps=steps,
        epochs=2,
        verbose=0,
    ).history
    images, labels = data(24)
    count = 8 * (steps or 3)
    found = gan.evaluate(images[:count], labels[:count], 8, verbose=0, return_dict=True)
    assert found == {n: history[f"val_{n}"][-1] for n in found}


@once("NumPy takes the batches out of arrays")
def test_the_order_of_arrays():
    images, labels = data(16)
    images[:, 0, 0, 0] = np.arange(16) / 16
    seen = []
    for shuffle in (False, True):
        gan = compiled_gan(model=GAN)
        step = gan.step
        gan.step = lambda batch, step=step: (
            seen.append(batch[0][:, 0, 0, 0]) or step(batch)
        )
        for seed in (0, 1):
            # What Keras shuffles batches by.
            keras.utils.set_random_seed(seed)
            gan.fit(images, labels, batch_size=8, shuffle=shuffle, verbose=0)
            gan.steps.assign(0)
    rows = np.reshape([ops.convert_to_numpy(batch) for batch in seen], (4, 16)) * 16
    np.testing.assert_array_equal(rows[0], np.arange(16))
    np.testing.assert_array_equal(rows[1], np.arange(16))
    assert (rows[2] != np.arange(16)).any()
    np.testing.assert_array_equal(rows[3], rows[2])


@once("NumPy takes the batches out of arrays")
def test_no_batch_size_is_the_default():
    gan = compiled_gan(model=GAN)
    gan.fit(*data(64), batch_size=None, verbose=0)
    assert gan.step_count == 1


def fit_with(**kwargs):
    compiled_gan().fit(*data(), batch_size=8, verbose=0, **kwargs)


@once("arguments are refused before a framework takes part")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_with(class_weight={0: 2.0}), "`class_weight` must be left out"),
        (lambda: fit_with(sample_weight=np.ones(32)), "`sample_weight` must be left"),
        (lambda: fit_with(validation_split=1.5), "validation_split=1.5, 32 images"),
        (
            lambda: fit_with(validation_data=(*data(), np.ones(32))),
            "`validation_data` must be .images, labels.",
        ),
        (
            lambda: fit_with(validation_data=(data()[0] + 3, data()[1])),
            r"must be in \[-1, 1\]",
        ),
        (lambda: compiled_gan().fit(), "`x` must be an array"),
        (lambda: compiled_gan().fit(Batches(), data()[1]), "without `y`"),
        (lambda: compiled_gan().fit(Batches(), batch_size=4), "batch_size=4"),
        (
            lambda: compiled_gan().fit(Batches(), validation_split=0.1),
            "x of type Batches",
        ),
        (
            lambda: compiled_gan().fit([(*data(8), np.ones(8))], verbose=0),
            "without sample weights",
        ),
        (
            lambda: compiled_gan().train_on_batch(*data(8), class_weight={0: 2.0}),
            "`class_weight`",
        ),
        (
            lambda: compiled_gan().evaluate(*data(), sample_weight=np.ones(32)),
            "`sample_weight`",
        ),
        (lambda: compiled_gan().evaluate(*data(), steps=0), "at least one batch"),
        (lambda: compiled_gan().evaluate(data()[0]), "images alone"),
        (lambda: make_gan().evaluate(*data()), "Call `compile` before `evaluate`"),
        (lambda: compiled_gan().predict(data()[0]), "`discriminate` and `predict_lab"),
        (lambda: compiled_gan().predict(Batches()), "`generate` makes images"),
        (lambda: compiled_gan().predict([0, -1]), "label=-1"),
        (
            lambda: compiled_gan(num_classes=None).predict(np.zeros((3, LATENT))),
            r"x of shape \(3, 4\)",
        ),
    ],
)
def test_what_cannot_be_done_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@once("generate, which it calls, is tested on each")
def test_predict_generates_images_of_labels():
    gan, log = compiled_gan(), Log()
    labels = np.array([0, 1, 2, 0, 1], "int32")
    latents = gan.sample_latents(5, 3)
    images = gan.predict((labels, latents), 2, verbose=0, callbacks=[log])
    assert_close(images, gan.generate(labels, latents), 1e-6)
    assert log.seen == [("predict 0", 2), ("predict 1", 2), ("predict 2", 1)]
    assert gan.predict(np.eye(CLASSES), verbose=0).shape == (CLASSES, SIZE, SIZE, 1)
    # Other latents each time, and of training none.
    before = values(gan)
    one, other = (gan.predict(labels, verbose=0) for _ in range(2))
    assert np.abs(one - other).max() > 1e-4
    assert_same(values(gan), before)
    assert gan.predict(labels, 2, steps=2, verbose=0).shape[0] == 4
    assert gan.predict_on_batch(labels).shape == (5, SIZE, SIZE, 1)
    without = compiled_gan(num_classes=None)
    assert without.predict(np.zeros(3), verbose=0).shape == (3, SIZE, SIZE, 1)


def gan_of_seed_0(model=GAN):
    keras.utils.set_random_seed(0)
    return compiled_gan(model=model)


def assert_close_to(gan, other, tolerance):
    for found, (path, value) in zip(
        values(gan).values(), values(other).items(), strict=True
    ):
        assert_close(found, value, tolerance, path)


@pytest.mark.parametrize("model", [GAN, S3GAN])
def test_batches_of_other_sizes_are_trained(model):
    gan = gan_of_seed_0(model)
    images, labels = data(24)
    one, other = (images[:16], labels[:16]), (images[16:], labels[16:])
    gan.fit([one, other], epochs=2, shuffle=False, verbose=0)
    assert gan.step_count == 4
    twin = gan_of_seed_0(model)
    for _ in range(2):
        twin.train_on_batch(*one)
        twin.train_on_batch(*other)
    assert_close_to(gan, twin, 1e-5)


def test_every_batch_of_a_stream_is_checked():
    images, labels = data(8)
    wrong = {
        r"labels\[0\]=3": (images, np.full(8, CLASSES, "int32")),
        "must be finite": (images * np.nan, labels),
        r"must be in \[-1, 1\]": (images * 100, labels),
        r"shape \(8, 4, 8, 1\)": (images[:, :4], labels),
        r"must be \[8\]": (images, labels[:4]),
    }
    for message, batch in wrong.items():
        gan = compiled_gan(model=GAN)
        with pytest.raises(ValueError, match=message):
            gan.fit([(images, labels), batch], shuffle=False, verbose=0)
        assert gan.step_count == 1
        with pytest.raises(ValueError, match=message):
            gan.train_on_batch(*batch)
        before = values(gan)
        assert gan.step_count == 1
        assert all(np.isfinite(value).all() for value in before.values())


@pytest.mark.parametrize("frozen", ["generator", "discriminator"])
def test_a_frozen_network_stays(frozen):
    gan = make_gan(model=GAN)
    network = getattr(gan, frozen)
    learned = {variable.path for variable in network.trainable_variables}
    others = {variable.path for variable in gan.trainable_variables} - learned
    network.trainable = False
    gan.compile("adam", "adam")
    before = {v.path: ops.convert_to_numpy(v).copy() for v in gan.variables}
    gan.fit(*data(16), batch_size=8, verbose=0)
    for variable in gan.variables:
        same = np.array_equal(ops.convert_to_numpy(variable), before[variable.path])
        if variable.path in learned:
            assert same, variable.path
        if variable.path in others:
            assert not same, variable.path


@once("no framework takes part")
def test_freezing_needs_another_compile():
    gan = compiled_gan(model=GAN)
    gan.generator.trainable = False
    for call in (gan.fit, gan.train_on_batch):
        with pytest.raises(ValueError, match="call `compile` again"):
            call(*data(64))


@once("callbacks and files are of Keras, which has them alike on each")
def test_keras_callbacks_keep_and_restore(tmp_path):
    images, labels = data(16)
    arguments = {"batch_size": 8, "shuffle": False, "verbose": 0}
    whole = gan_of_seed_0()
    whole.fit(images, labels, epochs=4, **arguments)

    gan = gan_of_seed_0()
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    best = keras.callbacks.ModelCheckpoint(
        tmp_path / "{epoch}.keras", monitor="generator_loss", mode="min"
    )

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gan.fit(images, labels, epochs=4, callbacks=[backup, Interrupt()], **arguments)
    gan = gan_of_seed_0()
    gan.fit(images, labels, epochs=4, callbacks=[backup, best], **arguments)
    assert gan.step_count == 8
    assert_close_to(gan, whole, 0)
    assert_close_to(keras.saving.load_model(tmp_path / "4.keras"), whole, 0)


def test_a_loaded_model_goes_on_with_new_latents(tmp_path):
    images, labels = data(16)
    arguments = {"batch_size": 8, "shuffle": False, "verbose": 0}
    gan = gan_of_seed_0()
    gan.fit(images, labels, **arguments)
    gan.save(tmp_path / "gan.keras")
    gan.save_weights(tmp_path / "gan.weights.h5")
    other = gan_of_seed_0()
    other.load_weights(tmp_path / "gan.weights.h5")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    for one in (gan, other, loaded):
        one.fit(images, labels, **arguments)
    for one in (other, loaded):
        assert_close_to(one, gan, 1e-6)


def test_a_global_policy_trains():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = compiled_gan(model=GAN)
    finally:
        keras.config.set_dtype_policy("float32")
    assert gan.generator.dtype_policy.name == "mixed_float16"
    gan.fit(*data(16), batch_size=8, verbose=0)
    assert gan.step_count == 2
    for optimizer in (gan.optimizer.generator, gan.optimizer.discriminator):
        assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)


def test_export_is_the_averaged_generator(tmp_path):
    gan = compiled_gan(model=GAN)
    if keras.backend.backend() == "torch":
        with pytest.raises(ValueError, match="exports no 'tf_saved_model'"):
            gan.export(tmp_path / "generator")
        return
    gan.export(tmp_path / "generator", verbose=False)
    import tensorflow as tf

    labels = np.array([0, 1, 2, 0, 1], "int32")
    latents = gan.sample_latents(5)
    # Variables are deleted with what was loaded.
    loaded = tf.saved_model.load(tmp_path / "generator")
    images = loaded.serve(
        [tf.constant(latents), tf.constant(np.eye(3, dtype="float32")[labels])]
    )
    assert_close(images.numpy(), gan.generate(labels, latents), 1e-5)


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


def test_a_call_that_fails_leaves_the_model_as_it_was(monkeypatch):
    gan = compiled_gan(model=GAN)
    images, labels = data(64)

    def broken(*args):
        raise RuntimeError("no such loss")

    with monkeypatch.context() as patch:
        patch.setattr(gan, "discriminator_loss", broken)
        learned = [ops.convert_to_numpy(w).copy() for w in gan.trainable_weights]
        # While the first step is traced. PyTorch has drawn latents by then.
        for call in (gan.fit, gan.evaluate, gan.train_on_batch):
            with pytest.raises(RuntimeError, match="no such loss"):
                call(images, labels)
        for weight, value in zip(gan.trainable_weights, learned, strict=True):
            assert_close(weight, value, 0, weight.path)

    images, labels = images[:8], labels[:8]
    before = values(gan)
    for steps in (0, 1):
        with pytest.raises(OSError, match="disk"):
            gan.evaluate(failing([(images, labels)] * steps), verbose=0)
    for moment in ("on_test_begin", "on_test_batch_end", "on_predict_batch_end"):
        with pytest.raises(KeyboardInterrupt):
            if "test" in moment:
                gan.evaluate(images, labels, verbose=0, callbacks=[Stop(moment)])
            gan.predict(np.array([0, 1]), verbose=0, callbacks=[Stop(moment)])
    assert_same(values(gan), before)

    # A step is counted where it was finished.
    for moment, steps in (
        ("on_train_batch_begin", 0),
        ("on_train_batch_end", 1),
        ("on_epoch_end", 2),
        ("on_test_batch_end", 3),
    ):
        with pytest.raises(KeyboardInterrupt):
            gan.fit(
                images,
                labels,
                batch_size=8,
                verbose=0,
                validation_data=(images, labels),
                callbacks=[Stop(moment)],
            )
        assert gan.step_count == steps
    # TensorFlow has an error of its own for it.
    with pytest.raises(Exception, match="the disk is gone"):
        gan.fit(failing([(images, labels)] * 2), shuffle=False, verbose=0)
    assert gan.step_count >= 3
    assert all(np.isfinite(value).all() for value in values(gan).values())
    gan.fit(images, labels, batch_size=8, verbose=0)
    assert gan.generate([0]).shape == (1, SIZE, SIZE, 1)
