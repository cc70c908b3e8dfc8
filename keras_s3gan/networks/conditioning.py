"""How latents and labels reach the normalizations of a generator."""

from keras import ops

from keras_s3gan.networks.normalization import is_conditional, scheme_of


def split_latents(latents, blocks, hierarchical):
    """The part of the latents for the first layer, and one for each block.

    Args:
        latents: `[N, latent_dim]`.
        blocks: int.
        hierarchical: bool. Cut into `blocks + 1` equal chunks, else give all to each.

    Raises:
        ValueError: if the latents cannot be cut like that.
    """
    if not hierarchical:
        return latents, [latents] * blocks
    if latents.shape[-1] % (blocks + 1):
        raise ValueError(
            f"A hierarchical latent for {blocks} blocks is cut into {blocks + 1} "
            f"chunks, so `latent_dim` must be a multiple of {blocks + 1}. "
            f"Received: latent_dim={latents.shape[-1]}"
        )
    first, *chunks = ops.split(latents, blocks + 1, axis=1)
    return first, chunks


def condition_of(normalization, latents=None, labels=None):
    """What a conditional normalization is called with.

    Self-modulation sees the latents and, where there are classes, the labels beside
    them; conditional normalization sees the labels, and latents that are passed here.

    Args:
        normalization: see `normalization.scheme_of`.
        latents: `[N, D]` or `None`.
        labels: rows or embedded rows `[N, E]`, or `None` without classes.

    Returns:
        `[N, D + E]`, or `None` for a normalization without a condition.

    Raises:
        ValueError: if labels could not reach the network, or there is no condition.
    """
    if not is_conditional(normalization):
        if labels is not None:
            raise ValueError(
                "With `num_classes`, `normalization` must be 'conditional_batch' or "
                "'self_modulated_batch': it alone brings the labels into this "
                f"generator. Received: normalization={normalization}"
            )
        return None
    parts = [part for part in (latents, labels) if part is not None]
    if not parts:
        raise ValueError(
            "Without `num_classes` (or a hierarchical latent), `normalization` must be "
            "None, 'batch', 'layer' or 'self_modulated_batch'. "
            f"Received: normalization={normalization}"
        )
    return ops.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]


def generator_condition(normalization, latents, labels):
    """`condition_of` for a network that gives every slot the same."""
    (condition,) = block_conditions(normalization, [latents], False, labels)
    return condition


def block_conditions(normalization, chunks, hierarchical, labels):
    """`condition_of` for each block.

    Raises:
        ValueError: as there, and for chunks that no normalization would see.
    """
    if hierarchical and not is_conditional(normalization):
        raise ValueError(
            "A hierarchical latent reaches the blocks by a normalization of "
            "'conditional_batch' or 'self_modulated_batch': bind hierarchical_latent = "
            f"False. Received: normalization={normalization}"
        )
    sees_latents = hierarchical or scheme_of(normalization) == "self_modulated_batch"
    return [
        condition_of(normalization, chunk if sees_latents else None, labels)
        for chunk in chunks
    ]
