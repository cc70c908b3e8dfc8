"""PyTorch: the training step."""

import torch


class TrainStep:
    """See `keras_s3gan.backend.interface`.

    Only `vjp` enables autograd, for the gradients that a step needs.
    """

    def train_step(self, data):
        with torch.no_grad():
            return self.step(data)
