"""The conditions of a generator's normalizations: latents and labels."""

from keras import ops

from keras_s3gan.networks.normalization import is_conditional, scheme_of


def split_latents(latents, blocks, hierarchical):
    """The latents of the first layer, and those of each block.

    Args:
        latents: `[N, latent_dim]`.
        blocks: int.
        hierarchical: bool. Whether to split into `blocks + 1` equal chunks. Otherwise
            all get the whole latents.

    Raises:
        ValueError: if `latent_dim` is not a multiple of that.
    """
    if not hierarchical:
        return latents, [latents] * blocks
    if latents.shape[-1] % (blocks + 1):
        raise ValueError(
            f"A hierarchical latent for {blocks} blocks is split into {blocks + 1} "
            f"chunks, so `latent_dim` must be a multiple of {blocks + 1}. "
            f"Received: latent_dim={latents.shape[-1]}"
        )
    first, *chunks = ops.split(latents, blocks + 1, axis=1)
    return first, chunks


def condition_of(normalization, latents=None, labels=None):
    """The condition of a normalization: the given latents and labels, concatenated.

    Args:
        normalization: see `normalization.scheme_of`.
        latents: `[N, D]` or `None`.
        labels: one-hot labels or their embedding `[N, E]`, or `None` without classes.

    Returns:
        `[N, D + E]`, or `None` for a normalization without a condition.

    Raises:
        ValueError: if there are labels but no condition, or a condition but no input.
    """
    if not is_conditional(normalization):
        if labels is not None:
            raise ValueError(
                "With `num_classes`, `normalization` must be 'conditional_batch' or "
                "'self_modulated_batch': this generator has no other input for the "
                f"labels. Received: normalization={normalization}"
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
    """`condition_of` for a network with one condition for all normalizations."""
    (condition,) = block_conditions(normalization, [latents], False, labels)
    return condition


def block_conditions(normalization, chunks, hierarchical, labels):
    """`condition_of` for each block.

    With classes, self-modulation depends on latents and labels, a conditional
    normalization on labels, and with a hierarchical latent on the block's chunk, too.

    Raises:
        ValueError: as there, and for chunks that no normalization would use.
    """
    if hierarchical and not is_conditional(normalization):
        raise ValueError(
            "A hierarchical latent reaches the blocks by a normalization of "
            "'conditional_batch' or 'self_modulated_batch': bind hierarchical_latent = "
            f"False. Received: normalization={normalization}"
        )
    uses_latents = hierarchical or scheme_of(normalization) == "self_modulated_batch"
    return [
        condition_of(normalization, chunk if uses_latents else None, labels)
        for chunk in chunks
    ]
