"""Every architecture: labels, configuration, dtype, data formats, clear refusals."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.kernel_wrapper import KernelWrapper
from tests.networks import architectures
from tests.networks.architectures import (
    ARCHITECTURES,
    BY_NORMALIZATION,
    RESNET,
    WITH_SLOTS,
)
from tests.once import once
from tests.tolerance import assert_close

# What takes long to compile, or has the layers of another that is not here.
SLOW = ("resnet5", "resnet30", "resnet_stl", "biggan_deep", "dcgan", "infogan", "small")
built_elsewhere = once("test_blocks.py has its blocks on each")
RUN = [
    pytest.param(name, marks=built_elsewhere) if name in SLOW else name
    for name in ARCHITECTURES
]
# So many normalizations in training turn rounding errors into errors of 10%.
CHAOTIC = ("resnet30",)
RANDOM = np.random.default_rng(0)
LATENTS = RANDOM.standard_normal((2, 8)).astype("float32")
ROWS = np.eye(3, dtype="float32")[[0, 1]]
OTHER_ROWS = np.roll(ROWS, 1, axis=1)


def generator_of(name, num_classes=None, **kwargs):
    return architectures.generator_of(name, num_classes, **quick(name, kwargs))


def discriminator_of(name, num_classes=None, **kwargs):
    return architectures.discriminator_of(name, num_classes, **quick(name, kwargs))


def quick(name, kwargs):
    """Kernels that `randomize` is quicker to fill than their initializers."""
    zeros = {"kernel_initializer": "zeros"} if name in WITH_SLOTS else {}
    return {**zeros, **kwargs}


def randomize(model):
    """Moves every trainable weight, biases too, from where it starts.

    Alike whatever tests ran before.
    """
    random = np.random.default_rng(0)
    for weight in model.trainable_variables:
        deviation = 0.1
        if len(weight.shape) > 1:
            deviation = 0.5 * np.prod(weight.shape[:-1]) ** -0.5
        noise = deviation * random.standard_normal(weight.shape)
        weight.assign(ops.convert_to_numpy(weight) + noise.astype("float32"))
    return model


def runner(model, training=False):
    """A compiled call of the model, from arrays to arrays."""
    call = backend.compiled(
        lambda *inputs: model(*inputs, training=training), model.variables
    )
    return lambda *inputs: [
        ops.convert_to_numpy(output) for output in keras.tree.flatten(call(*inputs))
    ]


def transposed(model):
    """The same network with the channels first."""
    config = {**model.get_config(), "data_format": "channels_first"}
    other = type(model).from_config(config)
    assert {**other.get_config(), "data_format": model.data_format} == (
        model.get_config()
    )
    other.set_weights(model.get_weights())
    return other


def assert_differ(outputs, least=1e-3):
    """What comes out depends on what went in, beyond rounding."""
    first, second = outputs
    assert np.abs(first - second).max() > least * np.abs(first).max()


def check_mixed(model):
    """A dtype policy reaches every layer, and comes back from the configuration."""
    config = {**model.get_config(), "dtype": "mixed_bfloat16"}
    mixed = type(model).from_config(config)
    again = type(model).from_config(mixed.get_config())
    for copy in (mixed, again):
        assert copy.dtype_policy.name == "mixed_bfloat16"
        layers = [
            layer
            for layer in copy._flatten_layers()
            if hasattr(layer, "kernel") and not isinstance(layer, KernelWrapper)
        ]
        assert {layer.compute_dtype for layer in layers} == {"bfloat16"}
    return mixed


@pytest.mark.parametrize("name", RUN)
def test_generator_with_labels_in_both_data_formats(name):
    generator = randomize(generator_of(name, 3))
    assert check_mixed(generator).outputs[0].dtype == "float32"
    other = transposed(generator)
    size = ARCHITECTURES[name][2]
    call = runner(generator, training=name not in CHAOTIC)
    start = generator.get_weights()
    (images,) = call([LATENTS, ROWS])
    assert images.shape == (2, size, size, 1) and images.dtype == "float32"
    generator.set_weights(start)
    (by_others,) = call([LATENTS, OTHER_ROWS])
    assert_differ([images, by_others])
    if name in CHAOTIC:
        # At inference so many layers leave nothing of the latents in new networks.
        assert_differ(runner(generator, training=True)([LATENTS, ROWS[[0, 0]]])[0])
    else:
        generator.set_weights(start)
        (by_others,) = call([LATENTS[::-1].copy(), ROWS])
        assert_differ([images, by_others])

    call = runner(other, training=name not in CHAOTIC)
    (first,) = call([LATENTS, ROWS])
    assert_close(np.moveaxis(first, 1, -1), images, 1e-4)


@pytest.mark.parametrize("name", RUN)
def test_discriminator_with_labels_in_both_data_formats(name):
    discriminator = randomize(discriminator_of(name, 3))
    check_mixed(discriminator)
    other = transposed(discriminator)
    size = ARCHITECTURES[name][2]
    images = RANDOM.uniform(-1, 1, (2, size, size, 1)).astype("float32")
    call = runner(discriminator, training=True)
    start = discriminator.get_weights()
    logits, features = call(images, ROWS)
    assert logits.shape == (2, 1)
    assert features.shape == (2, discriminator.feature_dim)
    discriminator.set_weights(start)
    by_others, _ = call(images, OTHER_ROWS)
    assert_differ([logits, by_others])
    config = {**discriminator.get_config(), "image_range": (0.0, 1.0)}
    of_unit_range = type(discriminator).from_config(config)
    of_unit_range.set_weights(discriminator.get_weights())
    assert of_unit_range.get_config() == config
    expected = discriminator((images + 1) / 2)[1]
    assert_close(of_unit_range(images)[1], expected, 1e-5)

    call = runner(other, training=True)
    outputs = call(np.moveaxis(images, -1, 1).copy(), ROWS)
    assert_close(outputs[0], logits, 1e-4)
    assert_close(outputs[1], features, 1e-4)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=built_elsewhere) if name in SLOW else name
        for name in ARCHITECTURES
    ],
)
def test_without_labels(name):
    size = ARCHITECTURES[name][2]
    generator = generator_of(name)
    assert generator.image_shape == (size, size, 1)
    assert generator.output_shape == (None, size, size, 1)
    assert len(generator.generator_inputs(LATENTS, ROWS)) == len(generator.inputs) == 1
    discriminator = discriminator_of(name)
    assert discriminator.image_shape == (size, size, 1)
    assert discriminator.class_projection is None
    with pytest.raises(ValueError, match="takes no labels"):
        discriminator(np.zeros((2, size, size, 1), "float32"), labels=ROWS)
    for model in (generator, discriminator):
        copy = type(model).from_config(model.get_config())
        assert copy.get_config() == model.get_config()


@pytest.mark.parametrize(
    ("name", "num_classes", "kwargs"),
    [
        ("dcgan", None, {"normalization": None}),
        ("sndcgan", 3, {"normalization": "self_modulated_batch"}),
        ("infogan", None, {"normalization": "layer"}),
        ("resnet5", None, {"normalization": "self_modulated_batch"}),
        (
            "resnet_cifar",
            3,
            {"hierarchical_latent": True, "embed_label": True, "embed_latent": True},
        ),
        ("resnet_stl", None, {"kernel_normalization": "weight"}),
        (
            "biggan",
            3,
            {"hierarchical_latent": False, "normalization": "self_modulated_batch"},
        ),
        ("biggan", None, {"hierarchical_latent": False, "normalization": "batch"}),
        ("biggan_deep", 3, {"embedding_dim": 0, "normalization": "batch"}),
    ],
)
def test_options_of_generators(name, num_classes, kwargs):
    generator = randomize(generator_of(name, num_classes, **kwargs))
    copy = type(generator).from_config(generator.get_config())
    assert copy.get_config() == generator.get_config()
    inputs = generator.generator_inputs(LATENTS, ROWS)
    (images,) = runner(generator, training=True)(inputs)
    assert_differ(images)
    for weight in generator.weights:
        assert np.all(np.isfinite(ops.convert_to_numpy(weight))), weight.path


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("dcgan", {"normalization": "layer"}),
        ("sndcgan", {"normalization": "batch"}),
        ("infogan", {"normalization": "layer", "kernel_normalization": None}),
        ("resnet_cifar", {"kernel_normalization": "weight"}),
        ("biggan", {"identity_shortcut": False, "normalization": "layer"}),
    ],
)
def test_options_of_discriminators(name, kwargs):
    discriminator = randomize(discriminator_of(name, 3, **kwargs))
    copy = type(discriminator).from_config(discriminator.get_config())
    assert copy.get_config() == discriminator.get_config()
    shape = (2, *discriminator.image_shape)
    images = np.random.default_rng(1).uniform(-1, 0, shape).astype("float32")
    # In brightness: noise is averaged away.
    images[1] += 1
    logits, features = runner(discriminator, training=True)(images, ROWS)
    assert np.all(np.isfinite(logits))
    # Above rounding: weight normalization lets little through so many new layers.
    assert_differ(features, 1e-5)


@once("refused before a network is built")
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_sizes_that_are_not_offered_are_named(name):
    size = ARCHITECTURES[name][3]
    for make in (generator_of, discriminator_of):
        with pytest.raises(ValueError, match=f"must be .*image_size={size}$"):
            make(name, image_size=size)


@once("refused before a network is built")
@pytest.mark.parametrize("name", BY_NORMALIZATION)
@pytest.mark.parametrize("normalization", [None, "batch", "layer"])
def test_labels_need_a_normalization_that_takes_them(name, normalization):
    message = f"'conditional_batch'.*normalization={normalization}$"
    with pytest.raises(ValueError, match=message):
        generator_of(name, 3, normalization=normalization)


@pytest.mark.parametrize("name", BY_NORMALIZATION)
def test_conditional_normalization_needs_labels(name):
    kwargs = {"hierarchical_latent": False} if name == "biggan" else {}
    message = "'self_modulated_batch'.*normalization=conditional_batch$"
    with pytest.raises(ValueError, match=message):
        generator_of(name, normalization="conditional_batch", **kwargs)


@pytest.mark.parametrize("name", WITH_SLOTS)
@pytest.mark.parametrize("scheme", ["conditional_batch", "self_modulated_batch"])
def test_discriminators_take_no_conditional_normalization(name, scheme):
    message = f"None, 'batch' or 'layer'.*normalization={scheme}$"
    with pytest.raises(ValueError, match=message):
        discriminator_of(name, 3, normalization=scheme)


@pytest.mark.parametrize("name", WITH_SLOTS)
def test_unknown_normalization_is_named(name):
    for make in (generator_of, discriminator_of):
        with pytest.raises(ValueError, match="must be None, one of.*=batched$"):
            make(name, normalization="batched")


@pytest.mark.parametrize("name", ["biggan", "resnet_cifar", "resnet_stl"])
def test_a_hierarchy_must_divide_the_latent(name):
    with pytest.raises(ValueError, match="multiple of 4. Received: latent_dim=30$"):
        generator_of(name, latent_dim=30, hierarchical_latent=True)


def test_unknown_architecture_is_named():
    for make in RESNET:
        with pytest.raises(ValueError, match="'resnet5'.*architecture=resnet18$"):
            make("resnet18")


@pytest.mark.parametrize("normalization", ["batch", "layer", None])
def test_latents_that_would_reach_no_block_are_refused(normalization):
    with pytest.raises(ValueError, match="hierarchical_latent = False. Received: norm"):
        generator_of("biggan", None, normalization=normalization)
