#!/usr/bin/env bash
# Keras 3.15.1 (with JAX 0.10.2 and NumPy 2.4.6): two settings of an optimizer that hold
# for one `fit`, or until the model is saved.
#
# 1. On JAX, `Adam(use_ema=True)` trains once. At its end `fit` assigns the averages to
#    the weights, so that a weight and its average are one JAX array. The next `fit` of
#    the same model donates that array twice, which JAX refuses, and Keras then fails
#    with a TypeError about a variable without a value. TensorFlow and PyTorch copy.
# 2. `AdamW.exclude_from_weight_decay` is not part of the optimizer's configuration. A
#    model that `save` writes and `load_model` reads decays all its weights, from its
#    next step on, although it was loaded with the optimizer and its state.
#
# Output seen:
#   first fit: done
#   second fit: TypeError, 'NoneType' object is not callable
#   decayed, as compiled: [True, False]
#   decayed, as loaded: [True, True]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 numpy==2.4.6
cat > "$folder/program.py" <<'PROGRAM'
import sys

import keras
import numpy as np

inputs = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")
targets = inputs[:, :1]


def model(optimizer):
    result = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    result.compile(optimizer, "mse")
    return result


averaged = model(keras.optimizers.Adam(use_ema=True))
for number in ("first", "second"):
    try:
        averaged.fit(inputs, targets, verbose=0)
        print(f"{number} fit: done")
    except Exception as error:
        print(f"{number} fit: {type(error).__name__}, {error}")

optimizer = keras.optimizers.AdamW(learning_rate=1e-3, weight_decay=0.5)
optimizer.exclude_from_weight_decay(var_names=["bias"])
compiled = model(optimizer)
# Gradients of zero, so that only the decay changes a weight.
compiled.fit(0 * inputs, 0 * targets, verbose=0)
compiled.save(sys.argv[1])


def decayed(model):
    """Whether a step that learns nothing makes weights of 1 smaller."""
    for weight in model.trainable_variables:
        weight.assign(np.ones(weight.shape))
    zeros = [np.zeros(weight.shape, "float32") for weight in model.trainable_variables]
    model.optimizer.apply(zeros, model.trainable_variables)
    return [bool((weight.numpy() < 1).all()) for weight in model.trainable_variables]


loaded = keras.saving.load_model(sys.argv[1])
print("decayed, as compiled:", decayed(compiled))
print("decayed, as loaded:", decayed(loaded))
PROGRAM
KERAS_BACKEND=jax "$folder/venv/bin/python" "$folder/program.py" "$folder/model.keras" \
  2> "$folder/errors" | tee "$folder/output" || { cat "$folder/errors" >&2; exit 1; }
diff "$folder/output" - <<'EXPECTED'
first fit: done
second fit: TypeError, 'NoneType' object is not callable
decayed, as compiled: [True, False]
decayed, as loaded: [True, True]
EXPECTED
