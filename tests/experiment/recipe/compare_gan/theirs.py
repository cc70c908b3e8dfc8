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


def bound(text, name):
    joined = re.sub(r"\\\n\s*|\n[ \t]+", " ", text)
    return re.search(rf"^{re.escape(name)} = (.*)$", joined, re.MULTILINE)[1]
