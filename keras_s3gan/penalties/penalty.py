"""What every penalty is."""


class Penalty:
    """Base of the penalties.

    A penalty is a callable that returns a scalar in float32. What it is called with
    depends on what it looks at.

    | `sees` | called with |
    | --- | --- |
    | `"images"` | discriminator, real and fake images, their rows, a seed; by name |
    | `"logits"` | `real_logits`, `fake_logits`, each `[N, 1]` |
    | `"kernels"` | a network |

    The arguments of the first kind are `discriminator`; `real` and `fake`, `[N, …]`;
    `rows` and `fake_rows`, `[N, num_classes]` or `None`; `seed`, an int or a
    `keras.random.SeedGenerator`. A function is of this kind.

    Attributes:
        sees: see above.
        differentiates: bool. Whether it takes gradients for single images, which mean
            nothing where a logit depends on the other images of the batch.
        default_weight: float. The factor that it is published with.
    """

    sees = "images"
    differentiates = False
    default_weight = 1.0

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def sees(penalty):
    """What a penalty looks at; `"images"` for a function."""
    return getattr(penalty, "sees", "images")


def weight(penalty, given):
    """The given factor of a penalty, else the one that it is published with."""
    return getattr(penalty, "default_weight", 1.0) if given is None else given
