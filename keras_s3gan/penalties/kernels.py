"""Penalties on the kernels of a network."""

import keras
from keras import ops

from keras_s3gan.penalties.penalty import Penalty

_TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)


def kernels_of(network, exclude=()):
    """The trainable kernels of a network, before any kernel normalization.

    Args:
        network: a Keras layer.
        exclude: names of layers whose kernels are left out.

    Raises:
        ValueError: if the network has no such kernels.
    """
    found = [
        variable
        for variable in network.trainable_variables
        if variable.name == "kernel"
        and not set(exclude).intersection(variable.path.split("/"))
    ]
    if not found:
        raise ValueError(
            "A penalty on kernels needs a network with trainable kernels. "
            f"Received: network={network.name}"
        )
    return found


def _transposed_kernels(network):
    """Ids of the kernels of transposed convolutions."""
    return {
        id(layer.kernel)
        for layer in network._flatten_layers()
        if isinstance(layer, _TRANSPOSED)
    }


def _matrix(kernel, transposed):
    """A kernel as a matrix with one column per filter."""
    value = ops.convert_to_tensor(kernel)
    if transposed:
        # Its output channels come before the input channels.
        value = ops.swapaxes(value, -1, -2)
    return ops.reshape(value, (-1, value.shape[-1]))


@keras.saving.register_keras_serializable("keras_s3gan")
class L2(Penalty):
    """Penalizes large weights: the mean over the kernels of `sum(W²) / 2`.

    Call arguments:
        network: a Keras layer.

    Returns:
        A scalar in float32.

    Raises:
        ValueError: if the network has no kernels.

    Example:
        >>> gan = GAN(generator, discriminator, penalty="l2", generator_penalty="l2")

    Reference:
        - Kurach et al., 2019, https://arxiv.org/abs/1807.04720
    """

    acts_on = "kernels"

    def __call__(self, network):
        halves = [0.5 * ops.sum(ops.square(k.value)) for k in kernels_of(network)]
        return sum(halves) / len(halves)


@keras.saving.register_keras_serializable("keras_s3gan")
class Orthogonal(Penalty):
    """Penalizes filters that are not orthogonal; their norms do not matter.

    The sum over the kernels of `‖WᵀW ⊙ (1 - I)‖²`, where W is a kernel as a matrix with
    one column per filter. The shared class embedding is left out.

    Call arguments:
        network: a Keras layer.

    Returns:
        A scalar in float32.

    Raises:
        ValueError: if the network has no kernels.

    Example:
        >>> gan = GAN(generator, discriminator, generator_penalty="orthogonal")

    Reference:
        - Brock et al., 2019, https://arxiv.org/abs/1809.11096
    """

    acts_on = "kernels"
    default_weight = 1e-4

    def __call__(self, network):
        transposed = _transposed_kernels(network)
        return sum(
            self._overlap(_matrix(kernel, id(kernel) in transposed))
            for kernel in kernels_of(network, exclude=["class_embedding"])
        )

    def _overlap(self, matrix):
        """Sum of the squared inner products of different columns."""
        rows, columns = matrix.shape
        if rows >= columns:
            products = ops.matmul(ops.transpose(matrix), matrix)
            products = products * (1.0 - ops.eye(columns, dtype=matrix.dtype))
            return ops.sum(ops.square(products))
        # WWᵀ has the norm of WᵀW, and a wide matrix has a small one.
        products = ops.matmul(matrix, ops.transpose(matrix))
        lengths = ops.sum(ops.square(matrix), axis=0)
        return ops.sum(ops.square(products)) - ops.sum(ops.square(lengths))
