"""The model, losses and optimizers of a recipe of Compare GAN."""

from typing import Any

from keras_s3gan.experiment.recipe.compare_gan.bindings import Bindings, line

MODELS = {
    "ModularGAN": "GAN",
    "GPUModularGAN": "GAN",
    "SSGAN": "SSGAN",
    "S3GAN": "S3GAN",
}
_LOSSES = ("non_saturating", "wasserstein", "least_squares", "hinge")
# A gradient with respect to images in [0, 1] is twice the g of ours in [-1, 1]:
# (√((2g)² + 1e-4) - 1)² = 4 (√(g² + 2.5e-5) - ½)².
_UNIT_RANGE = {"target": 0.5, "epsilon": 2.5e-5}
_PENALTIES: dict[str, dict[str, Any] | str | None] = {
    "no_penalty": None,
    "wgangp_penalty": {"scheme": "gradient", "points": "between", **_UNIT_RANGE},
    "dragan_penalty": {"scheme": "dragan", **_UNIT_RANGE},
    "l2_penalty": "l2",
}
_DISTRIBUTIONS = {
    "tf.random.uniform": "uniform",
    "tf.random_uniform": "uniform",
    "tf.random.normal": "normal",
    "tf.random_normal": "normal",
    "tf.random.truncated_normal": "truncated_normal",
    "tf.truncated_normal": "truncated_normal",
}
# For each optimizer of Compare GAN: our optimizer, and for each argument of Compare GAN
# its default and our name.
_OPTIMIZERS: dict[str, tuple[str, dict[str, tuple[float, str]]]] = {
    "tf.train.AdamOptimizer": (
        "Adam",
        {
            "beta1": (0.9, "beta_1"),
            "beta2": (0.999, "beta_2"),
            "epsilon": (1e-8, "epsilon"),
        },
    ),
    "tf.train.RMSPropOptimizer": (
        "RMSprop",
        {
            "decay": (0.9, "rho"),
            "momentum": (0.0, "momentum"),
            "epsilon": (1e-10, "epsilon"),
        },
    ),
    "tf.train.GradientDescentOptimizer": ("SGD", {}),
}


def model_of(
    theirs: Bindings,
    model: str,
    discriminator_steps: int,
    conditional: bool,
    projects: bool,
) -> list[str]:
    """The lines for the model, its loss and its penalty."""
    theirs.only("ModularGAN.deprecated_split_disc_calls", False)
    theirs.only("ModularGAN.fit_label_distribution", False)
    averages = theirs.take("ModularGAN.g_use_ema", False)
    decay = theirs.take("ModularGAN.ema_decay", 0.9999)
    start = theirs.take("ModularGAN.ema_start_step", 40000)
    arguments: dict[str, Any] = {
        "discriminator_steps": discriminator_steps,
        "ema_decay": decay if averages else 0.0,
        "ema_start_step": start if averages else 0,
        "latent_distribution": _distribution(theirs),
    }
    if model == "S3GAN":
        projects = _s3gan(theirs, arguments, projects)
    elif model == "SSGAN":
        supervision = theirs.take("SSGAN.self_supervision", "rotation_gan")
        arguments["self_supervision"] = None if supervision == "none" else supervision
        arguments["rotated_batch_size"] = theirs.required("SSGAN.rotated_batch_size")
    if model != "GAN":
        for letter, side in (("d", "discriminator"), ("g", "generator")):
            name, default = f"{model}.weight_rotation_loss_{letter}", {"d": 1.0}
            arguments[f"weight_rotation_loss_{side}"] = theirs.take(
                name, default.get(letter, 0.2)
            )
    if conditional and not projects:
        raise ValueError(
            "A conditional discriminator of this package has a class projection: bind "
            "the discriminator's project_y = True, or ModularGAN.conditional = False. "
            "Received: project_y = False"
        )
    penalty = theirs.choice("penalty.fn", _PENALTIES, "no_penalty")
    weight = theirs.take("options.lamba", 1)
    # In Compare GAN, S3GAN has no penalty, whatever is bound.
    if penalty is not None and model != "S3GAN":
        arguments["penalty"] = penalty
        arguments["penalty_weight"] = weight if penalty == "l2" else 4.0 * weight
    loss = theirs.choice("loss.fn", dict(zip(_LOSSES, _LOSSES, strict=True)))
    return [
        f"train.model = @{model}",
        line("train.loss", loss),
        *[line(f"{model}.{name}", value) for name, value in arguments.items()],
    ]


def _s3gan(theirs: Bindings, arguments: dict[str, Any], projects: bool) -> bool:
    """Adds S3GAN's own arguments; returns whether it has a class projection."""
    supervision = theirs.take("S3GAN.self_supervision", "rotation")
    arguments["self_supervision"] = None if supervision == "none" else supervision
    arguments["rotated_batch_fraction"] = theirs.required(
        "S3GAN.rotated_batch_fraction"
    )
    arguments["weight_class_loss"] = theirs.take("S3GAN.weight_class_loss", 1.0)
    soft = theirs.take("S3GAN.use_soft_pred", False)
    predictor = theirs.take("S3GAN.use_predictor", False)
    arguments["predictor"] = ("soft" if soft else "hard") if predictor else None
    # Soft labels are recognized by their shape.
    theirs.take("S3GAN.use_soft_labels")
    own = theirs.take("S3GAN.project_y", False)
    if predictor and not own:
        raise ValueError(
            "A predictor needs S3GAN's own projection: bind S3GAN.project_y = True. "
            "Received: S3GAN.use_predictor = True, S3GAN.project_y = False"
        )
    # The architecture's projection has no imputed labels; with S3GAN's there are two.
    arguments["project_given_labels"] = own and projects
    return own or projects


def _distribution(theirs: Bindings) -> str:
    chosen = theirs.choice("z.distribution_fn", _DISTRIBUTIONS, "tf.random.uniform")
    for name in ("z", "eval_z"):
        theirs.only(f"{name}.minval", -1.0)
        theirs.only(f"{name}.maxval", 1.0)
        theirs.only(f"{name}.stddev", 1.0)
    same = [name for name, ours in _DISTRIBUTIONS.items() if ours == chosen]
    theirs.only("eval_z.distribution_fn", *same)
    return chosen


def optimizers(theirs: Bindings) -> list[str]:
    """The lines for both optimizers."""
    default = "tf.train.AdamOptimizer"
    names = {"generator": theirs.take("ModularGAN.g_optimizer_fn", default)}
    names["discriminator"] = theirs.take(
        "ModularGAN.d_optimizer_fn", names["generator"]
    )
    rate = theirs.take("ModularGAN.g_lr", 0.0002)
    rates = {"generator": rate, "discriminator": theirs.take("ModularGAN.d_lr", rate)}
    lines: list[str] = []
    bound: dict[str, Any] = {}
    for side, name in names.items():
        if name not in _OPTIMIZERS:
            raise ValueError(
                f"An optimizer must be one of {sorted(_OPTIMIZERS)}. Received: {name!r}"
            )
        ours, arguments = _OPTIMIZERS[name]
        lines.append(f"train.{side}_optimizer = @{side}/{ours}")
        lines.append(line(f"{side}/{ours}.learning_rate", rates[side]))
        for argument, (value, our_name) in arguments.items():
            bound[f"{ours}.{our_name}"] = bound.get(
                f"{ours}.{our_name}", theirs.take(f"{name}.{argument}", value)
            )
    return lines + [line(name, value) for name, value in bound.items()]
