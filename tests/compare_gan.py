"""The original's names for our variables, and the runs it was recorded with."""

import re
from typing import NamedTuple

import numpy as np
from keras import ops

from keras_s3gan import backend
from tests.tolerance import assert_close


class Naming(NamedTuple):
    """What the names of one network of the original depend on."""

    scope: str
    resamplings: tuple  # of each block
    first_block: int = 1
    normalization: str = "bn"
    last_linear: str = "final_fc"
    bottleneck: bool = False
    projection: str = "discriminator/embedding_fc"


# BigGAN at 32 pixels, the network of most golden files.
GENERATOR = Naming("generator", ("up",) * 3)
DISCRIMINATOR = Naming("discriminator", ("down",) * 3 + (None,))

# In this order; the innermost layer of a wrapper has its name twice.
_RULES = (
    (r"^(\w+/)*?(class_projection)/embedding/(embedding/)?", "{projection}/"),
    (r"^given_label_projection/embedding/(embedding/)?", "discriminator/embedding_fc/"),
    (r"^rotation_head/linear/(linear/)?", "discriminator_rotation/score_classify/"),
    (
        r"^class_predictor/(class_predictor/)?",
        "discriminator_predictor/predictor_linear/",
    ),
    (r"attention_\d/gate", "{scope}/non_local_block/sigma"),
    (r"attention_\d/(\w+)/(?:\1/)?", r"{scope}/non_local_block/conv2d_\1/"),
    (r"conv2d_output/", "conv2d_attn_g/"),
    (r"first_linear/(first_linear/)?", "{scope}/fc_noise/"),
    (r"class_embedding/", "{scope}/embed_y/"),
    (r"last_norm/", "{scope}/final_norm/"),
    (r"last_convolution/(last_convolution/)?", "{scope}/final_conv/"),
    (r"last_linear/(last_linear/)?", "{scope}/{last_linear}/"),
    (r"/u$", "/kernel/u_var"),
    (r"standing_mean$", "accu/accu_mean"),
    (r"standing_variance$", "accu/accu_variance"),
    (r"standing_count$", "accu/accu_counter"),
)
_IN_BLOCKS = (
    (r"/(\w+)/\1/", r"/\1/"),
    (r"normalization_(\d)/(gamma|beta)/", r"{normalization}\1/condition/\2/"),
    (r"normalization_(\d)/", r"{normalization}\1/"),
)
_RESIDUAL = (
    (r"convolution_1/", "{first}_conv1/"),
    (r"convolution_2/", "{second}_conv2/"),
    (r"shortcut/", "{shortcut}_conv_shortcut/"),
)
_BOTTLENECK = (
    (r"bn(\d)/", r"conv\1/bn/"),
    (r"convolution_([14])/", r"conv\1/1x1_conv/"),
    (r"convolution_([23])/", r"conv\1/3x3_conv/"),
    (r"added_channels/", "shortcut/add_channels/"),
)
# Where a residual block changes the size.
_SCALES = {
    "up": {"first": "up", "second": "same", "shortcut": "up"},
    "down": {"first": "same", "second": "down", "shortcut": "down"},
    None: {"first": "same", "second": "same", "shortcut": "same"},
}


def original_name(variable, naming):
    """What Compare GAN calls a variable of ours.

    Args:
        variable: Keras variable.
        naming: of the network that it is in.
    """
    name = _apply(_RULES, variable.path, **naming._asdict())
    block = re.match(r"block_(\d+)(/.*)", name)
    if not block:
        return name
    number = int(block[1]) - 1
    inside = _apply(_IN_BLOCKS, block[2], **naming._asdict())
    if naming.bottleneck:
        inside = _apply(_BOTTLENECK, inside)
    else:
        inside = _apply(_RESIDUAL, inside, **_SCALES[naming.resamplings[number]])
    return f"{naming.scope}/B{number + naming.first_block}{inside}"


def _apply(rules, name, **words):
    for pattern, replacement in rules:
        for word, value in words.items():
            replacement = replacement.replace(f"{{{word}}}", str(value))
        name = re.sub(pattern, replacement, name)
    return name


def assign(variables, arrays, naming, prefix="var/"):
    """Gives our variables the original's values.

    Returns:
        The names that were found, so that a caller can see that none is left.
    """
    used = []
    for variable in variables:
        name = original_name(variable, naming)
        if prefix + name in arrays:
            value = arrays[prefix + name]
            variable.assign(np.reshape(value, variable.shape))
            used.append(name)
        elif "moving" not in name and "accu" not in name:
            raise KeyError(f"{variable.path} is {name}, which the file does not have")
    return used


def assign_all(model, arrays, naming):
    """`assign` for every weight of a model, and no array of its scope is left."""
    used = assign(model.weights, arrays, naming)
    assert len(used) == len(set(used))
    there = arrays_under(arrays, f"var/{naming.scope}/", keep=f"{naming.scope}/")
    # A switch there, an attribute here.
    left = {name for name in there if not name.endswith("update_accus")} - set(used)
    assert not left, sorted(left)


def arrays_under(arrays, prefix, scope="", keep=""):
    """The arrays whose names start with `prefix`, by what follows.

    Args:
        arrays: content of a golden file.
        prefix: str.
        scope: str. Dropped too, from the names that go on with it.
        keep: str. Put in front of what follows.
    """
    return {
        keep + name.removeprefix(prefix).removeprefix(scope): value
        for name, value in arrays.items()
        if name.startswith(prefix)
    }


