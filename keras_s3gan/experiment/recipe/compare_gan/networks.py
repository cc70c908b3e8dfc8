"""The networks of a recipe of Compare GAN."""

from typing import Any

from keras_s3gan.experiment.recipe.compare_gan.bindings import Bindings, line

# Prefix of our class names, and the module of Compare GAN with its own arguments.
_ARCHITECTURES = {
    "dcgan_arch": ("DCGAN", None),
    "sndcgan_arch": ("SNDCGAN", None),
    "infogan_arch": ("InfoGAN", None),
    "resnet5_arch": ("ResNet", None),
    "resnet30_arch": ("ResNet", None),
    "resnet_stl_arch": ("ResNet", None),
    "resnet_cifar_arch": ("ResNet", "resnet_cifar"),
    "resnet_biggan_arch": ("BigGAN", "resnet_biggan"),
    "resnet_biggan_deep_arch": ("BigGANDeep", "resnet_biggan_deep"),
}
_NORMALIZATIONS = {
    "no_batch_norm": None,
    "batch_norm": "batch",
    "conditional_batch_norm": "conditional_batch",
    "self_modulated_batch_norm": "self_modulated_batch",
}
_INITIALIZERS = {
    "normal": {"class_name": "RandomNormal", "config": {"stddev": 0.02}},
    "truncated": {"class_name": "TruncatedNormal", "config": {"stddev": 0.02}},
    "orthogonal": "orthogonal",
}


def networks(theirs: Bindings, conditional: bool, lines: list[str]) -> bool:
    """Appends the networks' lines; returns whether there is a class projection."""
    architecture = theirs.required("options.architecture")
    if architecture not in _ARCHITECTURES:
        raise ValueError(
            f"options.architecture must be one of {sorted(_ARCHITECTURES)}. "
            f"Received: options.architecture={architecture!r}"
        )
    family, module = _ARCHITECTURES[architecture]
    initializer = theirs.choice("weights.initializer", _INITIALIZERS, "normal")
    spectral = {
        "scheme": "spectral",
        "side": theirs.take("spectral_norm.singular_value", "left"),
        "epsilon": theirs.take("spectral_norm.epsilon", 1e-12),
        "iterate_at_inference": True,
    }
    moments = {
        "momentum": theirs.take("standardize_batch.decay", 0.999),
        "epsilon": theirs.take("standardize_batch.epsilon", 1e-3),
    }
    of_generator, of_discriminator = _own_arguments(theirs, family, module)
    projects = of_discriminator.pop("project_y", False)
    if architecture == "infogan_arch":
        # It always has batch normalization.
        theirs.take("G.batch_norm_fn")
        of_generator["normalization"] = {"scheme": "batch", **moments}
    else:
        of_generator["normalization"] = _normalization(
            theirs, "G.batch_norm_fn", moments
        )
    of_discriminator["normalization"] = _normalization(
        theirs, "D.batch_norm_fn", moments
    )
    if theirs.take("D.layer_norm", False):
        of_discriminator["normalization"] = "layer"
    if family in ("ResNet", "BigGAN", "BigGANDeep"):
        of_generator["upsampling"] = "zero_insertion"
    if family != "SNDCGAN":
        # SN-DCGAN's converts them to [-1, 1] itself.
        of_discriminator["image_range"] = (0.0, 1.0)
    if family == "ResNet":
        name = architecture.removesuffix("_arch")
        of_generator["architecture"] = of_discriminator["architecture"] = name
    for side, arguments, letter in (
        ("Generator", of_generator, "G"),
        ("Discriminator", of_discriminator, "D"),
    ):
        lines.append(f"train.{side.lower()} = @{family}{side}")
        arguments["kernel_initializer"] = initializer
        normalized = theirs.take(f"{letter}.spectral_norm", False)
        arguments["kernel_normalization"] = spectral if normalized else None
        for name in ("image_size", "channels", "num_classes"):
            lines.append(f"{family}{side}.{name} = %{name}")
        lines += [
            line(f"{family}{side}.{name}", value) for name, value in arguments.items()
        ]
    lines.append(f"{family}Generator.latent_dim = %latent_dim")
    return projects and conditional


def _own_arguments(
    theirs: Bindings, family: str, module: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments that only this architecture of Compare GAN has, by our names."""
    generator: dict[str, Any] = {}
    discriminator: dict[str, Any] = {}
    if module is None:
        return generator, discriminator

    def take(side: str, name: str, default: Any) -> Any:
        return theirs.take(f"{module}.{side}.{name}", default)

    if family == "ResNet":
        generator["hierarchical_latent"] = take("Generator", "hierarchical_z", False)
        generator["embed_latent"] = take("Generator", "embed_z", False)
        generator["embed_label"] = take("Generator", "embed_y", False)
        discriminator["project_y"] = take("Discriminator", "project_y", False)
        return generator, discriminator
    channels = 96 if family == "BigGAN" else 128
    for side, arguments in (("Generator", generator), ("Discriminator", discriminator)):
        arguments["base_channels"] = take(side, "ch", channels)
    embeds = take("Generator", "embed_y", True)
    length = take("Generator", "embed_y_dim", 128)
    generator["embedding_dim"] = length if embeds else 0
    discriminator["project_y"] = take("Discriminator", "project_y", True)
    if family == "BigGAN":
        theirs.only(f"{module}.Generator.embed_z", False)
        theirs.only(f"{module}.Generator.embed_bias", False)
        generator["hierarchical_latent"] = take("Generator", "hierarchical_z", True)
        for side, arguments, default in (
            ("Generator", generator, "B4"),
            ("Discriminator", discriminator, "B1"),
        ):
            blocks = take(side, "blocks_with_attention", default)
            numbers = [int(name[1:]) for name in blocks.split(",") if name]
            arguments["attention_blocks"] = tuple(numbers)
        discriminator["identity_shortcut"] = False
    else:
        # Its attention is always at 64 pixels.
        theirs.take(f"{module}.Discriminator.blocks_with_attention")
        theirs.only(f"{module}.Generator.experimental_fast_conv_to_rgb", False)
    return generator, discriminator


def _normalization(
    theirs: Bindings, name: str, moments: dict[str, float]
) -> dict[str, Any] | None:
    function = theirs.take(name)
    if function is None:
        return None
    if function not in _NORMALIZATIONS:
        raise ValueError(
            f"{name} must be one of {sorted(_NORMALIZATIONS)}. "
            f"Received: {name}={function!r}"
        )
    scheme = _NORMALIZATIONS[function]
    if scheme is None:
        return None
    extra = {}
    if scheme == "conditional_batch":
        extra["unit_gain"] = False
        extra["use_bias"] = theirs.take("conditional_batch_norm.use_bias", False)
    if scheme == "self_modulated_batch":
        extra["hidden_units"] = theirs.take("self_modulated_batch_norm.num_hidden", 32)
    return {"scheme": scheme, **moments, **extra}
