"""PyTorch: the training step."""

import torch


class TrainStep:
    """See `keras_s3gan.backend.interface`.

    `vjp` turns recording on where gradients are taken; nothing else is recorded.
    """

    def train_step(self, data):
        with torch.no_grad():
            return self.step(data)
