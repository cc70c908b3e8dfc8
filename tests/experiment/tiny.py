"""A recipe of seconds: small networks on a few coloured squares in folders."""

import numpy as np

RECIPE = """
train.source = "folder:{images}"
train.label_fraction = 0.5
train.batch_size = 8
train.steps = {steps}
train.steps_per_epoch = 2
train.generator = @SmallGenerator
train.discriminator = @SmallDiscriminator
train.model = @S3GAN
train.generator_optimizer = @generator/Adam
train.discriminator_optimizer = @discriminator/Adam
train.standing_statistics_batches = 1
train.score_samples = 20
train.evolution_rows = 3

SmallGenerator.image_size = 8
SmallGenerator.channels = 1
SmallGenerator.num_classes = 2
SmallGenerator.latent_dim = 4
SmallGenerator.base_channels = 4
SmallDiscriminator.image_size = 8
SmallDiscriminator.channels = 1
SmallDiscriminator.num_classes = 2
SmallDiscriminator.base_channels = 4

S3GAN.discriminator_steps = 2
S3GAN.ema_decay = 0.9
"""

_OWN = {
    "semi_supervised": "semi_supervised.unlabelled_batch_size = 8",
    "clustering": "",
}
_CLASSIFIER = """
{name}.encoder = @ResNetV2Encoder
{name}.optimizer = @pseudo_labelling/Adam
{name}.steps = 4
{name}.batch_size = 8
{own}
pseudo_labelling/Adam.learning_rate = 1e-3
ResNetV2Encoder.image_size = 8
ResNetV2Encoder.channels = 1
ResNetV2Encoder.base_channels = 4
ResNetV2Encoder.blocks_per_stage = (1,)
"""


def stage(name):
    """Bindings for pseudo-labelling of seconds by a method."""
    chosen = f"train.pseudo_labelling = @{name}"
    if name not in _OWN:
        return chosen
    return chosen + _CLASSIFIER.format(name=name, own=_OWN[name])


def write_images(directory, count=20, classes=("dark", "light")):
    """Writes `count` noisy 8 x 8 squares a class, each class with its brightness."""
    from PIL import Image

    random = np.random.default_rng(0)
    for label, name in enumerate(classes):
        (directory / name).mkdir(parents=True)
        for index in range(count):
            image = random.integers(0, 100, (8, 8)) + 150 * label
            path = directory / name / f"{index:03d}.png"
            Image.fromarray(image.astype("uint8")).save(path)


def write_recipe(directory, steps=4):
    """Writes images and recipe into a directory; returns the recipe's path."""
    images = directory / "images"
    if not images.exists():
        write_images(images)
    path = directory / f"tiny{steps}.gin"
    path.write_text(RECIPE.format(images=images, steps=steps))
    return path