def gradients_of(layer, inputs, cotangent, *conditions):
    """A forward pass in training, and the gradients of the sum of outputs · cotangent.

    Returns:
        The outputs, the gradient of `inputs`, and `{path: gradient}` for the weights.
    """

    def weighted(inputs):
        outputs = layer(inputs, *conditions, training=True)
        return ops.sum(ops.multiply(outputs, cotangent)), outputs

    def run(inputs):
        total, outputs, pull = backend.vjp(
            weighted,
            [inputs],
            layer.trainable_variables,
            layer.non_trainable_variables,
        )
        return outputs, *pull(ops.ones_like(total))

    outputs, (to_inputs,), to_weights = backend.compiled(run, layer.variables)(inputs)
    paths = [weight.path for weight in layer.trainable_variables]
    return outputs, to_inputs, dict(zip(paths, to_weights, strict=True))


def unit_range(images):
    """From [-1, 1] to the range of the original's images, [0, 1]."""
    return (images + 1.0) / 2.0


def model_range(images):
    """From the range of the original's images to that of our models', [-1, 1]."""
    return ops.convert_to_tensor(images) * 2.0 - 1.0


def generator_inputs(arrays):
    """The latents, and the labels where the file has them."""
    names = [name for name in ("z", "y_g") if name in arrays]
    return [ops.convert_to_tensor(arrays[name].astype("float32")) for name in names]


def check_generator_training(generator, arrays, naming, relative=1e-4):
    """Two training runs: images, gradients of the first, states.

    Args:
        generator: ours, with the arguments that make it the original's.
        arrays: content of the golden file.
        naming: of the network.
        relative: float. Largest error of a gradient allowed.
    """
    assign_all(generator, arrays, naming)
    inputs = generator_inputs(arrays)

    def forward():
        images = unit_range(generator(inputs, training=True))
        return ops.sum(ops.multiply(images, arrays["c_g"])), images

    run = _recorded(forward, generator)
    for number in (1, 2):
        (_, images), gradients = run()
        assert_close(images, arrays[f"G_train_{number}"], name=f"images {number}")
        if number == 1:
            check_gradients(generator, gradients, arrays, naming, "G", relative)
        check_states(generator, arrays, naming, f"G_state_after_{number}/")


def check_generator_inference(generator, arrays, naming):
    """The last run, at inference."""
    inputs = generator_inputs(arrays)
    infer = backend.compiled(lambda: unit_range(generator(inputs)), generator.variables)
    assert_close(infer(), arrays["G_eval"], name="images at inference")
    check_states(generator, arrays, naming, "G_state_after_eval/")


def check_discriminator(discriminator, arrays, naming, relative=1e-4):
    """Two training runs: logits, features, gradients of the first, states.

    Args:
        discriminator: ours, which sees images in [0, 1] as the original's does.
        arrays, naming, relative: as in `check_generator_training`.
    """
    assign_all(discriminator, arrays, naming)
    images = model_range(arrays["images"])
    labels = {}
    if "y_d" in arrays:
        labels["labels"] = ops.convert_to_tensor(arrays["y_d"].astype("float32"))

    def forward():
        logits, features = discriminator(images, training=True, **labels)
        weighted = ops.mean(ops.multiply(features, arrays["c_features"]))
        return ops.sum(logits) + weighted, (logits, features)

    run = _recorded(forward, discriminator)
    for number in (1, 2):
        (_, (logits, features)), gradients = run()
        assert_close(logits, arrays[f"D_logit_{number}"], name=f"logits {number}")
        probabilities = ops.sigmoid(logits)
        assert_close(probabilities, arrays[f"D_prob_{number}"], name=f"D {number}")
        assert_close(features, arrays[f"D_features_{number}"], name=f"h {number}")
        if number == 1:
            check_gradients(discriminator, gradients, arrays, naming, "D", relative)
        check_states(discriminator, arrays, naming, f"D_state_after_{number}/")


def _recorded(forward, model):
    """The compiled loss, parts and gradients of `forward`."""
    return backend.compiled(
        lambda: backend.value_and_grad(
            forward, model.trainable_variables, model.non_trainable_variables
        ),
        model.variables,
    )


def check_gradients(model, gradients, arrays, naming, letter, relative=1e-4):
    """The norms of all gradients, and the gradients where the file has them.

    Args:
        model: the network.
        gradients: of its trainable variables.
        arrays: content of the golden file.
        naming: of the network.
        letter: `"G"` or `"D"`.
        relative: float. Largest error allowed.
    """
    norms = arrays_under(arrays, f"{letter}_gradnorm_1/")
    whole = arrays_under(arrays, f"{letter}_grad_1/")
    assert len(norms) == len(gradients)
    parameters = sum(np.prod(weight.shape) for weight in model.trainable_variables)
    assert parameters == arrays[f"n_params_{letter}"]
    largest = max(norms.values())
    for weight, gradient in zip(model.trainable_variables, gradients, strict=True):
        name = original_name(weight, naming)
        norm = ops.sqrt(ops.sum(ops.square(gradient)))
        # A bias in front of a batch normalization has no gradient but rounding.
        if norms[name] < 1e-6 * largest:
            assert float(norm) < 1e-5 * largest, f"{name}: norm {float(norm)}, not 0"
            continue
        assert_close(norm, norms[name], relative, name=f"gradient norm of {name}")
        if name in whole:
            assert_close(gradient, whole[name], relative, name=f"gradient of {name}")


def check_states(model, arrays, naming, prefix):
    """Every state of the file under `prefix` is that of our variable."""
    found = {original_name(v, naming): v for v in model.non_trainable_variables}
    there = arrays_under(arrays, prefix)
    assert bool(there) == bool(found)
    for name, expected in there.items():
        if name.endswith("update_accus"):
            continue  # a switch there, an attribute here
        if name.endswith("accu_counter") and expected < 0.5:
            expected = np.zeros(())  # 1e-12 there
        expected = np.reshape(expected, found[name].shape)
        assert_close(found[name], expected, name=f"{name} after {prefix}")
