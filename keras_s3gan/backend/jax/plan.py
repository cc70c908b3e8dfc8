"""JAX: training steps compiled for devices of any machine, and not run."""

import dataclasses
import re
import time

import jax
import numpy as np
from jax.experimental import topologies
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from keras_s3gan.backend.jax.hlo import Collective, find_collectives
from keras_s3gan.backend.jax.tracing import traced_for

_OUT_OF_MEMORY = (
    r"Used (?P<used>[\d.]+)(?P<used_unit>[KMGT]?) of "
    r"(?P<available>[\d.]+)(?P<available_unit>[KMGT]?) hbm",
    r"required for HLO temporaries \((?P<used>[\d.]+)(?P<used_unit>[KMGT]?)\) "
    r"exceeds available HBM \((?P<available>[\d.]+)(?P<available_unit>[KMGT]?)\)",
    r"Requires (?P<used>[\d.]+)(?P<used_unit>[KMGT]?), "
    r"has (?P<available>[\d.]+)(?P<available_unit>[KMGT]?) available",
)
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


@dataclasses.dataclass(frozen=True)
class CompiledStep:
    """The cost of one training step on one of its devices.

    If the step does not fit the memory, only the first group of fields has values.

    Args:
        devices: int.
        fits: bool. Whether the step fits the memory.
        total_bytes: int. Memory of the step.
        available_bytes: int, or `None` if the compiler gives no limit.
        lowering_seconds: float. Duration of tracing.
        compiling_seconds: float. Duration of compiling.
        argument_bytes: int. State and data, with the padding of their layout.
        temporary_bytes: int.
        output_bytes: int. Results that do not reuse the memory of an argument.
        program_bytes: int. The program itself.
        flops: float. Of a step with all penalties, even those of some steps only.
        bytes_accessed: float. Bytes that the instructions read and write.
        collectives: dictionary from kind to `Collective`.
    """

    devices: int
    fits: bool
    total_bytes: int
    available_bytes: int | None
    lowering_seconds: float
    compiling_seconds: float
    argument_bytes: int | None = None
    temporary_bytes: int | None = None
    output_bytes: int | None = None
    program_bytes: int | None = None
    flops: float | None = None
    bytes_accessed: float | None = None
    collectives: dict[str, Collective] = dataclasses.field(default_factory=dict)


def without_values(build):
    """Calls a function that makes a model, with shapes only: no value is computed.

    Args:
        build: callable without arguments.

    Returns:
        The result of `build`. Its variables have shapes and dtypes, but no values.
    """
    built = []

    def trace():
        built.append(build())

    jax.eval_shape(trace)
    return built[0]


def tpu_devices(topology, **options):
    """The devices of a slice, for the compiler in libtpu.

    Args:
        topology: string, such as `"v5e:4x4"`.
        **options: of libtpu.

    Returns:
        A list of JAX devices.

    Raises:
        ValueError: if libtpu knows no such slice.
    """
    try:
        return topologies.get_topology_desc(topology, "tpu", **options).devices
    except jax.errors.JaxRuntimeError as error:
        raise ValueError(
            f"libtpu knows no such slice: {str(error).partition(': ')[2]}. "
            f"Received: topology={topology}"
        ) from error


def local_devices():
    """The devices of this process."""
    return jax.devices()


def compile_step(model, batch, devices):
    """Compiles the training step of a model, each device with a part of the batch.

    State is replicated and the batch is split along its first axis, as in Keras'
    `DataParallel`.

    Args:
        model: compiled `GAN` that has all its variables; their values are not read.
        batch: nest of pairs `(shape, dtype)`, for the argument of `model.train_step`.
        devices: list of JAX devices of one kind.

    Returns:
        A `CompiledStep`.

    Raises:
        ValueError: if the first axis does not split evenly, or the batch does not fit
            the model.
    """
    mesh = Mesh(np.array(devices), ("batch",))
    replicated = NamedSharding(mesh, PartitionSpec())
    by_rows = NamedSharding(mesh, PartitionSpec("batch"))
    for shape, _ in batch:
        if shape[0] % len(devices):
            raise ValueError(
                f"The images of a step must be a multiple of the {len(devices)} "
                f"devices that share them. Received: {shape[0]} images"
            )
    state = tuple(
        [
            jax.ShapeDtypeStruct(variable.shape, variable.dtype, sharding=replicated)
            for variable in variables
        ]
        for variables in (
            model.trainable_variables,
            model.non_trainable_variables,
            model.optimizer.variables,
            model.metrics_variables,
        )
    )
    data = tuple(
        jax.ShapeDtypeStruct(shape, dtype, sharding=by_rows) for shape, dtype in batch
    )
    step = jax.jit(
        model.train_step,
        donate_argnums=0,
        out_shardings=(None, replicated),
        # Arguments that a step only overwrites need memory, too.
        keep_unused=True,
    )
    start = time.perf_counter()
    with traced_for(mesh):
        lowered = step.lower(state, data)
    lowering = time.perf_counter() - start
    start = time.perf_counter()
    try:
        compiled = lowered.compile()
    except jax.errors.JaxRuntimeError as error:
        used, available = _parse_out_of_memory(error)
        return CompiledStep(
            len(devices), False, used, available, lowering, time.perf_counter() - start
        )
    compiling = time.perf_counter() - start
    memory, cost = compiled.memory_analysis(), compiled.cost_analysis()
    output = memory.output_size_in_bytes - memory.alias_size_in_bytes
    total = (
        memory.argument_size_in_bytes
        + memory.temp_size_in_bytes
        + output
        + memory.generated_code_size_in_bytes
    )
    return CompiledStep(
        len(devices),
        True,
        total,
        None,
        lowering,
        compiling,
        argument_bytes=memory.argument_size_in_bytes,
        temporary_bytes=memory.temp_size_in_bytes,
        output_bytes=output,
        program_bytes=memory.generated_code_size_in_bytes,
        flops=cost["flops"],
        bytes_accessed=cost["bytes accessed"],
        collectives=find_collectives(compiled.as_text()),
    )


def _parse_out_of_memory(error):
    """Used and available bytes, from the compiler's error of too little memory."""
    for pattern in _OUT_OF_MEMORY:
        match = re.search(pattern, str(error))
        if match:
            return tuple(
                int(float(match[name]) * _UNITS[match[f"{name}_unit"]])
                for name in ("used", "available")
            )
    raise error
