"""Old names work for one more release, and say so."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import deprecation, layers, losses, penalties
from keras_s3gan.models import GAN, Batch
from tests.models.small import CLASSES, compiled_gan, make_gan
from tests.once import once

pytestmark = once("Python alone looks up names")
LOGITS = np.arange(6, dtype="float32").reshape(2, 3)
LABELS = np.eye(3, dtype="float32")[:2]


@pytest.mark.parametrize(
    ("old", "new"), [("CodeHead", "QHead"), ("label_rows", "to_one_hot")]
)
def test_old_names_of_layers(old, new):
    with pytest.warns(DeprecationWarning, match=f"{old}` is now `.*{new}`"):
        assert getattr(layers, old) is getattr(layers, new)


def test_a_name_of_another_module():
    names = {"old": "keras_s3gan.losses.get"}
    with pytest.warns(
        DeprecationWarning, match=r"here.old` is now `keras_s3gan.losses"
    ):
        assert deprecation.moved("here", names)("old") is losses.get
    with pytest.raises(AttributeError, match="module 'here' has no attribute 'other'"):
        deprecation.moved("here", names)("other")


def test_a_layer_that_was_saved_under_its_old_name():
    head = layers.QHead(3)
    config = keras.saving.serialize_keras_object(head)
    config |= {
        "module": "keras_s3gan.layers.code_head",
        "class_name": "CodeHead",
        "registered_name": "keras_s3gan>CodeHead",
    }
    assert type(keras.saving.deserialize_keras_object(config)) is layers.QHead


@pytest.mark.parametrize(
    ("function", "arguments", "old"),
    [
        (
            layers.rotations,
            {"images": np.zeros((1, 2, 2, 1)), "upright": False},
            "upright",
        ),
        (losses.has_label, {"rows": LABELS}, "rows"),
        (losses.labelled_count, {"available": np.ones(2)}, "available"),
        (
            losses.labelled_mean,
            {"values": np.ones(2), "available": np.ones(2)},
            "available",
        ),
        (
            losses.labelled_cross_entropy,
            {"logits": LOGITS, "labels_one_hot": LABELS, "available": np.ones(2)},
            "available",
        ),
    ],
)
def test_old_arguments(function, arguments, old):
    with pytest.warns(DeprecationWarning, match=f"`{old}` is now"):
        function(
            **{
                name: ops.convert_to_tensor(value) if name != "upright" else value
                for name, value in arguments.items()
            }
        )


def test_old_names_of_a_batch_and_of_a_model(tmp_path, recwarn):
    gan = make_gan()
    gan.save(tmp_path / "gan.keras")
    assert not [w for w in recwarn if "is now" in str(w.message)]
    with pytest.warns(DeprecationWarning, match="tracked"):
        assert gan.tracked == gan.metric_names
    with pytest.warns(DeprecationWarning, match="random_rows"):
        assert gan.random_rows(2).shape == (2, CLASSES)
    with pytest.warns(DeprecationWarning, match="rows"):
        assert Batch(None, LABELS).rows is LABELS
    with pytest.raises(AttributeError, match="nothing"):
        gan.nothing  # noqa: B018


def test_hooks_under_their_old_names():
    with pytest.warns(DeprecationWarning, match="_shown` is now"):

        class Mirrored(GAN):
            def _shown(self, images):
                return ops.flip(images, 1)

    images = ops.convert_to_tensor(np.random.default_rng(0).random((2, 8, 8, 1)))
    inputs = make_gan(model=Mirrored)._discriminator_inputs(images)
    np.testing.assert_array_equal(inputs, ops.flip(images, 1))


def test_a_penalty_with_old_names():
    def penalty(discriminator, fake, fake_rows, **others):
        return ops.mean(ops.square(discriminator(fake, labels=fake_rows)[0]))

    class OnKernels(penalties.Penalty):
        sees = "kernels"

    gan = compiled_gan(model=GAN)
    batch = Batch(ops.zeros((2, 8, 8, 1)), ops.one_hot([0, 1], CLASSES))
    with pytest.warns(DeprecationWarning, match="fake_rows"):
        penalties.call(penalty, gan.discriminator, batch, batch, (), None)
    with pytest.warns(DeprecationWarning, match="sees"):
        assert penalties.acts_on(OnKernels()) == "kernels"
