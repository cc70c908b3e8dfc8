"""What a generator's normalizations depend on."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.networks import conditioning

LATENTS = np.arange(12, dtype="float32").reshape(2, 6)
LABELS = np.eye(3, dtype="float32")[[0, 2]]


def test_a_hierarchy_gives_each_block_its_chunk():
    first, chunks = conditioning.split_latents(LATENTS, 2, hierarchical=True)
    parts = [ops.convert_to_numpy(part) for part in (first, *chunks)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), LATENTS)
    assert {part.shape for part in parts} == {(2, 2)}
    first, chunks = conditioning.split_latents(LATENTS, 2, hierarchical=False)
    assert first is LATENTS and chunks == [LATENTS, LATENTS]


def test_a_latent_that_does_not_divide_is_named():
    with pytest.raises(ValueError, match="multiple of 5. Received: latent_dim=6"):
        conditioning.split_latents(LATENTS, 4, hierarchical=True)


@pytest.mark.parametrize(
    ("normalization", "hierarchical", "labels", "width"),
    [
        ("conditional_batch", False, LABELS, 3),
        ("conditional_batch", True, LABELS, 6 + 3),
        ("conditional_batch", True, None, 6),
        ("self_modulated_batch", False, None, 6),
        ("self_modulated_batch", False, LABELS, 6 + 3),
        ("batch", False, None, None),
        (None, False, None, None),
    ],
)
def test_a_condition_is_latents_and_labels(normalization, hierarchical, labels, width):
    found = conditioning.block_conditions(
        normalization, [LATENTS, LATENTS], hierarchical, labels
    )
    assert len(found) == 2
    for condition in found:
        assert (condition if width is None else condition.shape[1]) == width
    if not hierarchical:
        one = conditioning.generator_condition(normalization, LATENTS, labels)
        assert (one if width is None else one.shape[1]) == width


@pytest.mark.parametrize(
    ("normalization", "hierarchical", "labels", "message"),
    [
        ("batch", False, LABELS, "With `num_classes`.*normalization=batch"),
        ("conditional_batch", False, None, "Without `num_classes`"),
        ("batch", True, None, "hierarchical_latent = False"),
    ],
)
def test_what_reaches_no_block_is_named(normalization, hierarchical, labels, message):
    with pytest.raises(ValueError, match=message):
        conditioning.block_conditions(normalization, [LATENTS], hierarchical, labels)
