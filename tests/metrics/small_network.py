import keras


def small_network(seed=0, classes=None, dtype="float32", bias=0.0, size=8):
    """Features `[N, 6]` of images `[N, size, size, 3]`, and logits where asked for."""
    image = keras.Input((size, size, 3), name="image")
    x = keras.layers.Conv2D(
        6,
        3,
        data_format="channels_last",
        kernel_initializer=keras.initializers.HeNormal(seed=seed),
        bias_initializer=keras.initializers.Constant(bias),
        dtype=dtype,
        name="convolution",
    )(image)
    features = keras.layers.GlobalMaxPooling2D(
        data_format="channels_last", dtype="float32", name="pool"
    )(x)
    if not classes:
        return keras.Model(image, features, name="small")
    initializer = keras.initializers.HeNormal(seed=seed)
    logits = keras.layers.Dense(
        classes, kernel_initializer=initializer, dtype="float32", name="logits"
    )(features)
    return keras.Model(image, {"features": features, "logits": logits}, name="small")


class Subclassed(keras.Model):
    """A model without a configuration that is worth the name."""

    def __init__(self, units):
        super().__init__(name="subclassed")
        self.flatten = keras.layers.Flatten()
        self.dense = keras.layers.Dense(units, kernel_initializer="ones")

    def call(self, images):
        return self.dense(self.flatten(images))

    def get_config(self):
        raise NotImplementedError
