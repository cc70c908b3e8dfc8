"""A generator and a discriminator that fit each other."""

from keras import layers

from keras_s3gan.layers.kernel_normalization import with_kernel_normalization


class NetworkPair:
    """Mixin of `GAN`: what its `generator` and `discriminator` have in common."""

    # Attributes that both must have alike.
    shared_attributes = ("image_shape", "num_classes", "data_format")

    def _check_networks(self, generator, discriminator):
        """Refuses networks of different images or classes.

        Raises:
            ValueError: that names what differs.
        """
        for name in self.shared_attributes:
            ours, theirs = getattr(generator, name), getattr(discriminator, name)
            if ours != theirs:
                raise ValueError(
                    f"Generator and discriminator must have the same `{name}`. "
                    f"Received: {ours} and {theirs}"
                )

    @property
    def latent_dim(self):
        """Length of a latent."""
        return self.generator.latent_dim

    @property
    def image_shape(self):
        """`(H, W, C)`, whatever the data format."""
        return self.generator.image_shape

    @property
    def num_classes(self):
        """Number of classes, or `None`."""
        return self.generator.num_classes

    @property
    def data_format(self):
        """`"channels_last"` or `"channels_first"`."""
        return self.generator.data_format

    @property
    def heads(self):
        """List of the layers on the discriminator's features that learn with it."""
        return []

    @property
    def discriminator_variables(self):
        """What the discriminator's optimizer moves."""
        layers = [self.discriminator, *self.heads]
        return [variable for layer in layers for variable in layer.trainable_variables]

    def _linear_head(self, units, name):
        """A built linear layer on the discriminator's features, normalized as it is."""
        head = with_kernel_normalization(
            layers.Dense(
                units,
                kernel_initializer="orthogonal",
                dtype=self.discriminator.dtype_policy,
                name=name,
            ),
            self.discriminator.kernel_normalization,
        )
        head.build((None, self.discriminator.feature_dim))
        return head
