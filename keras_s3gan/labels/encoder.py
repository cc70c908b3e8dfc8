"""What the models of this room share: an encoder, its features, an augmentation."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import data_formats


class EncoderModel(backend.TrainStep, keras.Model):
    """Base: a model around an encoder, whose losses are tracked as means.

    Where replicas share every batch, gradients and what is tracked are means over them.
    An encoder should normalize with `keras_s3gan.layers.BatchNormalization`, whose
    moments are those of the whole batch then; Keras' own are each replica's.

    Args:
        encoder: `keras.Model` from images `[N, S, S, C]` in [-1, 1] to features
            `[N, D]`, or `[N, H, W, D]`, which are averaged over the places.
        augmentation: layer that is applied to images in training, or `None`.

    Raises:
        ValueError: if `encoder` is no `keras.Model` that is built.
    """

    tracked = ()

    def __init__(self, encoder, augmentation=None, **kwargs):
        super().__init__(**kwargs)
        check_encoder(encoder)
        self.encoder = encoder
        self.augmentation = augmentation
        self.data_format = data_format_of(encoder)
        self._means = {name: keras.metrics.Mean(name=name) for name in self.tracked}

    @property
    def metrics(self):
        return list(self._means.values())

    def compile(self, optimizer="adam", jit_compile="auto", **kwargs):
        """As in `keras.Model.compile`; the loss is the model's own.

        Args:
            jit_compile: bool, or `"auto"` for what pays on the backend and the device.
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
        """Length of a feature vector."""
        return data_formats.channels(self.encoder.output_shape, self.data_format)

    def augmented(self, images, training):
        """The images, changed by the augmentation in training."""
        if self.augmentation is None or not training:
            return images
        return self.augmentation(images, training=True)

    def features(self, images, training=False):
        """Feature vectors `[N, D]` of images."""
        features = self.encoder(images, training=training)
        if len(features.shape) == 2:
            return features
        return ops.mean(features, data_formats.spatial_axes(self.data_format))

    def fit(self, *args, **kwargs):
        """Trains; arguments as in `keras.Model.fit`."""
        history = super().fit(*args, **kwargs)
        # Such moments must not depend on the process afterwards.
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
        """One training step, of whatever `compute_loss` says."""
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
        """Adds to the epoch's means."""
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
    """Refuses anything but a built `keras.Model`."""
    if not isinstance(encoder, keras.Model) or not encoder.built:
        raise ValueError(
            "`encoder` must be a keras.Model with a known input shape. "
            f"Received: encoder={encoder}"
        )


def data_format_of(encoder):
    """Where an encoder has its channels: as it says, else Keras' setting."""
    return getattr(encoder, "data_format", keras.config.image_data_format())


def accuracy(labels, logits):
    """Share of the logits whose largest is that of the label."""
    correct = ops.cast(ops.argmax(logits, axis=-1), "int32") == labels
    return ops.mean(ops.cast(correct, "float32"))
