"""Steady steps inside of `fit`, with another contender's turn before each epoch."""

import time

import keras


class Turns(keras.callbacks.Callback):
    """Times every epoch of a `fit`.

    Args:
        before: function without arguments, called before an epoch's clock starts: the
            other contender runs in it, or it waits for its turn.
        after: function that is given the seconds of each epoch.
    """

    def __init__(self, before=lambda: None, after=lambda seconds: None):
        super().__init__()
        self.before, self.after, self.seconds = before, after, []

    def on_epoch_begin(self, epoch, logs=None):
        self.before()
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        # The logs are numbers now, so that the device has finished.
        self.seconds.append(time.perf_counter() - self.start)
        self.after(self.seconds[-1])


def endless(*batch):
    """The same batch again and again, as data for `fit`."""
    while True:
        yield batch
