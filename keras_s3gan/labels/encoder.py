"""The base class of models that train an encoder."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.labels.image_batches import ImageBatches
from keras_s3gan.labels.keras_interface import KerasInterface
from keras_s3gan.layers import data_formats
from keras_s3gan.layers.rotation import NUM_ROTATIONS, rotation_labels
from keras_s3gan.losses import (
    has_label,
    in_set,
    labelled_mean,
    partial_cross_entropy,
)


class EncoderModel(backend.TrainStep, KerasInterface, keras.Model):
    """Base class of models that train an encoder; reports the means of its losses.

    A subclass has `call` and `image_values`: losses and accuracies of each image. The
    loss is the sum of their means, weighted by `loss_weights`.

    If several devices share a batch, gradients and metrics are means over the devices.
    Use `keras_s3gan.layers.BatchNormalization` in the encoder: its moments then cover
    the whole batch, whereas those of Keras' layer cover one device's part.

    Args:
        encoder: `keras.Model` from images `[N, S, S, C]` in [-1, 1] to features
            `[N, D]`, or to `[N, H, W, D]`, which is averaged over height and width.
        augmentation: layer that is applied to images in training, or `None`.

    Raises:
        ValueError: if `encoder` is not a built `keras.Model`.

    Example:
        >>> class SmallFeatures(EncoderModel):
        ...     loss_weights = {"size": 1.0}
        ...     metric_names = ("size",)
        ...
        ...     def call(self, images, training=False):
        ...         return self.features(images, training=training)
        ...
        ...     def image_values(self, images, labels=None, training=False):
        ...         features = self(images, training=training)
        ...         return {"size": keras.ops.mean(keras.ops.square(features), axis=-1)}
        >>> model = SmallFeatures(encoder)
        >>> model.compile("adam")
        >>> model.fit(images, epochs=1)
        >>> sorted(model.evaluate(images, verbose=0, return_dict=True))
        ['loss', 'size']
    """

    # Names of what `image_values` gives in training, and the weights of the losses.
    metric_names: tuple[str, ...] = ()
    loss_weights: dict[str, float] = {}

    def __init__(self, encoder, augmentation=None, **kwargs):
        super().__init__(**kwargs)
        check_encoder(encoder)
        self.encoder = encoder
        self.augmentation = augmentation
        self.data_format = data_format_of(encoder)
        # Subclassed encoders have no `input_shape`.
        self.image_shape = tuple(getattr(encoder, "input_shape", [None] * 4)[1:])
        self._means = {
            name: keras.metrics.Mean(name=name) for name in self.metric_names
        }
        self._row_functions = {}

    @property
    def metrics(self):
        return list(self._means.values())

    @property
    def metrics_names(self):
        return ["loss", *self.metric_names]

    def get_metrics_result(self):
        return self._with_loss(
            {name: mean.result() for name, mean in self._means.items()}
        )

    def _with_loss(self, means):
        """Puts the loss before the means that it is made of."""
        parts = [
            weight * means[name]
            for name, weight in self.loss_weights.items()
            if name in means
        ]
        return {"loss": sum(parts), **means}

    @property
    def feature_dim(self):
        """Number of features per image."""
        return data_formats.channels(self.encoder.output_shape, self.data_format)

    def augmented(self, images, training):
        """Applies the augmentation to images in training."""
        if self.augmentation is None or not training:
            return images
        return self.augmentation(images, training=True)

    def features(self, images, training=False):
        """Computes feature vectors `[N, D]` of images."""
        features = self.encoder(images, training=training)
        if len(features.shape) == 2:
            return features
        return ops.mean(features, data_formats.spatial_axes(self.data_format))

    def image_values(self, images, labels=None, training=False):
        """Computes losses and accuracies of each image.

        Args:
            images: `[N, S, S, C]`, or what a batch of training holds.
            labels: `[N, num_classes]`, zeros for no label, if the model uses labels.
            training: bool.

        Returns:
            Dict from names, in training those of `metric_names`, to values `[N]`, or to
            pairs of values and the images' weights `[N]`, each 1 or 0.
        """
        raise TypeError(f"{type(self).__name__} must define `image_values`.")

    def step(self, data):
        """Runs one training step on the loss."""
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)

        def scaled_loss():
            means = self._track(self.image_values(images, labels, training=True))
            return self.optimizer.scale_loss(self._with_loss(means)["loss"]), ()

        _, gradients = backend.value_and_grad(
            scaled_loss,
            self.trainable_variables,
            [*self.variables, *self.metrics_variables, *self.optimizer.variables],
        )
        backend.apply_gradients(self.optimizer, gradients, self.trainable_variables)
        return self.get_metrics_result()

    def _track(self, values):
        """Adds values of images to the metrics; returns their means, by name."""
        pairs = _weighted(values)
        counts = backend.replica_mean(
            *[ops.sum(weight) for _, weight in pairs.values()]
        )
        means = {
            name: labelled_mean(*pair, count)
            for (name, pair), count in zip(pairs.items(), counts, strict=True)
        }
        for name, mean, count in zip(
            means, backend.replica_mean(*means.values()), counts, strict=True
        ):
            # What `update_state` does with scalars, in a tenth of the calls.
            self._means[name].total.assign_add(mean * count)
            self._means[name].count.assign_add(count)
        return means

    def _weighted_values(self, images, labels=None):
        return _weighted(self.image_values(images, labels))

    def _output_rows(self, images):
        """What `predict` gives, with one row per image."""
        return ops.cast(self(images, training=False), "float32")

    def _joined(self, rows):
        """What a call of the model gives, from rows of `_output_rows`."""
        return rows

    def _average_over_replicas(self):
        # Moments of Keras' own batch normalization differ between processes.
        own = [
            variable
            for variable in self.non_trainable_variables
            if variable.dtype.startswith("float")
        ]
        means = backend.replica_mean(*[variable.value for variable in own])
        for variable, mean in zip(own, means, strict=True):
            variable.assign(mean)

    def _training_batches(self, images, labels, batch_size, steps, order):
        """The data set of `fit` on arrays, one pass over them unless `steps` is set."""
        steps = steps or -(-len(images) // batch_size)
        return ImageBatches(images, batch_size, steps, **order)

    def get_config(self):
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "augmentation": keras.saving.serialize_keras_object(self.augmentation),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        parts = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("encoder", "augmentation")
        }
        return cls(**{**config, **parts})


def check_encoder(encoder):
    """Raises a `ValueError` unless `encoder` is a built `keras.Model`."""
    if not isinstance(encoder, keras.Model) or not encoder.built:
        raise ValueError(
            f"`encoder` must be a built keras.Model. Received: encoder={encoder}"
        )


def data_format_of(encoder):
    """Returns an encoder's `data_format`, or Keras' setting if it has none."""
    return getattr(encoder, "data_format", keras.config.image_data_format())


def class_values(logits, labels, partial=False):
    """Cross-entropy and accuracy of each image, weighted 0 without a label.

    Args:
        logits: `[N, num_classes]`.
        labels: `[N, num_classes]`, one-hot or soft, zeros for no label.
        partial: bool. Whether a row is a set of classes, one of which is right.

    Returns:
        Dict of `class_loss` and `class_accuracy`.
    """
    logits, weight = ops.cast(logits, "float32"), has_label(labels)
    classes = ops.argmax(logits, axis=-1)
    if partial:
        entropy = partial_cross_entropy(logits, labels)
        correct = in_set(classes, labels)
    else:
        entropy = ops.categorical_crossentropy(labels, logits, from_logits=True)
        correct = classes == ops.argmax(labels, axis=-1)
    return {
        "class_loss": (entropy, weight),
        "class_accuracy": (ops.cast(correct, "float32"), weight),
    }


def rotation_values(logits):
    """Cross-entropy and accuracy of each image, means over its four rotations.

    Args:
        logits: `[4N, 4]`, of `layers.rotations`.

    Returns:
        Dict of `rotation_loss` and `rotation_accuracy`, each `[N]`.
    """
    logits = ops.cast(logits, "float32")
    labels = rotation_labels(ops.shape(logits)[0] // NUM_ROTATIONS)
    entropy = ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    correct = ops.cast(ops.argmax(logits, axis=-1), "int32") == labels

    def mean(values):
        return ops.mean(ops.reshape(values, (NUM_ROTATIONS, -1)), axis=0)

    return {
        "rotation_loss": mean(entropy),
        "rotation_accuracy": mean(ops.cast(correct, "float32")),
    }


def _weighted(values):
    """Each value as a pair of values and weights."""
    return {
        name: value if isinstance(value, tuple) else (value, ops.ones_like(value))
        for name, value in values.items()
    }
