"""Five steps of some models on one replica and on several, in a process of its own.

    KERAS_BACKEND=… python -m tests.models.replicas COUNTS KINDS INPUT.npz OUTPUT.npz

Devices of the CPU on JAX and TensorFlow, processes on PyTorch. The input holds
`STEPS` whole batches; the output, for each count and kind, what a callback sees after
each step, and the weights.
"""

import os
import sys

import keras
import numpy as np
from keras import ops

from keras_s3gan.labels import SemiSupervisedClassifier
from keras_s3gan.layers import AdaptiveAugmentation, DiffAugment, RandomAffine
from keras_s3gan.models import SSGAN
from keras_s3gan.networks import ResNetV2Encoder
from keras_s3gan.penalties import BalancedConsistency
from tests.layers.replicas import free_port
from tests.models.small import CLASSES, SIZE, compiled_gan

STEPS, UPDATES, BATCH = 5, 2, 32
KINDS = {
    "s3gan": {"rotated_batch_fraction": 2},
    "relativistic": {
        "rotated_batch_fraction": 2,
        "loss": "relativistic_average_hinge",
        "penalty": "dragan",
    },
    "ssgan": {"model": SSGAN, "rotated_batch_size": 16},
    "lecam": {
        "rotated_batch_fraction": 2,
        "penalty": {"scheme": "lecam", "start_step": 1},
    },
}

CLASSIFIER, SHARED_WEIGHTS, AUGMENTED = "classifier", "shared_weights", "augmented"
KINDS[SHARED_WEIGHTS] = KINDS["s3gan"]


class Log(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append([float(logs[name]) for name in sorted(logs)])


def build(kind):
    keras.utils.set_random_seed(0)
    if kind == CLASSIFIER:
        return build_classifier()
    if kind == AUGMENTED:
        KINDS[AUGMENTED] = augmented()
    gan = compiled_gan(discriminator_steps=UPDATES, **KINDS[kind])
    for optimizer in ("generator", "discriminator"):
        assert getattr(gan.optimizer, optimizer).built
    return gan


def augmented():
    """A probability that grows, and penalties with random copies, new each time."""
    return {
        "self_supervision": None,
        "loss": "relativistic_paired",
        "augmentation": AdaptiveAugmentation(
            speed=200, target=-0.9, interval=2, seed=0
        ),
        "penalty": [
            BalancedConsistency(DiffAugment(["translation", "flip"], seed=1)),
            "latent_consistency",
            # Differences of logits say nothing of their bias.
            "centring",
        ],
    }


def build_classifier():
    """Of pseudo-labelling, with all that it has: draws, moments, shares of classes."""
    classifier = SemiSupervisedClassifier(
        ResNetV2Encoder(SIZE, 1, base_channels=4, blocks_per_stage=(1,)),
        CLASSES,
        RandomAffine(rotation=20, seed=0),
        weight_consistency_loss=1.0,
        # Low enough that some images of the first steps count.
        confidence_threshold=0.4,
    )
    for weight in classifier.trainable_weights:
        # Beside zeros every rounding is large.
        if weight.name == "beta":
            weight.assign(ops.ones(weight.shape) / 2)
    # Adam would blow up the rounding of what hardly has a gradient.
    classifier.compile(keras.optimizers.SGD(0.1))
    return classifier


def train(kind, images, labels):
    """What each step logged, and every weight after the last."""
    model, log = build(kind), Log()
    if kind == CLASSIFIER:
        images = [{"labelled": one, "unlabelled": -one} for one in images]
        labels = labels.clip(0)
    if kind == SHARED_WEIGHTS and keras.distribution.distribution():
        split = [w for w in model.weights if not w.value.sharding.is_fully_replicated]
        assert {"kernel"} <= {weight.name for weight in split}
    batches = zip(images, labels, strict=True)
    model.fit(
        _endless([*batches]),
        steps_per_epoch=STEPS,
        epochs=1,
        verbose=0,
        callbacks=[log],
    )
    found = {f"{kind}/losses": np.array(log.seen)}
    for index, weight in enumerate(model.weights):
        # Of equal models in one process Keras numbers the names.
        name = f"{kind}/weight/{index:03d}/{weight.name}"
        found[name] = ops.convert_to_numpy(weight)
    return found


def train_all(kinds, images, labels):
    found = {}
    for kind in kinds:
        found |= train(kind, images, labels)
    return found


def _endless(batches):
    while True:
        yield from batches


def on_jax(count, kinds, images, labels):
    from keras_s3gan.backend.jax import devices as jax_devices

    # What the small networks have is wide enough.
    jax_devices.WIDE = 4
    devices = keras.distribution.list_devices()[:count]
    assert len(devices) == count
    found = {}
    for kind in kinds:
        sharing = 2 if kind == SHARED_WEIGHTS else 1
        distribution = jax_devices.WideWeightsParallel(devices, sharing)
        with distribution.scope():
            found |= train(kind, images, labels)
    return found


def on_tensorflow(count, kinds, images, labels):
    import tensorflow as tf

    # Each replica gets rows that follow one another: bring together which are its own.
    order = np.arange(images.shape[1]).reshape(-1, count).T.ravel()
    strategy = tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(count)])
    with strategy.scope():
        return train_all(kinds, images[:, order], labels[:, order])


def on_torch(count, kinds, images, labels):
    import torch

    parts = torch.multiprocessing.get_context()
    queue = parts.Queue()
    port = free_port()
    processes = [
        parts.Process(
            target=torch_replica, args=(rank, count, port, kinds, images, labels, queue)
        )
        for rank in range(count)
    ]
    for process in processes:
        process.start()
    found = dict(queue.get(timeout=300) for _ in processes)
    for process in processes:
        process.join()
    for other in found.values():
        assert all(np.array_equal(found[0][name], other[name]) for name in other)
    return found[0]


def torch_replica(rank, count, port, kinds, images, labels, queue):
    from torch import distributed

    os.environ.update(MASTER_ADDR="localhost", MASTER_PORT=str(port))
    distributed.init_process_group("gloo", rank=rank, world_size=count)
    queue.put((rank, train_all(kinds, images[:, rank::count], labels[:, rank::count])))
    distributed.destroy_process_group()


def make_cpus(count):
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * count
    )


def main(counts, kinds, images, labels):
    name = keras.backend.backend()
    run = {"jax": on_jax, "tensorflow": on_tensorflow, "torch": on_torch}[name]
    if name == "tensorflow":
        make_cpus(max(counts))
    found = {}
    # One replica is the last: processes must not inherit threads.
    for count in sorted(counts, key=lambda count: count == 1):
        # Of four replicas one kind is enough.
        chosen = kinds if count < 4 else kinds[:1]
        arrays = (
            train_all(chosen, images, labels)
            if count == 1
            else run(count, chosen, images, labels)
        )
        found |= {f"{count}/{key}": value for key, value in arrays.items()}
    return found


if __name__ == "__main__":
    counts, kinds, source, target = sys.argv[1:]
    counts = [int(count) for count in counts.split(",")]
    with np.load(source) as stored:
        found = main(counts, kinds.split(","), stored["images"], stored["labels"])
    np.savez(target, **found)
