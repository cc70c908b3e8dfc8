import keras


def jit_compile():
    """What `keras.Model.compile` shall be told for the small networks of this room."""
    # On a CPU, XLA halves TensorFlow's speed; torch.compile takes minutes.
    return "auto" if keras.backend.backend() == "jax" else False
