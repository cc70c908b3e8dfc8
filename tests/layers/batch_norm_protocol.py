"""How the original's batch normalizations were recorded, run again with ours."""

from tests import golden
from tests.compare_gan import arrays_under, gradients_of
from tests.tolerance import assert_close

EXAMPLE = {"momentum": 0.9, "epsilon": 1e-5}
# What the original does with kernels and this package offers by argument.
SPECTRAL = {"scheme": "spectral", "side": "left", "iterate_at_inference": True}


def run_protocol(tag, layer, conditions=None, scope=None, offsets=None):
    """Two training runs and one at inference: outputs, gradients and states.

    Args:
        tag: of the case in the golden file.
        layer: ours, not built.
        conditions: name of the conditions in the file, or `None` for a layer without.
        scope: what the original calls the linear maps together.
        offsets: `{name: number}`, what is added to the original's weights of that name.
    """
    arrays = golden.load("item3b_batch_norms.npz")
    arguments = {1: [], 2: []}
    if conditions:
        arguments = {run: [arrays[f"{conditions}/{run}"]] for run in (1, 2)}
    layer.build(arrays[f"{tag}/x_1"].shape, *[each.shape for each in arguments[1]])
    weights = weights_by_name(layer, scope)
    values = arrays_under(arrays, f"{tag}/var/t/", "bn/")
    # The original keeps either moving or accumulated moments.
    assert {name for name in weights if "standing" not in name} == set(values)
    for name, value in values.items():
        weights[name].assign(value + (offsets or {}).get(name, 0.0))

    outputs, to_inputs, gradients = gradients_of(
        layer, arrays[f"{tag}/x_1"], arrays[f"{tag}/c"], *arguments[1]
    )
    assert_close(to_inputs, arrays[f"{tag}/grad_x_1"], name="gradient of inputs")
    expected = arrays_under(arrays, f"{tag}/grad_1/t/", "bn/")
    assert len(expected) == len(gradients)
    for name, value in expected.items():
        assert_close(gradients[weights[name].path], value, name=f"gradient of {name}")

    for run in (1, 2):
        if run == 2:
            outputs = layer(arrays[f"{tag}/x_2"], *arguments[2], training=True)
        assert_close(outputs, arrays[f"{tag}/y_train_{run}"], name=f"output {run}")
        states = arrays_under(arrays, f"{tag}/var_after_{run}/t/", "bn/")
        assert len(states) >= 2
        for name, value in states.items():
            assert_close(weights[name], value, name=f"{name} after {run}")
    outputs = layer(arrays[f"{tag}/x_1"], *arguments[1], training=False)
    assert_close(outputs, arrays[f"{tag}/y_eval_of_x_1"], name="inference")


def weights_by_name(layer, scope):
    """`gamma`, or `<scope>/gamma/kernel` and the like, as the original names them."""
    found = {}
    for weight in layer.weights:
        name = weight.path.removeprefix(f"{layer.name}/")
        if "/" in name:
            parts = name.split("/")
            last = "kernel/u_var" if parts[-1] == "u" else parts[-1]
            name = f"{scope}/{parts[0]}/{last}"
        found[name] = weight
    return found
