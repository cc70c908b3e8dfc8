"""Random states that weights files keep."""


class SavedRandomState:
    """Mixin of a Keras layer or model, before it in the bases.

    Keras saves variables only, so that a loaded layer would draw the same random
    numbers again. With this mixin a file of weights also has the state of `random`, a
    `keras.random.SeedGenerator`. Files without it can be loaded.

    Example:
        >>> class Noise(SavedRandomState, keras.layers.Layer):
        ...     def __init__(self, seed=None, **kwargs):
        ...         super().__init__(**kwargs)
        ...         self.random = keras.random.SeedGenerator(seed)
        ...
        ...     def call(self, inputs):
        ...         return inputs + keras.random.normal(inputs.shape, seed=self.random)
        >>> store = {}
        >>> Noise(seed=0).save_own_variables(store)
        >>> list(store)
        ['random']
    """

    def save_own_variables(self, store):
        super().save_own_variables(store)
        store["random"] = self.random.state

    def load_own_variables(self, store):
        own = {name: store[name] for name in list(store.keys())}
        random = own.pop("random", None)
        super().load_own_variables(own)
        if random is not None:
            self.random.state.assign(random)
