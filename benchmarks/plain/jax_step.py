"""The step in plain JAX: one jitted function of a donated state."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax, nn

from keras_s3gan.backend.jax import cpu_convolutions


class State(NamedTuple):
    """Everything that a step changes."""

    generator: dict
    generator_state: dict
    discriminator: dict
    discriminator_state: dict
    # Of the weights; moments and vectors of the average are the generator's own.
    average: dict
    generator_moments: tuple
    discriminator_moments: tuple
    steps: jax.Array
    key: jax.Array


class PlainStep:
    """Trains from the weights of our GAN.

    Args:
        setting: `Setting`.
        generator, discriminator: `Arrays`.

    Call arguments:
        images, labels: of all updates, as for `fit`.
        drawn: latents and labels of the generated images, or `None` to draw them.

    Returns:
        Dictionary from name to the values of each update.
    """

    def __init__(self, setting, generator, discriminator):
        def zeros(weights):
            return jax.tree.map(jnp.zeros_like, (weights, weights))

        weights = jax.tree.map(jnp.array, (generator.weights, discriminator.weights))
        states = jax.tree.map(jnp.array, (generator.state, discriminator.state))
        self.state = State(
            generator=weights[0],
            generator_state=states[0],
            discriminator=weights[1],
            discriminator_state=states[1],
            average=jax.tree.map(jnp.copy, weights[0]),
            generator_moments=zeros(weights[0]),
            discriminator_moments=zeros(weights[1]),
            steps=jnp.zeros((), "int32"),
            key=jax.random.key(0),
        )
        self.setting = setting
        self.compiled = jax.jit(self._step, donate_argnums=0)

    def __call__(self, images, labels, drawn=None):
        self.state, values = self.compiled(self.state, images, labels, drawn)
        return values

    def average_weights(self):
        """The averaged generator's weights, as arrays laid out by Keras."""
        return jax.device_get(self.state.average)

    def flops(self, images, labels):
        """What XLA counts in one step."""
        lowered = self.compiled.lower(self.state, images, labels)
        return lowered.compile().cost_analysis()["flops"]

    def _step(self, state, images, labels, drawn=None):
        setting = self.setting
        key, latent_key, label_key = jax.random.split(state.key, 3)
        count, size = setting.images_a_step, setting.batch_size
        if drawn is None:
            latents = jax.random.normal(latent_key, (count, setting.latent_dim))
            classes = jax.random.randint(label_key, (count,), 0, setting.num_classes)
        else:
            latents, classes = drawn
        rows = nn.one_hot(labels, setting.num_classes)  # of -1: zeros
        fake_rows = nn.one_hot(classes, setting.num_classes)

        # The generator stays as it is until its own update, so all images but the last
        # part come from one pass; the last one is differentiated after the updates.
        early, last = slice(0, count - size), slice(count - size, count)
        fakes, moved = [], state.generator_state
        if count > size:
            found, moved = self._generate(
                state.generator, moved, latents[early], fake_rows[early]
            )
            fakes = jnp.split(found, count // size - 1)
        last_fakes, pull, moved = jax.vjp(
            lambda weights: self._generate(
                weights, moved, latents[last], fake_rows[last]
            ),
            state.generator,
            has_aux=True,
        )

        discriminator, vectors = state.discriminator, state.discriminator_state
        moments, values = state.discriminator_moments, []
        for number, fake in enumerate([*fakes, last_fakes]):
            part = slice(number * size, (number + 1) * size)
            gradients, (vectors, found) = jax.grad(
                self._discriminator_loss, has_aux=True
            )(
                discriminator,
                vectors,
                (images[part], rows[part]),
                (fake, fake_rows[part]),
            )
            discriminator, moments = self._adam(
                setting.discriminator_rate,
                state.steps * setting.discriminator_steps + number + 1,
                discriminator,
                gradients,
                moments,
            )
            values.append(found)

        to_images, (vectors, found) = jax.grad(
            self._generator_loss, argnums=2, has_aux=True
        )(discriminator, vectors, last_fakes, fake_rows[last])
        (gradients,) = pull(to_images)
        generator, generator_moments = self._adam(
            setting.generator_rate,
            state.steps + 1,
            state.generator,
            gradients,
            state.generator_moments,
        )
        average = jax.tree.map(
            lambda mean, weight: weight + (mean - weight) * setting.ema_decay,
            state.average,
            generator,
        )
        values = {name: jnp.stack([v[name] for v in values]) for name in values[0]}
        state = State(
            generator,
            moved,
            discriminator,
            vectors,
            average,
            generator_moments,
            moments,
            state.steps + 1,
            key,
        )
        return state, {**values, **{name: v[None] for name, v in found.items()}}

    def _adam(self, rate, steps, weights, gradients, moments):
        beta_1, beta_2 = self.setting.beta_1, self.setting.beta_2
        rate = rate * jnp.sqrt(1 - beta_2**steps) / (1 - beta_1**steps)
        first = jax.tree.map(
            lambda m, g: m + (g - m) * (1 - beta_1), moments[0], gradients
        )
        second = jax.tree.map(
            lambda v, g: v + (g * g - v) * (1 - beta_2), moments[1], gradients
        )
        weights = jax.tree.map(
            lambda w, m, v: w - rate * m / (jnp.sqrt(v) + self.setting.epsilon),
            weights,
            first,
            second,
        )
        return weights, (first, second)

    # Losses.

    def _discriminator_loss(self, weights, state, real, fake):
        setting, size = self.setting, self.setting.batch_size
        (images, rows), (fakes, fake_rows) = real, fake
        layers = Layers(setting, weights, state)
        # Nothing in this loss reads turned generated images.
        shown = jnp.concatenate([self._with_turned(images), fakes])
        logits, features = discriminate(layers, shown)
        known = (rows.sum(-1) > 0.5).astype("float32")
        class_logits = layers.dense(features[:size], "class_predictor")
        entropies = -(rows * nn.log_softmax(class_logits)).sum(-1)
        labelled = jnp.maximum(known.sum(), 1.0)
        class_loss = (entropies * known).sum() / labelled
        predicted = class_logits.argmax(-1)
        right = (predicted == rows.argmax(-1)).astype("float32")
        guessed = nn.one_hot(predicted, setting.num_classes)
        rows = jnp.where(known[:, None] > 0, rows, guessed)

        logits = jnp.concatenate([logits[:size], logits[-size:]])
        pairs = jnp.concatenate([features[:size], features[-size:]])
        logits = logits + project(layers, pairs, jnp.concatenate([rows, fake_rows]))
        hinge = nn.relu(1 - logits[:size]).mean() + nn.relu(1 + logits[size:]).mean()
        rotation_loss, accuracy = self._rotation_loss(layers, features[:-size])
        loss = hinge + class_loss + rotation_loss
        return loss, (
            layers.state,
            {
                "discriminator_loss": loss,
                "class_loss": class_loss,
                "class_accuracy": (right * known).sum() / labelled,
                "label_fraction": known.mean(),
                "rotation_loss_real": rotation_loss,
                "rotation_accuracy": accuracy,
            },
        )

    def _generator_loss(self, weights, state, fakes, rows):
        size = self.setting.batch_size
        layers = Layers(self.setting, weights, state)
        logits, features = discriminate(layers, self._with_turned(fakes))
        logits = logits[:size] + project(layers, features[:size], rows)
        rotation_loss, _ = self._rotation_loss(layers, features)
        loss = self.setting.rotation_weight_generator * rotation_loss - logits.mean()
        values = {"generator_loss": loss, "rotation_loss_fake": rotation_loss}
        return loss, (layers.state, values)

    def _with_turned(self, images):
        last = images[-self.setting.rotated :]
        turned = [jnp.rot90(last, turns, (1, 2)) for turns in (1, 2, 3)]
        return jnp.concatenate([images, *turned])

    def _rotation_loss(self, layers, features):
        """Of a batch with its turned images: the last of each rotation."""
        rotated = self.setting.rotated
        logits = layers.dense(features[-4 * rotated :], "rotation_head/linear")
        labels = jnp.repeat(jnp.arange(4), rotated)
        picked = jnp.take_along_axis(nn.log_softmax(logits), labels[:, None], axis=1)
        return -picked.mean(), (logits.argmax(-1) == labels).mean()

    def _generate(self, weights, state, latents, rows):
        layers = Layers(self.setting, weights, state)
        return generate(layers, latents, rows), layers.state


# Networks.


class Layers:
    """The layers of a network on its weights; keeps what they make of the state."""

    def __init__(self, setting, weights, state):
        self.setting, self.weights, self.state = setting, weights, dict(state)

    def kernel(self, name):
        """The kernel, divided by its largest singular value where it has a vector."""
        kernel = self.weights[f"{name}/kernel"]
        if f"{name}/u" not in self.state:
            return kernel
        u = self.state[f"{name}/u"]
        matrix = kernel.reshape(-1, kernel.shape[-1])
        # The vector belongs to the shorter side.
        along_rows = matrix.shape[0] <= matrix.shape[1]
        oriented = matrix if along_rows else matrix.T
        constant = lax.stop_gradient(oriented)
        v = unit(u.reshape(-1) @ constant)
        moved = unit(constant @ v)
        self.state[f"{name}/u"] = moved.reshape(u.shape)
        return kernel / (moved @ (oriented @ v))

    def dense(self, inputs, name):
        return inputs @ self.kernel(name) + self.weights[f"{name}/bias"]

    def convolution(self, images, name):
        images = convolved(images, self.kernel(name), 1)
        return images + self.weights[f"{name}/bias"]

    def doubling(self, images, name):
        """A 3x3 convolution of images whose pixels are repeated, worked out on them."""
        images = convolved_doubling(images, widened(self.kernel(name)))
        return images + self.weights[f"{name}/bias"]

    def halving(self, images, name):
        """Means over windows of 2x2 of a 3x3 convolution."""
        images = convolved(images, widened(self.kernel(name)) / 4, 2)
        return images + self.weights[f"{name}/bias"]

    def normalize(self, images, name, gain, bias):
        """Batch normalization; `gain` and `bias` are `[C]` or `[N, 1, 1, C]`."""
        mean = images.mean((0, 1, 2))
        variance = jnp.maximum((images * images).mean((0, 1, 2)) - mean * mean, 0.0)
        for key, new in (("moving_mean", mean), ("moving_variance", variance)):
            old = self.state[f"{name}/{key}"]
            moved = old + (new - old) * (1 - self.setting.momentum)
            self.state[f"{name}/{key}"] = lax.stop_gradient(moved)
        gain = gain * lax.rsqrt(variance + self.setting.norm_epsilon)
        return images * gain + (bias - mean * gain)

    def conditional(self, images, name, condition):
        gain = 1.0 + condition @ self.kernel(f"{name}/gamma")
        bias = condition @ self.kernel(f"{name}/beta")
        return self.normalize(images, name, gain[:, None, None], bias[:, None, None])


def unit(vector):
    return vector * lax.rsqrt(jnp.maximum((vector * vector).sum(), 1e-12))


def convolved(images, kernel, stride):
    if jax.default_backend() == "cpu":
        # XLA's own gradient for the kernel is slow there.
        return cpu_convolutions.convolution(
            images, kernel, (stride, stride), "same", (1, 1)
        )
    return lax.conv_general_dilated(
        images,
        kernel,
        (stride, stride),
        "SAME",
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


def convolved_doubling(images, kernel):
    """Over images with a zero behind each row and column."""
    if jax.default_backend() == "cpu":
        turned = kernel[::-1, ::-1].transpose(0, 1, 3, 2)
        return cpu_convolutions.transposed_convolution(images, turned)
    return lax.conv_transpose(images, kernel, (2, 2), "SAME")


def widened(kernel):
    """`[4, 4, in, out]` of `[3, 3, in, out]`: sums of neighbours, zeros around it."""
    kernel = jnp.pad(kernel, ((1, 1), (1, 1), (0, 0), (0, 0)))
    kernel = kernel[1:] + kernel[:-1]
    return kernel[:, 1:] + kernel[:, :-1]


def doubled(images):
    return images.repeat(2, 1).repeat(2, 2)


def halved(images):
    """Means over windows of 2x2."""
    n, height, width, channels = images.shape
    pairs = images.reshape(n, height // 2, 2, width // 2, 2, channels)
    return pairs.mean((2, 4))


def generate(layers, latents, rows):
    """Images `[N, S, S, C]`."""
    first, *chunks = jnp.split(latents, layers.setting.halvings + 1, axis=1)
    embedded = rows @ layers.weights["class_embedding/kernel"]
    images = layers.dense(first, "first_linear").reshape(len(latents), 4, 4, -1)
    for number, chunk in enumerate(chunks, 1):
        block = f"block_{number}"
        condition = jnp.concatenate([chunk, embedded], axis=1)
        inner = layers.conditional(images, f"{block}/normalization_1", condition)
        inner = layers.doubling(nn.relu(inner), f"{block}/convolution_1")
        inner = layers.conditional(inner, f"{block}/normalization_2", condition)
        inner = layers.convolution(nn.relu(inner), f"{block}/convolution_2")
        # A 1x1 convolution commutes with the repetition of pixels.
        images = inner + doubled(layers.convolution(images, f"{block}/shortcut"))
    gain, bias = (layers.weights[f"last_norm/{name}"] for name in ("gamma", "beta"))
    images = nn.relu(layers.normalize(images, "last_norm", gain, bias))
    return jnp.tanh(layers.convolution(images, "last_convolution"))


def discriminate(layers, images):
    """Logits `[N, 1]` without the class, and features."""
    halvings = layers.setting.halvings
    for number in range(1, halvings + 2):
        block = f"block_{number}"
        shortcut = images
        inner = layers.convolution(nn.relu(images), f"{block}/convolution_1")
        if number <= halvings:
            images = layers.halving(nn.relu(inner), f"{block}/convolution_2")
            shortcut = halved(shortcut)
        else:
            images = layers.convolution(nn.relu(inner), f"{block}/convolution_2")
        if f"{block}/shortcut/kernel" in layers.weights:
            shortcut = layers.convolution(shortcut, f"{block}/shortcut")
        images = images + shortcut
    features = nn.relu(images).sum((1, 2))
    return layers.dense(features, "last_linear"), features


def project(layers, features, rows):
    """Inner products of features with the embeddings of their classes, `[N, 1]`."""
    embedded = rows @ layers.kernel("class_projection/embedding")
    return (features * embedded).sum(-1, keepdims=True)
