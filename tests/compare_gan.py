"""The names of the original's variables, for ours."""

import re

import numpy as np

# In this order; the innermost layer of a wrapper has its name twice.
_RULES = (
    (r"^(\w+/)*?(class_projection)/embedding/(embedding/)?", "{projection}/"),
    (r"^rotation_head/linear/(linear/)?", "discriminator_rotation/score_classify/"),
    (
        r"^class_predictor/(class_predictor/)?",
        "discriminator_predictor/predictor_linear/",
    ),
    (r"block_(\d)/", r"{network}/B\1/"),
    (r"normalization_(\d)/(gamma|beta)/(?:\2/)?", r"bn\1/condition/\2/"),
    (r"normalization_(\d)/", r"bn\1/"),
    (r"attention_\d/gate", "{network}/non_local_block/sigma"),
    (r"attention_\d/(\w+)/(?:\1/)?", r"{network}/non_local_block/conv2d_\1/"),
    (r"conv2d_output/", "conv2d_attn_g/"),
    (r"first_linear/(first_linear/)?", "{network}/fc_noise/"),
    (r"class_embedding/", "{network}/embed_y/"),
    (r"last_norm/", "{network}/final_norm/"),
    (r"last_convolution/(last_convolution/)?", "{network}/final_conv/"),
    (r"last_linear/(last_linear/)?", "{network}/final_fc/"),
    (r"/(convolution_\d|shortcut)/\1/", r"/\1/"),
    (r"/u$", "/kernel/u_var"),
    (r"standing_mean$", "accu/accu_mean"),
    (r"standing_variance$", "accu/accu_variance"),
    (r"standing_count$", "accu/accu_counter"),
)


def original_name(variable, network, projection="discriminator/embedding_fc"):
    """What Compare GAN calls a variable of ours.

    Args:
        variable: Keras variable.
        network: `"generator"` or `"discriminator"`.
        projection: where the projection on the class lives there.
    """
    name = variable.path
    for pattern, replacement in _RULES:
        replacement = replacement.replace("{network}", network)
        name = re.sub(pattern, replacement.replace("{projection}", projection), name)
    blocks = 3 if network == "generator" else 4
    block = re.search(r"/B(\d)/", name)
    if block:
        last = int(block[1]) == blocks
        scales = ("up", "same", "up")
        if network == "discriminator":
            scale = "same" if last else "down"
            scales = ("same", scale, scale)
        for ours, theirs, scale in zip(
            ("convolution_1", "convolution_2", "shortcut"),
            ("conv1", "conv2", "conv_shortcut"),
            scales,
            strict=True,
        ):
            name = name.replace(f"/{ours}/", f"/{scale}_{theirs}/")
    return name


def assign(variables, arrays, network, prefix="var/", **kwargs):
    """Gives our variables the original's values.

    Returns:
        The names that were found, so that a caller can see that none is left.
    """
    used = []
    for variable in variables:
        name = original_name(variable, network, **kwargs)
        if prefix + name in arrays:
            value = arrays[prefix + name]
            variable.assign(np.reshape(value, variable.shape))
            used.append(name)
        elif "moving" not in name and "accu" not in name:
            raise KeyError(f"{variable.path} is {name}, which the file does not have")
    return used


def names_of(arrays, prefix):
    """The names that follow `prefix` in a golden file."""
    return {name[len(prefix) :] for name in arrays if name.startswith(prefix)}
