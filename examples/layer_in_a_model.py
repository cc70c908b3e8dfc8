"""A layer of this package in a model of your own: spectral normalization.

    python examples/layer_in_a_model.py

Fits a small regression twice, without and with spectral normalization, and prints the
largest singular value of each kernel: with it no layer stretches what it gets by more
than 1, so that the model is smooth. KERAS_BACKEND chooses the backend.
"""

import argparse

import keras
import numpy as np

from keras_s3gan.layers import SpectralNormalization


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--examples", type=int, default=1000)
    options = parser.parse_args(arguments)

    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    x = random.uniform(-1, 1, (options.examples, 8)).astype("float32")
    y = np.sin(5 * x.sum(axis=1, keepdims=True))
    for name, wrapper in (("plain", lambda layer: layer), ("normalized", normalized)):
        model = keras.Sequential(
            [
                keras.Input((8,)),
                wrapper(keras.layers.Dense(64, "relu")),
                wrapper(keras.layers.Dense(64, "relu")),
                wrapper(keras.layers.Dense(1)),
            ]
        )
        model.compile(keras.optimizers.Adam(3e-3), "mse")
        model.fit(x, y, batch_size=50, epochs=options.epochs, verbose=0)
        error = model.evaluate(x, y, verbose=0)
        stretches = ", ".join(f"{stretch(layer):.2f}" for layer in model.layers)
        print(f"{name}: error {error:.3f}, largest singular values {stretches}")


def normalized(layer):
    # More power iterations per step than a GAN needs, for an exact figure.
    return SpectralNormalization(layer, power_iterations=5)


def stretch(layer):
    """How much longer a layer can make the difference of two inputs, at most."""
    if isinstance(layer, SpectralNormalization):
        kernel = layer.normalized_kernel()
    else:
        kernel = layer.kernel
    return np.linalg.norm(keras.ops.convert_to_numpy(kernel), 2)


if __name__ == "__main__":
    main()
