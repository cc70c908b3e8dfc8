#!/usr/bin/env bash
# Keras 3.15.1 with TensorFlow 2.21.0 (and NumPy 2.4.6): where the data of `fit` has no
# length, a `train_step` assigns variables once more than there are batches.
#
# Keras fetches a batch and makes the step in one graph. At the end of the data fetching
# fails, but only what depends on the batch is not computed: an assignment that does not,
# such as a counter, a schedule or a moving average, is run beside it. With the PyTorch
# and JAX backends, and where the data has a length, a model counts its steps rightly.
#
# Output seen:
#   3 batches of a generator: 4 steps
#   3 batches of an array: 3 steps
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet \
  keras==3.15.1 tensorflow-cpu==2.21.0 numpy==2.4.6
cat > "$folder/program.py" <<'PROGRAM'
import keras
import numpy as np


class Counter(keras.Model):
    def __init__(self):
        super().__init__()
        self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.built = True

    def train_step(self, data):
        self.steps.assign_add(1.0)
        return {"sum": keras.ops.sum(data[0])}


inputs = np.ones((12, 2), "float32")
targets = np.ones((12, 1), "float32")
batches = [(inputs[i : i + 4], targets[i : i + 4]) for i in range(0, 12, 4)]
for name, data in {
    "a generator": {"x": (batch for batch in batches)},
    "an array": {"x": inputs, "y": targets, "batch_size": 4},
}.items():
    model = Counter()
    model.compile()
    model.fit(**data, verbose=0)
    print(f"3 batches of {name}: {int(model.steps.numpy())} steps")
PROGRAM
KERAS_BACKEND=tensorflow "$folder/venv/bin/python" "$folder/program.py" \
  2> "$folder/errors" | tee "$folder/output" || { cat "$folder/errors" >&2; exit 1; }
diff "$folder/output" - <<'EXPECTED'
3 batches of a generator: 4 steps
3 batches of an array: 3 steps
EXPECTED
