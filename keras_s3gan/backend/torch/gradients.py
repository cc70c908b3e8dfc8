"""PyTorch: gradients, from autograd."""

import keras
import torch


def vjp(function, inputs=(), variables=(), state=()):
    """See `keras_s3gan.backend.interface`."""
    del state  # assigned in place
    inputs = [_require_grad(x) for x in inputs]
    sources = [*inputs, *[variable.value for variable in variables]]
    with torch.enable_grad():
        outputs, aux = function(*inputs)

    def pullback(cotangent):
        if not sources:
            return [], []
        gradients = torch.autograd.grad(
            outputs, sources, grad_outputs=cotangent, allow_unused=True
        )
        gradients = [
            torch.zeros_like(source) if gradient is None else gradient
            for gradient, source in zip(gradients, sources, strict=True)
        ]
        return gradients[: len(inputs)], gradients[len(inputs) :]

    return outputs.detach(), _detach(aux), pullback


def _require_grad(tensor):
    return tensor if tensor.requires_grad else tensor.detach().requires_grad_()


def _detach(aux):
    return keras.tree.map_structure(
        lambda x: x.detach() if isinstance(x, torch.Tensor) else x, aux
    )


def input_gradient(function, inputs, state=()):
    """See `keras_s3gan.backend.interface`."""
    del state
    inputs = _require_grad(keras.ops.convert_to_tensor(inputs))
    with torch.enable_grad():
        outputs = keras.ops.sum(function(inputs))
        (gradient,) = torch.autograd.grad(
            outputs, inputs, create_graph=True, allow_unused=True
        )
    return torch.zeros_like(inputs) if gradient is None else gradient


def no_gradient():
    """See `keras_s3gan.backend.interface`."""
    return torch.no_grad()
