"""Memory of JAX's compiled step, with and without rematerialisation."""

from benchmarks.growth.series import setting_of
from benchmarks.processes import Worker
from benchmarks.tables import print_table

defaults = {}


def measure(options):
    """The memory that the compiler reserves for each batch, without training."""
    table = []
    for batch in options.batches:
        setting = setting_of(options, batch_size=batch)
        print(f"memory: {batch} images per update …", flush=True)
        worker = Worker(plan, setting, backend="jax", threads=options.threads)
        try:
            stored, anew = worker.receive()
        finally:
            worker.stop()
        table.append({"batch": batch, "setting": setting, "stored": stored} | anew)
    print_table(
        ["images per update", "state MiB", "temporaries MiB", "rematerialised", "less"]
        + ["more FLOPs"],
        [
            [
                row["batch"],
                mebibytes(row["stored"]["argument_bytes"]),
                mebibytes(row["stored"]["temporary_bytes"]),
                mebibytes(row["rematerialised"]["temporary_bytes"]),
                f"{1 - _ratio(row, 'temporary_bytes'):.1%}",
                f"{_ratio(row, 'flops') - 1:.1%}",
            ]
            for row in table
        ],
    )
    return {"table": table}


def plan(connection, setting):
    """In a process of its own: sends the numbers of both steps."""
    from benchmarks import machine
    from benchmarks.growth.rematerialised import rematerialise
    from benchmarks.plain import setting as settings
    from keras_s3gan.backend.jax import plan as jax_plan
    from keras_s3gan.experiment.planning.compiling import batch_shapes

    setting = settings.Setting(**setting)
    found = []
    for anew in (False, True):
        gan = settings.build(setting)
        if anew:
            rematerialise(gan.generator)
            rematerialise(gan.discriminator)
        step = jax_plan.compile_step(
            gan, batch_shapes(gan, setting.batch_size), jax_plan.local_devices()
        )
        names = "argument_bytes", "temporary_bytes", "flops", "compiling_seconds"
        found.append({name: getattr(step, name) for name in names})
    connection.send((found[0], {"rematerialised": found[1], **machine.describe()}))


def draw(axis, content):
    """Lines of temporaries against the batch."""
    batches = [row["batch"] for row in content["table"]]
    for kind, label in (("stored", "stored"), ("rematerialised", "computed anew")):
        sizes = [row[kind]["temporary_bytes"] / 2**20 for row in content["table"]]
        axis.plot(batches, sizes, "o-", label=label)
    axis.set(xlabel="images per update", ylabel="temporaries of JAX's step, MiB")
    axis.set_xlim(left=0)
    axis.set_ylim(bottom=0)
    axis.legend(fontsize=8, title="activations")


def mebibytes(size):
    return f"{size / 2**20:.1f}"


def _ratio(row, name):
    return row["rematerialised"][name] / row["stored"][name]
