"""Translates a Gin file of Compare GAN to the names of this package.

If a default of Compare GAN differs from the default of this package, the translation
binds it, so that the file keeps its meaning: power iteration at inference, zero
insertion for upsampling, the defaults of batch normalization. Images are in [-1, 1] in
this package and in [0, 1] in Compare GAN, so that its discriminators have
`image_range`, and the target and the weight of a gradient penalty are converted. Steps
are updates of the generator in both: so has Compare GAN's code, whatever its docstring
says.
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
        ValueError: if the file has bindings without a counterpart in this package,
            which are all listed, or a value that is not allowed.
    """
    theirs = Bindings(text)
    lines = []
    discriminator_steps = theirs.take("options.disc_iters", 1)
    conditional = theirs.take("ModularGAN.conditional", False)
    model = theirs.choice("options.gan_class", MODELS)
    lines += data(theirs, conditional)
    lines += schedule(theirs)
    projects = networks(theirs, conditional, lines)
    lines += model_of(theirs, model, discriminator_steps, conditional, projects)
    lines += optimizers(theirs)
    theirs.refuse_the_rest()
    return "\n".join(lines) + "\n"
