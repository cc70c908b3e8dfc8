"""Residual blocks that recompute their activations for the gradient, on JAX."""

import keras

from keras_s3gan.networks.block import Block


def rematerialise(network):
    """Stores only the inputs of every residual block of a network.

    `keras.RematScope` cannot be used: it traces `training`, which layers need as a
    bool, and it loses the assignments of layers.

    Args:
        network: generator or discriminator, in float32.
    """
    for layer in network._flatten_layers():
        if isinstance(layer, Block):
            layer.call = _anew(layer)


def _anew(block):
    call = block.call

    def rematerialised(*inputs, training=False):
        variables, moving = block.variables, block.non_trainable_variables

        @keras.remat
        def pure(values, inputs):
            mapping = list(zip(variables, values, strict=True))
            with keras.StatelessScope(mapping) as scope:
                outputs = call(*inputs, training=training)
            return outputs, [scope.get_current_value(variable) for variable in moving]

        outputs, values = pure([variable.value for variable in variables], inputs)
        for variable, value in zip(moving, values, strict=True):
            variable.assign(value)
        return outputs

    return rematerialised
