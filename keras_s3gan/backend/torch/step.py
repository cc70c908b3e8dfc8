"""PyTorch: the training step."""

import torch


class TrainStep:
    """See `keras_s3gan.backend.interface`.

    Only `vjp` enables autograd, for the gradients that a step needs.
    """

    data_is_checked = True

    def train_step(self, data):
        with torch.no_grad():
            return self.step(data)

    def make_train_function(self, force=False):
        if self.train_function is not None and not force:
            return
        super().make_train_function(force)
        step = self.train_function

        def train(data):
            if not self.data_is_checked:
                self.check_data(data[0])
            return step(data)

        self.train_function = train
