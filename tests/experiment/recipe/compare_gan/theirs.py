"""Recipes of Compare GAN, and what is bound in a translation."""

import re

PLAIN = """
dataset.name = "cifar10"
options.architecture = "resnet_cifar_arch"
options.batch_size = 64
options.gan_class = @GPUModularGAN
options.training_steps = 40000
options.disc_iters = 5
G.batch_norm_fn = @batch_norm
standardize_batch.decay = 0.9
standardize_batch.epsilon = 1e-5
D.spectral_norm = True
loss.fn = @non_saturating
penalty.fn = @no_penalty
ModularGAN.g_lr = 0.0002
ModularGAN.g_optimizer_fn = @tf.train.AdamOptimizer
tf.train.AdamOptimizer.beta1 = 0.5
"""


PROJECTED = """
ModularGAN.conditional = True
resnet_cifar.Discriminator.project_y = True
"""


NO_LABELS = "train.label_fraction = 0.0"


CONDITIONAL = """
dataset.name = "imagenet_128"
options.z_dim = 120
options.architecture = "resnet_biggan_arch"
ModularGAN.conditional = True
options.batch_size = 2048
options.gan_class = @S3GAN
options.training_steps = 250000
options.disc_iters = 2
weights.initializer = "orthogonal"
spectral_norm.singular_value = "auto"
G.batch_norm_fn = @conditional_batch_norm
G.spectral_norm = True
D.spectral_norm = True
ModularGAN.g_use_ema = True
resnet_biggan.Discriminator.project_y = False
standardize_batch.use_moving_averages = False
loss.fn = @hinge
ModularGAN.g_lr = 0.0001
ModularGAN.d_lr = 0.0005
tf.train.AdamOptimizer.beta1 = 0.0
z.distribution_fn = @tf.random.normal
eval_z.distribution_fn = @tf.random.normal
run_config.iterations_per_loop = 500
run_config.save_checkpoints_steps = 2500
S3GAN.rotated_batch_fraction = 2
S3GAN.project_y = True
S3GAN.use_predictor = True
"""


_LSUN = {
    '"cifar10"': '"lsun-bedroom"',
    "resnet_cifar_arch": "resnet5_arch",
    "D.spectral_norm = True": "D.spectral_norm = False",
    "@non_saturating": "@wasserstein",
    "@no_penalty": "@wgangp_penalty\noptions.lamba = 10",
    "0.0002": "0.0001",
    "beta1 = 0.5": "beta1 = 0.5\ntf.train.AdamOptimizer.beta2 = 0.9",
}
_LONGER = {"= 40000": "= 100000", "disc_iters = 5": "disc_iters = 1"}
_DCGAN = {
    **_LONGER,
    '"cifar10"': '"celeb_a"',
    "resnet_cifar_arch": "dcgan_arch",
    "D.spectral_norm = True": "D.spectral_norm = False",
}
_SNDCGAN = {
    **_LONGER,
    '"cifar10"': '"celeb_a_hq_128"',
    "resnet_cifar_arch": "sndcgan_arch",
}
_BIGGAN = {
    "@S3GAN": "@ModularGAN",
    "project_y = False": "project_y = True",
    "S3GAN.rotated_batch_fraction = 2\n": "",
    "S3GAN.project_y = True\n": "",
    "S3GAN.use_predictor = True\n": "standardize_batch.decay = 0.9\n"
    "standardize_batch.epsilon = 1e-5\n",
}


def changed(text, changes):
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


# Its example files, by the names of our recipes.
UNCONDITIONAL_EXAMPLES = {
    "resnet_cifar10": PLAIN,
    "resnet_lsun-bedroom128": changed(PLAIN, _LSUN),
    "dcgan_celeba64": changed(PLAIN, _DCGAN),
    "sndcgan_celebahq128": changed(PLAIN, _SNDCGAN),
}
EXAMPLES = {
    **UNCONDITIONAL_EXAMPLES,
    "biggan_imagenet128": changed(CONDITIONAL, _BIGGAN),
}


def bound(text, name):
    joined = re.sub(r"\\\n\s*|\n[ \t]+", " ", text)
    return re.search(rf"^{re.escape(name)} = (.*)$", joined, re.MULTILINE)[1]
