"""What XLA counts in our training step, which is compiled for it and not run."""

import importlib.util

from benchmarks.processes import Worker


def count(build, batch_size, *arguments, threads):
    """FLOPs of a step; `None` without JAX.

    Args:
        build: function of a module that gives a compiled GAN. It imports what it needs
            itself: that module is imported in this process, too.
        batch_size: int. Images per update.
        *arguments: of `build`.
        threads: int.
    """
    if not importlib.util.find_spec("jax"):
        return None
    # It counts before LLVM works on the program.
    worker = Worker(
        _count,
        build,
        batch_size,
        *arguments,
        backend="jax",
        threads=threads,
        JAX_PLATFORMS="cpu",
        XLA_FLAGS="--xla_backend_optimization_level=0",
    )
    try:
        return worker.receive()
    finally:
        worker.stop()


def _count(connection, build, batch_size, *arguments):
    from keras_s3gan.backend.jax import plan as jax_plan
    from keras_s3gan.experiment.planning.compiling import batch_shapes

    gan = jax_plan.without_values(lambda: build(*arguments))
    shapes = batch_shapes(gan, batch_size)
    step = jax_plan.compile_step(gan, shapes, jax_plan.local_devices()[:1])
    connection.send(step.flops)
