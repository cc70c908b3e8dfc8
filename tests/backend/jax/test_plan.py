"""Steps compiled for other devices; those of recipes: `tests/experiment/planning`."""

import keras
import pytest

from tests.models.small import compiled_gan

if keras.backend.backend() != "jax":
    pytest.skip("plans are made on JAX", allow_module_level=True)

import jax

from keras_s3gan.backend.jax import plan

BATCH = (((16, 8, 8, 1), "float32"), ((16,), "int32"))


def test_a_model_without_values_has_every_shape():
    planned = plan.without_values(compiled_gan)
    for (path, variable), (_, real) in zip(
        planned.state_variables, compiled_gan().state_variables, strict=True
    ):
        assert (variable.shape, variable.dtype) == (real.shape, real.dtype), path
        assert isinstance(variable._value, jax.core.Tracer), path


def test_batch_that_does_not_split():
    devices = 3 * jax.devices()
    with pytest.raises(ValueError, match="of the 3 devices .* Received: 16 images"):
        plan.compile_step(compiled_gan(), BATCH, devices)


def test_batch_that_the_model_refuses():
    batch = tuple(((12, *shape[1:]), dtype) for shape, dtype in BATCH)
    with pytest.raises(ValueError, match="multiple of 8 .* batch_size=12"):
        plan.compile_step(compiled_gan(), batch, jax.devices())


@pytest.mark.parametrize(
    ("message", "used", "available"),
    [
        (
            "RESOURCE_EXHAUSTED: Ran out of memory in memory space hbm. Used 20.50G of "
            "15.75G hbm. Exceeded hbm capacity by 4.75G.",
            20.5,
            15.75,
        ),
        (
            "RESOURCE_EXHAUSTED: Ran out of memory on HBM, the total memory required "
            "for HLO temporaries (381.47G) exceeds available HBM (7.48G).",
            381.47,
            7.48,
        ),
        (
            "Aborting compilation early because it's unlikely to have enough memory. "
            "Requires 1.5T, has 14.49G available.",
            1536,
            14.49,
        ),
    ],
)
def test_a_step_that_does_not_fit(monkeypatch, message, used, available):
    def refuse(self, *args, **kwargs):
        raise jax.errors.JaxRuntimeError(message)

    monkeypatch.setattr(jax.stages.Lowered, "compile", refuse)
    step = plan.compile_step(compiled_gan(), BATCH, jax.devices())
    assert not step.fits
    assert step.total_bytes == int(used * 2**30)
    assert step.available_bytes == int(available * 2**30)


def test_another_error_of_the_compiler_is_not_hidden(monkeypatch):
    def fail(self, *args, **kwargs):
        raise jax.errors.JaxRuntimeError("INTERNAL: something else")

    monkeypatch.setattr(jax.stages.Lowered, "compile", fail)
    with pytest.raises(jax.errors.JaxRuntimeError, match="something else"):
        plan.compile_step(compiled_gan(), BATCH, jax.devices())


def test_what_a_loop_costs_is_counted_for_every_part():
    def flops(steps):
        gan = compiled_gan(discriminator_steps=steps)
        batch = tuple(((8 * steps, *shape[1:]), dtype) for shape, dtype in BATCH)
        return plan.compile_step(gan, batch, jax.devices()).flops

    # The second update brings a pass of the generator with it, the others add to that.
    two, three, four = map(flops, (2, 3, 4))
    assert three - two == pytest.approx(four - three, rel=0.02)
    assert three - two > 0.2 * two
