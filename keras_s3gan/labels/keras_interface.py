"""What a Keras user calls on a model that trains an encoder."""

import functools
import itertools

import keras
import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.labels import streams
from keras_s3gan.validation import (
    callback_list,
    check_image_batch,
    check_integer,
    check_labels,
    refuse,
    split_arrays,
)

_BATCH_SIZE = 64
_NO_LABEL = (
    "At least one image must have a label. Received: no labelled images, all are -1"
)


class KerasInterface:
    """Mixin of `EncoderModel`: the methods of `keras.Model`, with its arguments.

    `fit` is Keras' own. `evaluate` and `predict` have the same callbacks and progress
    bar, but assign no variable, so that they cannot disturb a training.
    """

    # Classes of the labels, `None` for a model that uses none.
    num_classes: int | None = None

    def compile(
        self,
        optimizer="adam",
        jit_compile="auto",
        run_eagerly=False,
        steps_per_execution=1,
        **kwargs,
    ):
        """Sets the optimizer. The loss and the metrics are fixed by the model.

        Args:
            optimizer: Keras optimizer, or its name. With float16 it is wrapped in a
                `LossScaleOptimizer`.
            jit_compile: bool, or `"auto"` for what is faster on the backend and device.
            run_eagerly: bool. Run every step in Python, for debugging.
            steps_per_execution: int. Steps per call of the compiled function.
            **kwargs: further arguments of `keras.Model.compile`; must be `None`.

        Raises:
            ValueError: if there are further arguments, or the optimizer is not known.
        """
        refuse("the loss and the metrics are fixed by the model", **kwargs)
        self._jit_compile_as_given = jit_compile
        if jit_compile == "auto":
            jit_compile = backend.default_jit_compile() and not run_eagerly
        optimizer = keras.optimizers.get(optimizer)
        scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        if "mixed_float16" in _policies(self) and not scaled:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        super().compile(
            optimizer=optimizer,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
        )
        self.optimizer.build(self.trainable_variables)
        self._compiled_for = tuple(map(id, self.trainable_variables))

    def get_compile_config(self):
        if not self.compiled:
            return None
        return {
            "optimizer": keras.optimizers.serialize(self.optimizer),
            "jit_compile": self._jit_compile_as_given,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
        }

    def compile_from_config(self, config):
        optimizer = keras.optimizers.deserialize(config["optimizer"])
        self.compile(**{**config, "optimizer": optimizer})

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
        steps_per_epoch=None,
        validation_steps=None,
        validation_batch_size=None,
        validation_freq=1,
        seed=0,
        **sizes,
    ):
        """Trains the model; arguments as in `keras.Model.fit`.

        Args:
            x: images `[N, …]` in [-1, 1]; with `y` also images that are indexed like an
                array; or anything that gives batches, every one of which is checked.
            y: labels of the images, if the model uses labels: integers `[N]`, -1 for no
                label, or one-hot or soft labels `[N, num_classes]`, zeros for no label.
            batch_size: int. Images per step, not for data in batches. Defaults to `64`.
            epochs, verbose, callbacks: as in Keras.
            validation_split: float in [0, 1). This fraction of the images, the last
                ones, is held out as validation data.
            validation_data: `(images, labels)`, images alone if the model uses no
                labels, or what gives batches of them. `evaluate` runs on it at the end
                of an epoch; its values are logged with the prefix `val_`.
            shuffle: bool. `False` keeps the order of images, or of a `PyDataset`.
            class_weight, sample_weight: must be `None`. Let the data hold an image as
                often as it should count.
            initial_epoch: as in Keras.
            steps_per_epoch: int. Defaults to one pass over the images. Data in batches
                without a length needs it if there are several epochs.
            validation_steps, validation_batch_size, validation_freq: as in Keras.
            seed: int. Seed of the order of images.
            **sizes: further arguments of a model.

        Returns:
            A `keras.callbacks.History`.

        Raises:
            ValueError: if images or labels have a wrong shape, dtype or range, no image
                has a label where the model needs one, or an argument does not fit.
        """
        _refuse_weights(class_weight=class_weight, sample_weight=sample_weight)
        self._check_compiled()
        backend.warn_of_startup()
        if steps_per_epoch is not None:
            check_integer("steps_per_epoch", steps_per_epoch)
        if validation_split and validation_data is None:
            (x, y), validation_data = split_arrays(x, y, validation_split)
        if validation_data is not None:
            self._hold_out(validation_data, validation_batch_size or batch_size)
            # Keras takes one array in its place, and calls `evaluate` with it.
            validation_data = (np.zeros((1, 1), "float32"),)
        errors, several = [], epochs - initial_epoch > 1
        if self._is_arrays(x, y):
            images, labels = self._check_arrays(x, y)
            batch_size = self._checked_size(batch_size)
            order = {"seed": seed, "shuffle": shuffle}
            x = self._training_batches(
                images, labels, batch_size, steps_per_epoch, order, **sizes
            )
            # The batches are in order, or shuffled, already.
            steps_per_epoch, shuffle = None, False
        else:
            _check_stream(x, y, batch_size=batch_size, **sizes)
        shuffle = shuffle and isinstance(x, keras.utils.PyDataset)
        x = streams.checked(
            x, self._training_batch, errors, several or steps_per_epoch is not None
        )
        if several and steps_per_epoch is None and not hasattr(x, "num_batches"):
            raise ValueError(
                "Data without a length needs `steps_per_epoch` if there are several "
                f"epochs. Received: steps_per_epoch=None, epochs={epochs}"
            )
        try:
            history = super().fit(
                x,
                epochs=epochs,
                verbose=verbose,
                callbacks=callbacks,
                validation_data=validation_data,
                shuffle=bool(shuffle and x.num_batches),
                initial_epoch=initial_epoch,
                steps_per_epoch=steps_per_epoch,
                validation_steps=validation_steps,
                validation_freq=validation_freq,
            )
        except Exception:
            # TensorFlow has an error of its own for what fails in the data.
            if errors:
                raise errors[0] from None
            raise
        self._average_over_replicas()
        return history

    def train_on_batch(
        self, x, y=None, sample_weight=None, class_weight=None, return_dict=False
    ):
        """One training step on a batch as in `fit`; arguments as in Keras."""
        _refuse_weights(class_weight=class_weight, sample_weight=sample_weight)
        self._check_compiled()
        logs = super().train_on_batch(*self._training_batch((x, y)), return_dict=True)
        return logs if return_dict else [logs[name] for name in self.metrics_names]

    def evaluate(
        self,
        x=None,
        y=None,
        batch_size=None,
        verbose="auto",
        sample_weight=None,
        steps=None,
        callbacks=None,
        return_dict=False,
        _use_cached_eval_dataset=False,
    ):
        """Losses and accuracies on images, in inference mode; nothing is updated.

        Args:
            x: images `[N, …]` in [-1, 1], or anything that gives batches of
                `(images, labels)`.
            y: labels of the images, as in `fit`.
            batch_size: int. Images per batch, not for data in batches. Defaults to
                `64`.
            verbose, callbacks: as in Keras.
            sample_weight: must be `None`.
            steps: int or `None`. The most batches.
            return_dict: bool. Whether to return a dict from names to values.

        Returns:
            List of floats, in the order of `metrics_names`, or a dict. Each is a mean
            over all images, or over the labelled ones where it is about classes.
            Consistency, which needs an augmentation, is left out.

        Raises:
            ValueError: if images or labels have a wrong shape, dtype or range, there is
                no batch, or no image has a label where the model needs one.
        """
        _refuse_weights(sample_weight=sample_weight)
        batches_of = functools.partial(self._batches, x, y, batch_size)
        if _use_cached_eval_dataset:
            # Called by `fit`.
            batches_of = self._held_out
        batches, count = batches_of(steps)
        callbacks = callback_list(self, callbacks, verbose, count)
        self.stop_evaluating = False
        sums, logs = {}, {}
        callbacks.on_test_begin()
        for index, rows in enumerate(self._rows(self._weighted_values, batches)):
            callbacks.on_test_batch_begin(index)
            for name, (values, weights) in rows.items():
                pair = np.array([np.dot(values, weights), weights.sum()], "float64")
                sums[name] = sums.get(name, 0.0) + pair
            logs = self._with_loss(
                {
                    name: float(sums[name][0] / max(sums[name][1], 1))
                    for name in self.metric_names
                    if name in sums
                }
            )
            callbacks.on_test_batch_end(index, logs)
            if self.stop_evaluating:
                break
        if not logs:
            raise ValueError(streams.NO_BATCH)
        if not all(weight for _, weight in sums.values()):
            raise ValueError(_NO_LABEL)
        callbacks.on_test_end(logs)
        return logs if return_dict else list(logs.values())

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """As `evaluate`, on one batch."""
        return self.evaluate(
            x,
            y,
            batch_size=len(self._checked_images(x)),
            verbose=0,
            sample_weight=sample_weight,
            return_dict=return_dict,
        )

    def predict(self, x, batch_size=None, verbose="auto", steps=None, callbacks=None):
        """What the model gives for images, in inference mode.

        Args:
            x: images `[N, …]` in [-1, 1], or anything that gives batches of images, or
                of `(images, labels)`, whose labels are not used.
            batch_size: int. Images per batch, not for data in batches. Defaults to
                `64`.
            verbose, callbacks: as in Keras.
            steps: int or `None`. The most batches.

        Returns:
            float32 array, as a call of the model on all images gives it.

        Raises:
            ValueError: if images have a wrong shape, dtype or range, or there are none.
        """
        batches, count = self._batches(x, None, batch_size, steps, with_labels=False)
        callbacks = callback_list(self, callbacks, verbose, count)
        self.stop_predicting = False
        outputs = []
        callbacks.on_predict_begin()
        for index, rows in enumerate(self._rows(self._output_rows, batches)):
            callbacks.on_predict_batch_begin(index)
            outputs.append(rows)
            callbacks.on_predict_batch_end(index, {"outputs": self._joined(rows)})
            if self.stop_predicting:
                break
        if not outputs:
            raise ValueError(streams.NO_BATCH)
        callbacks.on_predict_end()
        return self._joined(np.concatenate(outputs))

    def predict_on_batch(self, x):
        """As `predict`, of one batch."""
        return self.predict(x, batch_size=len(self._checked_images(x)), verbose=0)

    # Batches.

    def _hold_out(self, data, batch_size):
        """Keeps validation data for `evaluate`, and checks it if it is arrays."""
        x, y, weights = data, None, None
        if isinstance(data, tuple):
            x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        _refuse_weights(sample_weight=weights)
        if self._is_arrays(x, y):
            self._check_arrays(x, y)
        self._held_out = functools.partial(self._batches, x, y, batch_size)

    def _batches(self, x, y, batch_size, steps, with_labels=True):
        """Checked batches in order, and their number, `None` if it is not known."""
        check = functools.partial(self._checked_batch, with_labels=with_labels)
        if steps is not None:
            check_integer("steps", steps)
        if not self._is_arrays(x, y):
            _check_stream(x, y, batch_size=batch_size)
            return itertools.islice(streams.in_turn(x, check), steps), steps
        size = self._checked_size(batch_size)
        images, labels = self._check_arrays(x, y, with_labels)
        starts = range(0, len(images), size)[:steps]
        rows = (np.arange(start, min(start + size, len(images))) for start in starts)
        data = (
            (images[part], None if labels is None else labels[part]) for part in rows
        )
        return map(check, data), len(starts)

    def _rows(self, function, batches):
        """Yields the outputs of a function of independent rows, batch by batch."""
        name = function.__name__
        if name not in self._row_functions:
            self._row_functions[name] = backend.batched(function, self.variables)
        run, size = self._row_functions[name], 0
        for batch in batches:
            count = len(batch[0])
            # A smaller batch is padded: nothing is compiled for it.
            size = max(size, count)
            rows = np.resize(np.arange(count), size)
            outputs = run(*[array[rows] for array in batch], batch_size=size)
            yield keras.tree.map_structure(lambda a, count=count: a[:count], outputs)

    # Checks.

    def _check_compiled(self):
        if not self.compiled:
            raise ValueError(
                "Call `compile` before the training: it sets the optimizer. "
                "Received: a model that is not compiled"
            )
        trainable = self.trainable_variables
        if not trainable:
            raise ValueError(
                "A model needs a trainable weight. Received: all weights are frozen"
            )
        if tuple(map(id, trainable)) != self._compiled_for:
            raise ValueError(
                "Call `compile` again after a change of `trainable`. "
                f"Received: {len(trainable)} trainable weights, and "
                f"{len(self._compiled_for)} in `compile`"
            )

    def _is_arrays(self, x, y):
        """Whether `x` is an array, or indexed like one and has labels."""
        if hasattr(x, "shape") or y is None:
            return hasattr(x, "shape")
        streams_and_lists = (keras.utils.PyDataset, list, tuple, dict, str)
        indexed = hasattr(x, "__getitem__") and hasattr(x, "__len__")
        return indexed and not isinstance(x, streams_and_lists)

    def _check_arrays(self, images, labels, with_labels=True):
        """Images, unless they are only indexed like an array, and labels as arrays."""
        if hasattr(images, "shape"):
            images = self._checked_images(images)
        if self.num_classes is None or not with_labels:
            return images, None
        labels = self._checked_labels(labels, len(images))
        if not is_labelled(labels).any():
            raise ValueError(_NO_LABEL)
        return images, labels

    def _checked_batch(self, batch, with_labels=True):
        """A batch as `(images,)`, or as `(images, labels)` with one-hot labels."""
        images, labels = parts_of(batch)
        images = self._checked_images(images)
        if self.num_classes is None or not with_labels:
            return (images,)
        return images, self._one_hot(self._checked_labels(labels, len(images)))

    def _training_batch(self, batch):
        """A batch as `step` takes it; raises a `ValueError` if it is wrong."""
        return self._checked_batch(batch)

    def _checked_images(self, images):
        if not hasattr(images, "shape"):
            raise ValueError(
                "Images must be an array or a tensor [N, …], or come in batches of "
                f"them. Received: images of type {type(images).__name__}"
            )
        images = ops.convert_to_numpy(images)
        check_image_batch(images, self.image_shape)
        return images.astype("float32", copy=False)

    def _checked_labels(self, labels, count):
        if labels is None:
            raise ValueError(
                f"A model of {self.num_classes} classes takes (images, labels), with "
                "-1 for images without a label. Received: images alone"
            )
        if ops.is_tensor(labels):
            labels = ops.convert_to_numpy(labels)
        return check_labels(labels, count, self.num_classes)

    def _one_hot(self, labels):
        if labels.ndim == 2:
            return labels
        return (labels[:, None] == np.arange(self.num_classes)).astype("float32")

    def _checked_size(self, batch_size, name="batch_size"):
        if batch_size is None:
            return _BATCH_SIZE
        check_integer(name, batch_size)
        return batch_size


