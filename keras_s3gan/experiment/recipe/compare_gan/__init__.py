"""A Gin file of Compare GAN, translated to the names of this package.

Where the original's default differs from this package's, it is written out, so that a
file means here what it means there: its power iteration at inference, its upsampling by
zeros, its defaults of batch normalization. Images are in [-1, 1] here and in [0, 1]
there; a gradient penalty's target and weight are converted. Steps count updates of the
generator here, and of the discriminator there.
"""

import re

from keras_s3gan.experiment.recipe.compare_gan.bindings import Bindings
from keras_s3gan.experiment.recipe.compare_gan.data import data, schedule
from keras_s3gan.experiment.recipe.compare_gan.model import MODELS, model_of, optimizers
from keras_s3gan.experiment.recipe.compare_gan.networks import networks

_SIGNS = re.compile(r"^\s*(options\.\w+|dataset\.name)\s*=", re.MULTILINE)


def is_compare_gan(text: str) -> bool:
    """Whether a Gin file is one of Compare GAN."""
    return _SIGNS.search(text) is not None


def translate(text: str) -> str:
    """Translates a recipe of Compare GAN to the names of this package.

    Args:
        text: the content of the `.gin` file.

    Returns:
        The content of a recipe of this package.

    Raises:
        ValueError: if the file binds what has no counterpart here, all of which is
            listed, or gives a name a value that it cannot have.
    """
    theirs = Bindings(text)
    lines = []
    discriminator_steps = theirs.take("options.disc_iters", 1)
    conditional = theirs.take("ModularGAN.conditional", False)
    model = theirs.choice("options.gan_class", MODELS)
    lines += data(theirs, conditional)
    lines += schedule(theirs, discriminator_steps)
    projects = networks(theirs, conditional, lines)
    lines += model_of(theirs, model, discriminator_steps, conditional, projects)
    lines += optimizers(theirs)
    theirs.refuse_the_rest()
    return "\n".join(lines) + "\n"
