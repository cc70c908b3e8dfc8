"""The base class of models that train an encoder."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import data_formats


class EncoderModel(backend.TrainStep, keras.Model):
    """Base class of models that train an encoder; reports the means of its losses.

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
        >>> class Reconstruction(EncoderModel):
        ...     metric_names = ("loss",)
        ...
        ...     def call(self, images, training=False):
        ...         return self.features(images, training=training)
        ...
        ...     def compute_loss(self, x=None, y=None, y_pred=None, **kwargs):
        ...         return keras.ops.mean(keras.ops.square(y_pred))
        >>> Reconstruction(encoder)(images).shape
        (64, 8)
    """

    metric_names: tuple[str, ...] = ()
    data_is_checked = True

    def __init__(self, encoder, augmentation=None, **kwargs):
        super().__init__(**kwargs)
        check_encoder(encoder)
        self.encoder = encoder
        self.augmentation = augmentation
        self.data_format = data_format_of(encoder)
        self._means = {
            name: keras.metrics.Mean(name=name) for name in self.metric_names
        }

    @property
    def metrics(self):
        return list(self._means.values())

    def compile(self, optimizer="adam", jit_compile="auto", **kwargs):
        """Sets the optimizer. The loss is fixed by the model.

        Args:
            optimizer: Keras optimizer, or its name.
            jit_compile: bool, or `"auto"` for what is faster on the backend and device.
            **kwargs: further arguments of `keras.Model.compile`.
        """
        if jit_compile == "auto":
            jit_compile = backend.default_jit_compile()
        super().compile(optimizer=optimizer, jit_compile=jit_compile, **kwargs)
        self.optimizer.build(self.trainable_variables)

    def get_compile_config(self):
        if not self.compiled:
            return None
        return {"optimizer": keras.optimizers.serialize(self.optimizer)}

    def compile_from_config(self, config):
        self.compile(keras.optimizers.deserialize(config["optimizer"]))

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

    def fit(self, *args, **kwargs):
        """Trains the model; arguments as in `keras.Model.fit`."""
        history = super().fit(*args, **kwargs)
        # Moments of Keras' own batch normalization differ between processes.
        own = [
            variable
            for variable in self.non_trainable_variables
            if variable.dtype.startswith("float")
        ]
        means = backend.replica_mean(*[variable.value for variable in own])
        for variable, mean in zip(own, means, strict=True):
            variable.assign(mean)
        return history

    def step(self, data):
        """Runs one training step on the loss of `compute_loss`."""
        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)

        def scaled_loss():
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
            return self.optimizer.scale_loss(loss), ()

        _, gradients = backend.value_and_grad(
            scaled_loss,
            self.trainable_variables,
            [*self.variables, *self.metrics_variables, *self.optimizer.variables],
        )
        backend.apply_gradients(self.optimizer, gradients, self.trainable_variables)
        return self.get_metrics_result()

    def track(self, **values):
        """Updates the means of metrics, by name."""
        means = backend.replica_mean(*map(ops.convert_to_tensor, values.values()))
        for name, mean in zip(values, means, strict=True):
            self._means[name].update_state(mean)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return self.get_metrics_result()

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


def accuracy(labels, logits):
    """Computes the fraction of logits that are largest for the label."""
    correct = ops.cast(ops.argmax(logits, axis=-1), "int32") == labels
    return ops.mean(ops.cast(correct, "float32"))
