"""JAX: the call of a layer within that of another."""


def call(parent, layer, *inputs, training):
    """`layer(*inputs)` in the call of a layer that holds it, as fast as it can be.

    Args:
        parent: layer in whose call this happens.
        layer: layer.
        *inputs: tensors.
        training: bool that the call of `parent` was given.
    """
    del parent, training  # Keras passes it on.
    return layer(*inputs)
