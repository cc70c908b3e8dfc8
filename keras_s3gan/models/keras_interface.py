"""What a Keras user calls: `compile`, `fit`, `evaluate`, `predict`."""

import keras
import numpy as np
from keras import ops

from keras_s3gan import backend, losses
from keras_s3gan.layers import data_formats
from keras_s3gan.models import batches
from keras_s3gan.models.adversarial_optimizer import (
    AdversarialOptimizer,
    exclude_from_weight_decay,
    unscaled,
    with_loss_scaling,
    without_weight_decay,
)
from keras_s3gan.models.evaluation import Evaluation
from keras_s3gan.validation import (
    callback_list,
    check_integer,
    refuse,
    split_arrays,
)

_BATCH_SIZE = 64


class KerasInterface:
    """Mixin of `GAN`: the methods of `keras.Model`, with its arguments.

    `fit` is Keras' own. `evaluate` and `predict` have the same callbacks and progress
    bar, but assign no variable, so that they cannot disturb a training.
    """

    def compile(
        self,
        generator_optimizer="adam",
        discriminator_optimizer="adam",
        loss="hinge",
        jit_compile="auto",
        run_eagerly=False,
        steps_per_execution=1,
    ):
        """Configures the training.

        Args:
            generator_optimizer: optimizer, name or configuration. With
                `gradient_accumulation_steps=n`, on both optimizers, an update is
                computed in n microbatches, with the memory of one; each microbatch has
                its own moments of batch normalization.
            discriminator_optimizer: likewise, another object.
            loss: name of a loss, or a `keras_s3gan.losses.AdversarialLoss`.
            jit_compile: bool, or `"auto"` for what is faster on the device in use.
            run_eagerly: bool. Run every step in Python, for debugging.
            steps_per_execution: int. Steps per call of the compiled function.

        Raises:
            ValueError: if an optimizer or the loss is not known, or the two optimizers
                do not fit each other or the networks' dtype.
        """
        self._jit_compile_as_given = jit_compile
        if jit_compile == "auto":
            jit_compile = backend.default_jit_compile() and not run_eagerly
        policies = [
            network.dtype_policy.name
            for network in (self.generator, self.discriminator)
        ]
        optimizers = [
            keras.optimizers.get(generator_optimizer),
            keras.optimizers.get(discriminator_optimizer),
        ]
        if "mixed_float16" in policies:
            optimizers = [with_loss_scaling(optimizer) for optimizer in optimizers]
        super().compile(
            optimizer=AdversarialOptimizer(*optimizers),
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
            # Each of the two scales the loss where its network needs that.
            auto_scale_loss=False,
        )
        self.adversarial_loss = losses.get(loss)
        self._check_top_k_loss()
        self.accumulated_batches = self.optimizer.accumulated_batches
        self.optimizer.build(
            self.generator.trainable_variables, self.discriminator_variables
        )
        self._evaluation = Evaluation(self)

    def get_compile_config(self):
        if not self.compiled:
            return None
        return {
            "generator_optimizer": keras.optimizers.serialize(self.optimizer.generator),
            "discriminator_optimizer": keras.optimizers.serialize(
                self.optimizer.discriminator
            ),
            "without_weight_decay": [
                without_weight_decay(*pair) for pair in self._trained(self.optimizer)
            ],
            "loss": keras.saving.serialize_keras_object(self.adversarial_loss),
            "jit_compile": self._jit_compile_as_given,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
        }

    def compile_from_config(self, config):
        config = dict(config)
        # Files of version 0.1 do not have it.
        excluded = config.pop("without_weight_decay", None)
        names = ("generator_optimizer", "discriminator_optimizer")
        config |= {name: keras.optimizers.get(config[name]) for name in names}
        if excluded:
            optimizers = AdversarialOptimizer(*(config[name] for name in names))
            pairs = self._trained(optimizers)
            for pair, found in zip(pairs, excluded, strict=True):
                exclude_from_weight_decay(*pair, found)
        self.compile(**config)

    def _trained(self, optimizer):
        """Pairs of an optimizer and the variables that it trains."""
        return [
            (optimizer.generator, self.generator.trainable_variables),
            (optimizer.discriminator, self.discriminator_variables),
        ]

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
    ):
        """Trains; arguments as in `keras.Model.fit`.

        Args:
            x: images `[N, …]` in [-1, 1], or anything that gives batches of
                `(images, labels)` of `discriminator_steps × batch_size` images.
            y: labels for an array of images: integers `[N]`, -1 for no label, or
                one-hot or soft labels `[N, num_classes]`, zeros for no label. Without
                classes they are not used.
            batch_size: int. Images per update, for arrays. Defaults to `64`.
            epochs, verbose, callbacks: as in Keras.
            validation_split: float in [0, 1). This fraction of the arrays, their last
                images, is held out as validation data.
            validation_data: `(images, labels)`, or images alone without classes, or
                what gives batches of them. `evaluate` runs on it at the end of an
                epoch; its values are logged with the prefix `val_`.
            shuffle: bool. `False` keeps the order of arrays; the images left over at
                the end of an epoch are then always the last ones.
            class_weight, sample_weight: must be `None`. Penalties, relativistic losses
                and rotations have no weight per image: let the data hold an image as
                often as it should count.
            initial_epoch, steps_per_epoch: as in Keras.
            validation_steps, validation_batch_size, validation_freq: as in Keras.

        Returns:
            A `keras.callbacks.History`.

        Raises:
            ValueError: if images or labels have a wrong shape, dtype or range, or an
                argument does not fit the data. Of training data that comes in batches
                each is checked before its step.
        """
        _refuse_weights(class_weight=class_weight, sample_weight=sample_weight)
        _check_callbacks(callbacks)
        if batch_size is not None:
            check_integer("batch_size", batch_size)
        backend.warn_of_startup()
        if validation_split and validation_data is None:
            (x, y), validation_data = split_arrays(x, y, validation_split)
        if validation_data is not None:
            validation_data = batches.ValidationData(
                validation_data, validation_batch_size or batch_size
            )
            self._check_arrays(validation_data.x, validation_data.y)
        is_array = self._check_arrays(x, y)
        if is_array and self._counted_variables:
            self.count_labels(ops.convert_to_numpy(y))
        self._check_counted()
        if is_array:
            x = batches.ArrayBatches(
                ops.convert_to_numpy(x),
                None if self.num_classes is None else ops.convert_to_numpy(y),
                (batch_size or _BATCH_SIZE) * self.discriminator_steps,
                None if self.seed is None else [self.seed, self.step_count],
                shuffle,
            )
            # The batches are in order, or shuffled, already.
            shuffle = False
        else:
            x = batches.data_set(x)
        first, x = batches.peek(x)
        self.check_data(first)
        self._check_trainable()
        count = len(first[0] if isinstance(first, (tuple, list)) else first)
        if batch_size is not None and count != batch_size * self.discriminator_steps:
            raise ValueError(
                "Data that comes in batches has a size of its own: leave `batch_size` "
                f"out. Received: batch_size={batch_size}, batches of {count} images"
            )
        if count != self._images_per_step:
            # The batch size is a constant of a traced step.
            self._images_per_step, self.train_function = count, None
        self.data_is_checked = is_array
        try:
            return super().fit(
                x,
                epochs=epochs,
                verbose=verbose,
                callbacks=callbacks,
                validation_data=None if validation_data is None else (validation_data,),
                shuffle=shuffle,
                initial_epoch=initial_epoch,
                steps_per_epoch=steps_per_epoch,
                validation_steps=validation_steps,
                validation_freq=validation_freq,
            )
        finally:
            self.data_is_checked = False

    def train_on_batch(
        self, x, y=None, sample_weight=None, class_weight=None, return_dict=False
    ):
        """One training step on a batch; arguments as in `fit`."""
        _refuse_weights(class_weight=class_weight, sample_weight=sample_weight)
        self._check_trainable()
        self._check_counted()
        # JAX would refuse some wrong labels first, in its own words.
        self.check_data((x, y))
        return super().train_on_batch(x, y, return_dict=return_dict)

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
        """Losses and accuracies of heads on real images; nothing is updated.

        All networks are in inference mode. The generated images are those of the
        generator in training, not the averaged one, of random latents that are the same
        in every call. Losses have no penalties. Where heads rotate images, they rotate
        all of them.

        Args:
            x: images `[N, …]` in [-1, 1], or anything that gives batches of
                `(images, labels)`.
            y: labels for an array of images, as in `fit`.
            batch_size: int. Images per batch, for arrays. The last batch may be
                smaller. Defaults to `64`.
            verbose, callbacks: as in Keras.
            sample_weight: must be `None`.
            steps: int or `None`. The most batches.
            return_dict: bool. Whether to return a dict from names to values.

        Returns:
            List of floats, in the order of `metric_names`, which are without those of
            penalties; or a dict. Each is a mean over the batches, weighted by the
            number of their images, or of their labelled images where it is about
            these.

        Raises:
            ValueError: if images or labels have a wrong shape, dtype or range, there is
                no batch, or the model is not compiled.
        """
        # Keras' `fit` alone passes the last argument; nothing is cached here.
        del _use_cached_eval_dataset
        _refuse_weights(sample_weight=sample_weight)
        if batch_size is not None:
            check_integer("batch_size", batch_size)
        if not self.compiled:
            raise ValueError(
                "Call `compile` before `evaluate`: it sets the loss. "
                "Received: a model that is not compiled"
            )
        if isinstance(x, batches.ValidationData):
            x, y, batch_size = x.x, x.y, x.batch_size
        if self._check_arrays(x, y):
            data, count = batches.slices(x, y, batch_size or _BATCH_SIZE, steps)
        else:
            data, count = batches.in_turn(batches.data_set(x), steps), steps
        callbacks = callback_list(self, callbacks, verbose, count)
        self.stop_evaluating = False
        totals, logs = self._evaluation.totals(), {}
        callbacks.on_test_begin()
        for index, batch in enumerate(data):
            callbacks.on_test_batch_begin(index)
            self._check_batch(batch)
            logs = totals.add(batch)
            callbacks.on_test_batch_end(index, logs)
            if self.stop_evaluating:
                break
        if not logs:
            raise ValueError("There must be at least one batch. Received: none")
        callbacks.on_test_end(logs)
        return logs if return_dict else list(logs.values())

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """As `evaluate`, on one batch."""
        return self.evaluate(
            x,
            y,
            max(1, len(x)),
            0,
            sample_weight=sample_weight,
            return_dict=return_dict,
        )

    def predict(self, x, batch_size=None, verbose="auto", steps=None, callbacks=None):
        """Images of the averaged generator, of labels. `generate` has more arguments.

        Args:
            x: labels, integers `[N]` or one-hot or soft `[N, num_classes]`, for images
                of fresh random latents; or a pair `(labels, latents)` with latents
                `[N, latent_dim]`. Without classes an array of length N, whose entries
                are not used, takes the place of labels.
            batch_size: int. Images per call of the network. Defaults to `64`.
            verbose, callbacks: as in Keras.
            steps: int or `None`. The most batches.

        Returns:
            float32 array `[N, H, W, C]` in [-1, 1], in the data format of the networks
            as what `fit` takes.

        Raises:
            ValueError: if `x` is images or data in batches, or labels or latents do not
                fit the generator.
        """
        labels, latents = self._prediction_inputs(x)
        batch_size = _BATCH_SIZE if batch_size is None else batch_size
        check_integer("batch_size", batch_size)
        if self.num_classes is None:
            labels = len(labels)
        inputs = self._generation_inputs(*self._generation_labels(labels), latents)
        if steps is not None:
            inputs = [array[: steps * batch_size] for array in inputs]
        callbacks = callback_list(
            self, callbacks, verbose, -(-len(inputs[0]) // batch_size)
        )
        self._check_average()
        self.stop_predicting = False
        outputs = []
        callbacks.on_predict_begin()
        found = self._batched_generators[True].batches(*inputs, batch_size=batch_size)
        for index, images in enumerate(found):
            callbacks.on_predict_batch_begin(index)
            outputs.append(images)
            callbacks.on_predict_batch_end(index, {"outputs": images})
            if self.stop_predicting:
                break
        callbacks.on_predict_end()
        return np.concatenate(outputs)

    def predict_on_batch(self, x):
        """As `predict`, of one batch."""
        labels, _ = self._prediction_inputs(x)
        return self.predict(x, batch_size=max(1, len(labels)), verbose=0)

    def export(self, filepath, format="tf_saved_model", **kwargs):
        """Exports the averaged generator; arguments as in `keras.Model.export`.

        The exported function takes what a generator takes: a list of latents
        `[N, latent_dim]` and, with classes, one-hot labels `[N, num_classes]`.

        Raises:
            ValueError: for a `"tf_saved_model"` on PyTorch, where Keras has none.
        """
        if format == "tf_saved_model" and keras.backend.backend() == "torch":
            raise ValueError(
                "On PyTorch Keras exports no 'tf_saved_model'. Save the model as a "
                ".keras file and export it on another backend. "
                f"Received: format={format!r}"
            )
        self._check_average()
        # Keras exports a network for inputs of the form of its last call.
        self.ema_generator(self._random_inputs(np.random.default_rng(0), 2))
        self.ema_generator.export(filepath, format=format, **kwargs)

    # Checks.

    def check_data(self, data):
        """Checks a batch of training data; `fit` calls it before each step.

        Args:
            data: `(images, labels)`, or `images` alone without classes.

        Raises:
            ValueError: if images or labels have a wrong shape, dtype or range, or a
                step cannot be made with this number of images.
        """
        self._check_batch(data)
        images = data[0] if isinstance(data, (tuple, list)) else data
        self._check_batch_size(len(images))

    def _check_trainable(self):
        """Checks that the optimizers know what is to be trained."""
        for optimizer, variables in (
            self._trained(self.optimizer) if self.compiled else ()
        ):
            known = unscaled(optimizer)._trainable_variables
            if [id(v) for v in known] != [id(v) for v in variables]:
                raise ValueError(
                    "`trainable` was changed after `compile`: call `compile` again. "
                    f"Received: {len(variables)} variables to train, of {len(known)}"
                )

    def _check_arrays(self, x, y):
        """Checks images and labels if `x` is an array, and returns whether it is."""
        if hasattr(x, "shape"):
            self._check_batch((x, y))
            return True
        if y is not None:
            raise ValueError(
                "What gives batches gives (images, labels), without `y`. "
                f"Received: x of type {type(x).__name__}, and y"
            )
        return False

    def _check_batch(self, batch):
        shape = data_formats.image_shape(*self.image_shape, self.data_format)
        batches.check_batch(batch, shape, self.num_classes)

    def _prediction_inputs(self, x):
        """What `predict` was given as `(labels, latents)`."""
        pair = isinstance(x, tuple) and len(x) == 2 and np.ndim(x[1]) == 2
        labels, latents = x if pair else (x, None)
        if not hasattr(labels, "shape") and not isinstance(labels, (list, tuple)):
            raise ValueError(
                "`predict` takes an array of labels, or (labels, latents). "
                "`generate` makes images of a number or of chosen latents. "
                f"Received: x={x}"
            )
        rank = np.ndim(labels)
        if rank == 4:
            raise ValueError(
                "`predict` takes labels and generates images of them, as `generate` "
                "does. `discriminate` and `predict_labels` are for images. "
                f"Received: x of shape {tuple(np.shape(labels))}"
            )
        if rank != 1 and (rank != 2 or self.num_classes is None):
            raise ValueError(
                "`predict` takes labels [N], or [N, num_classes] with classes, or a "
                f"pair (labels, latents). Received: x of shape {np.shape(labels)}"
            )
        return labels, latents


def _check_callbacks(callbacks):
    """Raises a `ValueError` for what is no callback, or cannot work with a GAN."""
    if callbacks is None or isinstance(callbacks, keras.callbacks.CallbackList):
        return
    for callback in keras.tree.flatten(callbacks):
        if not isinstance(callback, keras.callbacks.Callback):
            raise ValueError(
                "`callbacks` must be instances of `keras.callbacks.Callback`. "
                f"Received: {callback!r}"
            )
        if isinstance(callback, keras.callbacks.SwapEMAWeights):
            raise ValueError(
                "`SwapEMAWeights` swaps the weights of one optimizer. A GAN has an "
                "averaged generator, `ema_generator`, which `generate` and `predict` "
                "use. Received: SwapEMAWeights"
            )


def _refuse_weights(**arguments):
    refuse(
        "the losses of a GAN have no weight per image; let the data hold an image as "
        "often as it should count",
        **arguments,
    )
