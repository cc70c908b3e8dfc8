"""Single iterations of either side, each when it is its turn.

A side sends a description once it has made one iteration that does not count, and from
then on, whenever it is asked, the seconds that the next one took.
"""

import importlib.metadata
import time

import numpy as np

from benchmarks.mimicry import package

CLASSES = 10


def data(discriminator_steps, batch_size):
    """Images `[k · N, 32, 32, 3]` and labels of one iteration."""
    random = np.random.default_rng(0)
    count = discriminator_steps * batch_size
    images = random.uniform(-1, 1, (count, 32, 32, 3)).astype("float32")
    return images, random.integers(CLASSES, size=count).astype("int32")


def ours(connection, model, width, discriminator_steps, batch_size):
    """Iterations inside of one `fit`, on the backend at hand."""
    from benchmarks import machine
    from benchmarks.mimicry.networks import build, count
    from benchmarks.plain.timing import matrix_rate
    from benchmarks.turns import Turns, endless

    gan = build(model, width, discriminator_steps, batch_size)
    images, labels = data(discriminator_steps, batch_size)
    description = {
        "generator_parameters": count(gan.generator.trainable_variables),
        "discriminator_parameters": count(gan.discriminator_variables),
        "matrix_flops_a_second": matrix_rate(),
        **machine.describe(),
    }
    turns = Turns()

    def wait():
        if turns.seconds:
            connection.recv()

    def reply(seconds):
        connection.send(seconds if len(turns.seconds) > 1 else description)

    turns.before, turns.after = wait, reply
    labelled = model == "cgan_pd"
    gan.fit(
        endless(images, labels) if labelled else endless(images),
        epochs=10**6,
        steps_per_epoch=1,
        callbacks=[turns],
        shuffle=False,
        verbose=0,
    )


def theirs(connection, model, width, discriminator_steps, batch_size):
    """Iterations of torch-mimicry, as its trainer makes them, without logging."""
    import torch

    name, generator, discriminator = {
        "sngan": ("sngan.sngan_32", "SNGANGenerator32", "SNGANDiscriminator32"),
        "ssgan": ("ssgan.ssgan_32", "SSGANGenerator32", "SSGANDiscriminator32"),
        "cgan_pd": ("cgan_pd.cgan_pd_32", "CGANPDGenerator32", "CGANPDDiscriminator32"),
    }[model]
    module = package.load(f"nets.{name}")
    log = package.load("training.metric_log").MetricLog()
    classes = {"num_classes": CLASSES} if model == "cgan_pd" else {}
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    networks = (
        getattr(module, generator)(ngf=2 * width, **classes).to(device),
        getattr(module, discriminator)(ndf=width, **classes).to(device),
    )
    optimizers = [
        torch.optim.Adam(network.parameters(), 2e-4, betas=(0.0, 0.9))
        for network in networks
    ]
    images, labels = data(discriminator_steps, batch_size)
    images = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    batches = list(
        zip(
            images.split(batch_size),
            torch.from_numpy(labels).long().split(batch_size),
            strict=True,
        )
    )

    def iterate():
        start = time.perf_counter()
        shared = {"log_data": log, "device": device}
        for batch in batches:
            batch = tuple(part.to(device) for part in batch)
            networks[1].train_step(
                batch, netG=networks[0], optD=optimizers[1], **shared
            )
        networks[0].train_step(batch, netD=networks[1], optG=optimizers[0], **shared)
        # The log has read each loss, so that the device has finished.
        return time.perf_counter() - start

    iterate()
    counts = [sum(p.numel() for p in network.parameters()) for network in networks]
    connection.send(
        {
            "generator_parameters": counts[0],
            "discriminator_parameters": counts[1],
            "versions": {
                name: importlib.metadata.version(name)
                for name in ("torch-mimicry", "torch")
            },
        }
    )
    while True:
        connection.recv()
        connection.send(iterate())
