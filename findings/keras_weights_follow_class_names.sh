#!/usr/bin/env bash
# Keras 3.15.1 (with JAX 0.10.2 and NumPy 2.4.6): a layer's weights in a .keras file are
# found by the name of its CLASS, not by the name of the layer.
#
# Inside a container of layers, model.weights.h5 has a group "layers/<class in snake
# case>", numbered per class. The layer's own name is not part of the path. So a class
# that is renamed, and registered under its old name for old files, is found when the
# configuration is read, its layer has the old name, and the weights are still missing:
# load_model ends in a ValueError that speaks of the layer, "expected 1 variables, but
# received 0 variables". A subclass that only replaces the class in a model does the same
# to files written before. Giving the new class the old `__name__` makes the file load.
#
# Output seen:
#   groups: ['old_scale']
#   renamed class: ValueError, expected 1 variables, but received 0 variables
#   renamed class with the old __name__: [3.0, 3.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 numpy==2.4.6
cat > "$folder/program.py" <<'PROGRAM'
import io
import sys
import zipfile

import h5py
import keras


def make(name):
    class Scale(keras.layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight(shape=(), initializer="ones", name="factor")

        def call(self, inputs):
            return inputs * self.factor

    Scale.__name__ = Scale.__qualname__ = name
    return keras.saving.register_keras_serializable("finding", "OldScale")(Scale)


path = sys.argv[1]
model = keras.Sequential([keras.Input((2,)), make("OldScale")(name="my_scale")])
model.layers[0].factor.assign(3.0)
model.save(path)
with zipfile.ZipFile(path) as archive:
    with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as weights:
        print("groups:", list(weights["layers"]))

ones = keras.ops.ones((1, 2))
make("NewScale")
try:
    print("renamed class:", keras.saving.load_model(path)(ones))
except ValueError as error:
    words = "expected 1 variables, but received 0 variables"
    print("renamed class: ValueError,", words if words in str(error) else error)
make("OldScale")
loaded = keras.saving.load_model(path)(ones)
print("renamed class with the old __name__:", loaded[0].tolist())
PROGRAM
KERAS_BACKEND=jax "$folder/venv/bin/python" "$folder/program.py" "$folder/model.keras" \
  2> "$folder/errors" | tee "$folder/output" || { cat "$folder/errors" >&2; exit 1; }
diff "$folder/output" - <<'EXPECTED'
groups: ['old_scale']
renamed class: ValueError, expected 1 variables, but received 0 variables
renamed class with the old __name__: [3.0, 3.0]
EXPECTED
