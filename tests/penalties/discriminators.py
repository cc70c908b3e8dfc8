"""Discriminators of a few weights."""

import keras
from keras import ops


def original():
    """That of the golden penalties: two convolutions and a linear layer."""
    inputs = keras.Input((8, 8, 3))
    images = keras.layers.Conv2D(4, 3, strides=2, padding="same")(inputs)
    images = keras.layers.Conv2D(6, 3, padding="same")(ops.leaky_relu(images, 0.2))
    vectors = ops.reshape(ops.leaky_relu(images, 0.2), (-1, 96))
    return Wrapped(keras.Model(inputs, keras.layers.Dense(1)(vectors)))


class Wrapped(keras.layers.Layer):
    """A model of images as a discriminator: also takes labels and a mode."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.built = True

    def call(self, images, labels=None, training=False):
        return self.model(images, training=training), None


class OneHidden(keras.layers.Layer):
    """`tanh(x W + l V) · v`, whose derivatives one can write down."""

    def __init__(self, size=5, classes=2, hidden=4):
        super().__init__()
        self.first = self.add_weight(name="kernel", shape=(size, hidden))
        self.classes = self.add_weight(name="kernel", shape=(classes, hidden))
        self.last = self.add_weight(name="kernel", shape=(hidden, 1))
        self.built = True

    def call(self, images, labels=None, training=False):
        hidden = ops.matmul(images, self.first)
        if labels is not None:
            hidden = hidden + ops.matmul(labels, self.classes)
        return ops.matmul(ops.tanh(hidden), self.last), None
