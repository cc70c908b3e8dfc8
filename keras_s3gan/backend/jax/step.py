"""JAX: the training step, without side effects."""

import contextlib
import signal
import threading

import keras
import numpy as np

# What Keras' trainer calls the parts of the state of `fit`, `evaluate` and `predict`.
_PARTS = {
    4: (
        "trainable_variables",
        "non_trainable_variables",
        "optimizer_variables",
        "metrics_variables",
    ),
    3: ("trainable_variables", "non_trainable_variables", "metrics_variables"),
    2: ("trainable_variables", "non_trainable_variables"),
}


class TrainStep:
    """See `keras_s3gan.backend.interface`.

    `step(data)` becomes the stateless `train_step(state, data)`.

    Keras' trainer empties the variables while it runs, and a step deletes the values
    that it was given. So their values are always also in `_jax_state`, from where
    `jax_state_sync` takes them when a call ends, in whatever way.
    """

    data_is_checked = True

    def train_step(self, state, data):
        groups = [
            self.trainable_variables,
            self.non_trainable_variables,
            self.optimizer.variables,
            self.metrics_variables,
        ]
        mapping = [
            pair
            for variables, values in zip(groups, state, strict=True)
            for pair in zip(variables, values, strict=True)
        ]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            logs = self.step(data)
        state = tuple(
            [scope.get_current_value(variable) for variable in variables]
            for variables in groups
        )
        return logs, state

    def evaluate(self, *args, **kwargs):
        """See `keras.Model.evaluate`, or that of the model."""
        with self._filled():
            return super().evaluate(*args, **kwargs)

    def predict(self, *args, **kwargs):
        """See `keras.Model.predict`, or that of the model."""
        with self._filled():
            return super().predict(*args, **kwargs)

    def train_on_batch(self, *args, **kwargs):
        """See `keras.Model.train_on_batch`, or that of the model."""
        try:
            return super().train_on_batch(*args, **kwargs)
        finally:
            self.jax_state_sync()

    @contextlib.contextmanager
    def _filled(self):
        """A context before and after which the variables have their values."""
        self._fill()
        try:
            yield
        finally:
            self._fill()

    def _fill(self):
        if any(variable._value is None for variable in self.variables):
            self.jax_state_sync()

    def _get_jax_state(self, purge_model_variables=False, **parts):
        state = _without_shared_arrays(super()._get_jax_state(**parts))
        self._keep(state)
        if purge_model_variables:
            self._jax_state_synced = False
            self._purge_model_variables(**parts)
        return state

    def _keep(self, state):
        self._jax_state = dict(zip(_PARTS[len(state)], state, strict=True))

    def _make_function(self, step_function, concatenate_outputs=False):
        compiled = False

        def step(state, data):
            nonlocal compiled
            if not self.data_is_checked:
                self.check_data(_own_part(data))
            # Tracing deletes nothing, and takes too long to wait for its end.
            wait = _interrupts_wait() if compiled else contextlib.nullcontext()
            with wait:
                outputs, state = step_function(state, data)
                self._keep(state)
            compiled = True
            return outputs, state

        return super()._make_function(step, concatenate_outputs)


def _own_part(data):
    """The rows of a batch that are on devices of this process."""

    def rows(value):
        if getattr(value, "is_fully_addressable", True):
            return value
        # Devices that share no batch hold the same rows.
        parts = {
            part.index[0].start or 0: part.data for part in value.addressable_shards
        }
        return np.concatenate([np.asarray(parts[start]) for start in sorted(parts)])

    return keras.tree.map_structure(rows, data)


def _without_shared_arrays(state):
    """The state, with a copy of an array that is the value of another variable, too.

    `one.assign(other)` makes both have one array, which a step cannot delete twice.
    """
    seen = set()

    def own(array):
        if id(array) in seen:
            return array.copy()
        seen.add(id(array))
        return array

    return tuple([own(array) for array in arrays] for arrays in state)


@contextlib.contextmanager
def _interrupts_wait():
    """A context at whose end Ctrl-C counts, if it is pressed within."""
    handler = signal.getsignal(signal.SIGINT)
    # A process in the background may ignore Ctrl-C.
    ignored = handler in (None, signal.SIG_IGN)
    if ignored or threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = []
    signal.signal(signal.SIGINT, lambda *args: pressed.append(args))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if pressed:
            signal.raise_signal(signal.SIGINT)