def is_labelled(labels):
    """Whether images have a label, `[N]`, from labels of `check_labels`."""
    return labels.any(axis=1) if labels.ndim == 2 else labels >= 0


def parts_of(batch):
    """A batch as `(images, labels)`, the labels `None` if there are none."""
    parts = batch if isinstance(batch, (tuple, list)) else (batch,)
    if not 1 <= len(parts) <= 3:
        raise ValueError(
            "A batch must be (images, labels), or images alone. "
            f"Received: a batch of {len(parts)} parts"
        )
    images, labels, weights = (*parts, None, None)[:3]
    _refuse_weights(sample_weight=weights)
    return images, labels


def _check_stream(x, y, **of_arrays):
    """Raises a `ValueError` for arguments that belong to arrays."""
    if x is None or y is not None:
        raise ValueError(
            "`x` must be an array of images, with their labels as `y`, or what gives "
            "batches of (images, labels), without `y`. "
            f"Received: x of type {type(x).__name__}"
        )
    refuse("data that comes in batches has sizes of its own", **of_arrays)


def _refuse_weights(**arguments):
    refuse("let the data hold an image as often as it should count", **arguments)


def _policies(layer):
    """Names of the dtype policies of a layer and of all layers in it."""
    own = {layer.dtype_policy.name}
    return own.union(*map(_policies, getattr(layer, "layers", ())))
