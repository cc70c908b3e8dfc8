"""The network of the evaluation classifier and its training."""

import keras
import numpy as np

FEATURES = 128


def build_classifier(image_shape, num_classes, seed=0):
    """Builds a small convolutional classifier with two outputs, features and logits.

    Convolutions with stride 2 halve the image until it is at most 4 pixels wide. The
    128 features are the ReLU layer before the logits. The network is float32 and
    channels-last whatever Keras' global settings are, so that one file of weights gives
    the same features everywhere.

    Args:
        image_shape: `(H, W, C)`.
        num_classes: int.
        seed: int. Seed of the initial weights.

    Returns:
        A `keras.Model`: `[N, H, W, C]` in `[-1, 1]` to a dict of `features`
        `[N, 128]` and `logits` `[N, num_classes]`.
    """
    initializer = initializers(seed)
    image, features = trunk(image_shape, initializer)
    logits = keras.layers.Dense(
        num_classes, kernel_initializer=initializer(), name="logits", dtype="float32"
    )(features)
    model = keras.Model(image, {"features": features, "logits": logits})
    model.compile(jit_compile=jit_compile())
    return model


def initializers(seed):
    """Returns a callable that returns the next of a series of seeded initializers."""
    seeds = iter(np.random.SeedSequence(seed).generate_state(64))
    return lambda: keras.initializers.HeNormal(seed=int(next(seeds)))


def trunk(image_shape, initializer):
    """Builds the layers before the logits.

    Args:
        image_shape: `(H, W, C)`.
        initializer: callable without arguments that returns the next initializer.

    Returns:
        A pair of Keras tensors: the images and their features `[N, 128]`.
    """
    settings = {"dtype": "float32"}

    def convolution(x, filters, strides, name):
        x = keras.layers.Conv2D(
            filters,
            3,
            strides=strides,
            padding="same",
            use_bias=False,
            data_format="channels_last",
            kernel_initializer=initializer(),
            name=f"{name}_convolution",
            **settings,
        )(x)
        x = keras.layers.BatchNormalization(
            axis=-1, momentum=0.9, name=f"{name}_normalization", **settings
        )(x)
        return keras.layers.ReLU(name=f"{name}_relu", **settings)(x)

    image = keras.Input(image_shape, dtype="float32", name="image")
    x = convolution(image, 16, 2, "stage_0")
    size, stage, filters = -(-max(image_shape[:2]) // 2), 1, 32
    while size > 4:
        x = convolution(x, filters, 1, f"stage_{stage}_a")
        x = convolution(x, filters, 2, f"stage_{stage}_b")
        size, stage, filters = -(-size // 2), stage + 1, min(2 * filters, 128)
    x = keras.layers.Flatten(data_format="channels_last", name="flatten", **settings)(x)
    features = keras.layers.Dense(
        FEATURES,
        activation="relu",
        kernel_initializer=initializer(),
        name="features",
        **settings,
    )(x)
    return image, features


def train_classifier(model, images, labels, epochs, batch_size, seed, verbose=0):
    """Trains a classifier on images that are shifted at random.

    The order and the shifts of the images depend on `seed` alone, not on a global
    random state.

    Args:
        model: a model of `build_classifier`.
        images: `[N, H, W, C]`, float32 in `[-1, 1]`.
        labels: integers `[N]`.
        epochs: int.
        batch_size: int.
        seed: int.
        verbose: int. 1 shows Keras' progress bar.
    """
    batch_size = min(batch_size, len(images))
    steps = len(images) // batch_size
    decay = keras.optimizers.schedules.CosineDecay(2e-3, epochs * steps)
    trained = keras.Model(model.input, model.get_layer("logits").output)
    trained.compile(
        optimizer=keras.optimizers.Adam(decay),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=jit_compile(),
        # All layers are float32, whatever Keras' global policy is.
        auto_scale_loss=False,
    )
    batches = shifted_batches(images, labels, batch_size, seed)
    trained.fit(
        batches, steps_per_epoch=steps, epochs=epochs, shuffle=False, verbose=verbose
    )


def shifted_batches(images, labels, batch_size, seed):
    """Yields endless shuffled batches; images are shifted by up to 1/32 of a side."""
    random = np.random.default_rng(seed)
    largest = images.shape[1] // 32
    while True:
        order = random.permutation(len(images))
        for start in range(0, len(images) - batch_size + 1, batch_size):
            chosen = order[start : start + batch_size]
            shifts = random.integers(-largest, largest + 1, (batch_size, 2))
            batch = [
                _shifted(images[index], *shift)
                for index, shift in zip(chosen, shifts, strict=True)
            ]
            yield np.stack(batch), labels[chosen]


def _shifted(image, down, right):
    """Shifts an image; border pixels are repeated to fill the gap."""
    height, width = image.shape[:2]
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    columns = np.clip(np.arange(width) - right, 0, width - 1)
    return image[rows[:, None], columns]


def jit_compile():
    """Returns the `jit_compile` argument for the small networks of this package."""
    # On a CPU, XLA halves the speed of TensorFlow; torch.compile takes minutes.
    return "auto" if keras.backend.backend() == "jax" else False
