"""Every scheme beside the original's stored outputs."""

from benchmarks.pages.page import Page, Row

BATCH = "layers/test_batch_normalization.py"
CONDITIONAL = (
    "layers/test_conditional_batch_normalization.py::"
    "test_conditional_values_of_the_original"
)
STANDING = (
    "layers/test_standing_statistics.py::test_accumulated_moments_of_the_original"
)
SELF_MODULATED = (
    "layers/test_self_modulated_batch_normalization.py::test_values_of_the_original"
)
SPECTRAL = "layers/test_spectral_normalization.py::test_values_of_the_original"
WEIGHT = "layers/test_weight_normalization.py::test_values_of_the_original"
ATTENTION = "layers/test_self_attention.py::test_values_of_the_original"
PRIMITIVE = "networks/test_layer_factory.py::test_primitive_of_the_original"
BLOCK = "networks/test_blocks_golden.py::test_block_of_the_original"
RESNET = "networks/test_resnet.py"
LOSSES = "models/test_losses_golden.py::test_losses_gradients_and_state"
PROJECTIONS = "models/test_losses_golden.py::test_two_projections_of_the_original"
PENALTIES = "penalties/test_gradient.py::test_values_and_gradients_of_the_original"
SECTIONS = {
    "Normalization of kernels": (
        Row("spectral, left", SPECTRAL, ".*-left"),
        Row("spectral, right", SPECTRAL, ".*-right"),
        Row("spectral, auto", SPECTRAL, ".*-auto"),
        Row("weight, linear", WEIGHT, "linear"),
        Row("weight, convolution", WEIGHT, "conv"),
        Row("weight, transposed convolution", WEIGHT, "deconv"),
    ),
    "Normalization of activations": (
        Row("batch", f"{BATCH}::test_plain_values_of_the_original"),
        Row(
            "batch, standing statistics",
            STANDING,
        ),
        Row("conditional batch", CONDITIONAL, "cbn_(onehot|dense|dense_bias)"),
        Row("conditional batch, spectral", CONDITIONAL, "cbn_dense_sn_.*"),
        Row("self-modulated batch", SELF_MODULATED, r"sbn_hidden\d+"),
        Row("self-modulated batch, spectral", SELF_MODULATED, "sbn_hidden32_sn"),
        Row("layer", "layers/test_layer_normalization.py::test_values_of_the_original"),
    ),
    "Layers": (
        Row("convolution", PRIMITIVE, "conv_.*"),
        Row("transposed convolution", PRIMITIVE, "dc_.*"),
        Row("linear", PRIMITIVE, "linear_.*"),
        Row("zero insertion", PRIMITIVE, "unpool_.*"),
        Row("average pool", PRIMITIVE, "avgpool_.*"),
        Row("self-attention", ATTENTION, "attn"),
        Row("self-attention, spectral", ATTENTION, "attn_sn_.*"),
        Row("rotation", "layers/test_rotation.py::test_rotations_of_the_original"),
    ),
    "Blocks": (
        Row("ResNet up, batch", BLOCK, "resnet_gen_up_bn"),
        Row("ResNet down, spectral", BLOCK, "resnet_disc_down_sn"),
        Row("ResNet down, layer", BLOCK, "resnet_disc_down_ln"),
        Row("BigGAN up, conditional batch, spectral", BLOCK, "biggan_gen_up_cbn_sn"),
        Row("BigGAN down, spectral", BLOCK, "biggan_disc_down_sn"),
        Row("BigGAN without shortcut, spectral", BLOCK, "biggan_disc_down_noshortcut"),
        Row("BigGAN-deep up, conditional batch, spectral", BLOCK, "bigdeep_gen_up"),
        Row("BigGAN-deep, conditional batch, spectral", BLOCK, "bigdeep_gen_none"),
        Row("BigGAN-deep down, spectral", BLOCK, "bigdeep_disc_down"),
    ),
    "Networks": (
        Row(
            "BigGAN generator",
            "networks/test_biggan.py::test_generator_of_the_original",
        ),
        Row(
            "BigGAN discriminator",
            "networks/test_biggan.py::test_discriminator_of_the_original",
        ),
        *(
            Row(f"{name} {network}", f"{RESNET}::test_{network}_of_the_original", case)
            for name, case in (
                ("ResNet for CIFAR", "resnet_cifar"),
                ("ResNet of 5 blocks", "resnet5_32_tiny"),
            )
            for network in ("generator", "discriminator")
        ),
    ),
    "Losses and training": (
        Row(
            "adversarial losses",
            "losses/test_adversarial.py::test_values_and_gradients_of_the_original",
        ),
        Row("gradient penalties", PENALTIES),
        Row("GAN", LOSSES, "modulargan_bs8"),
        Row("SSGAN", LOSSES, "ssgan_bs8"),
        Row("S3GAN, hard labels", LOSSES, "s3gan_hard"),
        Row("S3GAN, soft labels", LOSSES, "s3gan_soft"),
        Row("S3GAN, no predictor", LOSSES, "s3gan_nopred"),
        Row("S3GAN, two projections", PROJECTIONS),
        Row(
            "two steps of training",
            "models/test_training_golden.py::test_two_steps_of_gradient_descent",
        ),
    ),
}
INTRODUCTION = """\
# Errors against the original

Compare GAN was run on stored weights and inputs, and so is this package: outputs, the
state after each run, gradients. An error is `max|ours - theirs| / max|theirs|` of an
array, in float32; a row has the largest one of its arrays. *Allowed* is what the tests
let pass. Where that is two figures the larger one is for gradients: a relu whose input
is zero up to rounding may let them through on one side and not on the other.

Discriminators have `image_range=(0, 1)`, as there. Of two projections at once there
are no stored outputs: the second one is added to those of the first in NumPy.

Some of what the original says or computes is a fault of its own:

- KID of sets of unequal size takes the sizes of real blocks for those of generated
  ones: sums are divided by wrong counts, and generated images may be dropped, five of
  4,990 beside 4,999 real ones. `block_kernel_distance` has each image once; of sets of
  equal size both are the same.
- Steps: its docstring counts updates of the discriminator, its code those of the
  generator. Here they are counted as in the code.
- SSGAN gives rotated generated images the labels of real ones. No loss uses them.
- Weight normalization of a transposed convolution runs in its first call only, which is
  what is compared.
- BigGAN-deep's discriminator takes the mean by its docstring, the sum by its code. Here
  it is the sum.

Written by `python -m benchmarks.golden`, which also writes the versions and the machine
into `benchmarks/results/golden.json`.
"""
PAGE = Page(INTRODUCTION, "scheme", "arrays", SECTIONS)
