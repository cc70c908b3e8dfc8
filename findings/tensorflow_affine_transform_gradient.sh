#!/usr/bin/env bash
# TensorFlow 2.21.0 with Keras 3.15.1 (and NumPy 2.4.6, JAX 0.10.2): the gradient of
# `keras.ops.image.affine_transform` with respect to the images is another function's.
#
# The outputs are a linear function of the images, so that the sum of gradient times
# images must be the value itself. TensorFlow's registered gradient turns the incoming
# gradient back by the inverse transformation and interpolates it, which is not the
# transpose of interpolating forward: without borders it is some per cent off, and where
# borders are repeated it is wrong altogether. JAX's, of the same Keras function, is
# right. So an augmentation that a generator learns through needs an interpolation of its
# own on TensorFlow. See tensorflow/tensorflow#127241, open in November 2026.
#
# Output seen:
#   tensorflow constant: value 1.011, gradient times images 0.845
#   tensorflow nearest: value 3.743, gradient times images 0.061
#   jax constant: value 1.011, gradient times images 1.011
#   jax nearest: value 3.743, gradient times images 3.743
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet \
  keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2 numpy==2.4.6
cat > "$folder/program.py" <<'PROGRAM'
import keras
import numpy as np
from keras import ops

random = np.random.default_rng(0)
images, weights = random.normal(size=(2, 1, 6, 6, 1)).astype("float32")
cosine, sine = np.cos(0.5), np.sin(0.5)
turn = np.array([[cosine, -sine, 1.0, sine, cosine, -0.5, 0, 0]], "float32")


def value_of(images, fill_mode):
    turned = ops.image.affine_transform(
        images, turn, interpolation="bilinear", fill_mode=fill_mode
    )
    return ops.sum(turned * weights)


def value_and_gradient(fill_mode):
    if keras.backend.backend() == "jax":
        import jax

        return jax.value_and_grad(value_of)(images, fill_mode)
    import tensorflow as tf

    inputs = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = value_of(inputs, fill_mode)
    return value, tape.gradient(value, inputs)


for fill_mode in ("constant", "nearest"):
    value, gradient = map(np.asarray, value_and_gradient(fill_mode))
    product = np.sum(gradient * images)
    print(
        f"{keras.backend.backend()} {fill_mode}: value {value:.3f}, "
        f"gradient times images {product:.3f}"
    )
PROGRAM
for backend in tensorflow jax; do
  KERAS_BACKEND=$backend "$folder/venv/bin/python" "$folder/program.py" \
    2> "$folder/errors" || { cat "$folder/errors" >&2; exit 1; }
done | tee "$folder/output"
diff "$folder/output" - <<'EXPECTED'
tensorflow constant: value 1.011, gradient times images 0.845
tensorflow nearest: value 3.743, gradient times images 0.061
jax constant: value 1.011, gradient times images 1.011
jax nearest: value 3.743, gradient times images 3.743
EXPECTED
