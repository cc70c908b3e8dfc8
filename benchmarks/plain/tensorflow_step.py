"""The step in plain TensorFlow: one `tf.function` over variables."""

import tensorflow as tf


class PlainStep:
    """Trains from the weights of our GAN; see `jax_step.PlainStep`."""

    def __init__(self, setting, generator, discriminator):
        self.setting = setting
        self.generator = Layers(setting, generator)
        self.discriminator = Layers(setting, discriminator)
        self.average = [tf.Variable(weight) for weight in self.generator.variables]
        self.generator_optimizer = Adam(
            setting, setting.generator_rate, self.generator.variables
        )
        self.discriminator_optimizer = Adam(
            setting, setting.discriminator_rate, self.discriminator.variables
        )
        # XLA pays on accelerators; on CPU the plain graph is faster.
        accelerated = bool(tf.config.list_physical_devices("GPU"))
        self.compiled = tf.function(self._step, jit_compile=accelerated)

    def __call__(self, images, labels, drawn=None):
        images, labels = tf.convert_to_tensor(images), tf.convert_to_tensor(labels)
        if drawn is not None:
            drawn = tuple(tf.convert_to_tensor(values) for values in drawn)
        return self.compiled(images, labels, drawn)

    def average_weights(self):
        """The averaged generator's weights, as arrays laid out by Keras."""
        named = zip(self.generator.weights, self.average, strict=True)
        return {name: weight.numpy() for name, weight in named}

    def _step(self, images, labels, drawn):
        setting = self.setting
        count, size = setting.images_a_step, setting.batch_size
        if drawn is None:
            latents = tf.random.normal((count, setting.latent_dim))
            classes = tf.random.uniform((count,), 0, setting.num_classes, tf.int32)
        else:
            latents, classes = drawn
        labels_one_hot = tf.one_hot(labels, setting.num_classes)  # of -1: zeros
        fake_labels = tf.one_hot(classes, setting.num_classes)

        # The generator stays as it is until its own update, so all images but the last
        # part come from one pass; the last one is differentiated after the updates.
        early, fakes = count - size, []
        if early:
            inputs = latents[:early], fake_labels[:early]
            fakes = tf.split(generate(self.generator, *inputs), early // size)
        with tf.GradientTape() as generator_tape:
            last_fakes = generate(self.generator, latents[early:], fake_labels[early:])
        values = []
        for number, fake in enumerate([*fakes, last_fakes]):
            part = slice(number * size, (number + 1) * size)
            values.append(
                self._update_discriminator(
                    (images[part], labels_one_hot[part]), (fake, fake_labels[part])
                )
            )
        values = {name: tf.stack([v[name] for v in values]) for name in values[0]}

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(last_fakes)
            loss, found = self._generator_loss(last_fakes, fake_labels[early:])
        gradients = generator_tape.gradient(
            last_fakes,
            self.generator.variables,
            output_gradients=tape.gradient(loss, last_fakes),
        )
        self.generator_optimizer.apply(gradients)
        for mean, weight in zip(self.average, self.generator.variables, strict=True):
            mean.assign_add((weight - mean) * (1 - setting.ema_decay))
        return {**values, **{name: value[None] for name, value in found.items()}}

    def _update_discriminator(self, real, fake):
        variables = self.discriminator.variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            loss, values = self._discriminator_loss(*real, *fake)
        self.discriminator_optimizer.apply(tape.gradient(loss, variables))
        return values

    # Losses.

    def _discriminator_loss(self, images, labels_one_hot, fakes, fake_labels):
        setting, layers = self.setting, self.discriminator
        size = setting.batch_size
        # Nothing in this loss reads rotated generated images.
        shown = tf.concat([*self._with_turned(images), fakes], 0)
        logits, features = discriminate(layers, shown)
        known = tf.cast(tf.reduce_sum(labels_one_hot, -1) > 0.5, tf.float32)
        class_logits = layers.dense(features[:size], "class_predictor")
        entropies = -tf.reduce_sum(labels_one_hot * tf.nn.log_softmax(class_logits), -1)
        labelled = tf.maximum(tf.reduce_sum(known), 1.0)
        class_loss = tf.reduce_sum(entropies * known) / labelled
        predicted = tf.argmax(class_logits, -1)
        right = tf.cast(predicted == tf.argmax(labels_one_hot, -1), tf.float32)
        guessed = tf.one_hot(predicted, setting.num_classes)
        labels_one_hot = tf.where(known[:, None] > 0, labels_one_hot, guessed)

        logits = tf.concat([logits[:size], logits[-size:]], 0)
        pairs = tf.concat([features[:size], features[-size:]], 0)
        logits += project(layers, pairs, tf.concat([labels_one_hot, fake_labels], 0))
        hinge = tf.reduce_mean(tf.nn.relu(1 - logits[:size]))
        hinge += tf.reduce_mean(tf.nn.relu(1 + logits[size:]))
        rotation_loss, accuracy = self._rotation_loss(features[:-size])
        loss = hinge + class_loss + rotation_loss
        return loss, {
            "discriminator_loss": loss,
            "class_loss": class_loss,
            "class_accuracy": tf.reduce_sum(right * known) / labelled,
            "label_fraction": tf.reduce_mean(known),
            "rotation_loss_real": rotation_loss,
            "rotation_accuracy": accuracy,
        }

    def _generator_loss(self, fakes, labels_one_hot):
        layers, size = self.discriminator, self.setting.batch_size
        shown = tf.concat(self._with_turned(fakes), 0)
        logits, features = discriminate(layers, shown)
        logits = logits[:size] + project(layers, features[:size], labels_one_hot)
        rotation_loss, _ = self._rotation_loss(features)
        loss = self.setting.rotation_weight_generator * rotation_loss
        loss -= tf.reduce_mean(logits)
        return loss, {"generator_loss": loss, "rotation_loss_fake": rotation_loss}

    def _with_turned(self, images):
        last = images[-self.setting.rotated :]
        return [images, *(tf.image.rot90(last, turns) for turns in (1, 2, 3))]

    def _rotation_loss(self, features):
        """Of a batch with its rotated images: the last of each rotation."""
        rotated = self.setting.rotated
        logits = self.discriminator.dense(
            features[-4 * rotated :], "rotation_head/linear"
        )
        labels = tf.repeat(tf.range(4), rotated)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        right = tf.argmax(logits, -1, tf.int32) == labels
        return tf.reduce_mean(losses), tf.reduce_mean(tf.cast(right, tf.float32))


class Adam:
    """Adam on a list of variables."""

    def __init__(self, setting, rate, variables):
        self.setting, self.rate, self.variables = setting, rate, variables
        self.steps = tf.Variable(0.0)
        self.first = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self.second = [tf.Variable(tf.zeros_like(v)) for v in variables]

    def apply(self, gradients):
        beta_1, beta_2 = self.setting.beta_1, self.setting.beta_2
        steps = self.steps.assign_add(1.0)
        for variable, gradient, first, second in zip(
            self.variables, gradients, self.first, self.second, strict=True
        ):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=first.handle,
                v=second.handle,
                beta1_power=beta_1**steps,
                beta2_power=beta_2**steps,
                lr=self.rate,
                beta1=beta_1,
                beta2=beta_2,
                epsilon=self.setting.epsilon,
                grad=gradient,
            )


# Networks.


class Layers:
    """The layers of a network, whose state moves with every call."""

    def __init__(self, setting, arrays):
        self.setting = setting
        self.weights = {
            name: tf.Variable(array) for name, array in arrays.weights.items()
        }
        self.variables = list(self.weights.values())
        self.state = {
            name: tf.Variable(array, trainable=False)
            for name, array in arrays.state.items()
        }

    def kernel(self, name):
        """The kernel, divided by its largest singular value where it has a vector."""
        kernel = self.weights[f"{name}/kernel"].value()
        u = self.state.get(f"{name}/u")
        if u is None:
            return kernel
        matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
        # The vector belongs to the shorter side.
        along_columns = matrix.shape[0] > matrix.shape[1]
        oriented = {"transpose_a": along_columns}
        other = {"transpose_a": not along_columns}
        constant = tf.stop_gradient(matrix)
        column = tf.reshape(u, (-1, 1))
        v = unit(tf.matmul(constant, column, **other))
        moved = unit(tf.matmul(constant, v, **oriented))
        u.assign(tf.reshape(moved, u.shape))
        return kernel / tf.reduce_sum(moved * tf.matmul(matrix, v, **oriented))

    def dense(self, inputs, name):
        return inputs @ self.kernel(name) + self.weights[f"{name}/bias"]

    def convolution(self, images, name):
        images = tf.nn.conv2d(images, self.kernel(name), 1, "SAME")
        return tf.nn.bias_add(images, self.weights[f"{name}/bias"])

    def doubling(self, images, name):
        """A 3x3 convolution of images whose pixels are repeated, worked out on them."""
        kernel = widened(self.kernel(name))[::-1, ::-1]
        count, height, width, _ = images.shape
        images = tf.nn.conv2d_transpose(
            images,
            tf.transpose(kernel, (0, 1, 3, 2)),
            (count, 2 * height, 2 * width, kernel.shape[-1]),
            2,
        )
        return tf.nn.bias_add(images, self.weights[f"{name}/bias"])

    def halving(self, images, name):
        """Means over windows of 2x2 of a 3x3 convolution."""
        images = tf.nn.conv2d(images, widened(self.kernel(name)) / 4, 2, "SAME")
        return tf.nn.bias_add(images, self.weights[f"{name}/bias"])

    def normalize(self, images, name, gain=None, bias=None):
        channels = images.shape[-1]
        images, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            images,
            tf.ones(channels) if gain is None else gain,
            tf.zeros(channels) if bias is None else bias,
            epsilon=self.setting.norm_epsilon,
        )
        for key, new in (("moving_mean", mean), ("moving_variance", variance)):
            old = self.state[f"{name}/{key}"]
            old.assign_add((new - old) * (1 - self.setting.momentum))
        return images

    def conditional(self, images, name, condition):
        gain = 1.0 + condition @ self.kernel(f"{name}/gamma")
        bias = condition @ self.kernel(f"{name}/beta")
        images = self.normalize(images, name)
        return images * gain[:, None, None] + bias[:, None, None]


def unit(vector):
    return tf.math.l2_normalize(vector)


def widened(kernel):
    """`[4, 4, in, out]` of `[3, 3, in, out]`: sums of neighbours, zeros around it."""
    kernel = tf.pad(kernel, ((1, 1), (1, 1), (0, 0), (0, 0)))
    kernel = kernel[1:] + kernel[:-1]
    return kernel[:, 1:] + kernel[:, :-1]


def doubled(images):
    _, height, width, _ = images.shape
    return tf.image.resize(images, (2 * height, 2 * width), "nearest")


def halved(images):
    return tf.nn.avg_pool2d(images, 2, 2, "VALID")


def generate(layers, latents, labels_one_hot):
    """Images `[N, S, S, C]`."""
    first, *chunks = tf.split(latents, layers.setting.halvings + 1, axis=1)
    embedded = labels_one_hot @ layers.weights["class_embedding/kernel"]
    images = layers.dense(first, "first_linear")
    images = tf.reshape(images, (len(latents), 4, 4, -1))
    for number, chunk in enumerate(chunks, 1):
        block = f"block_{number}"
        condition = tf.concat([chunk, embedded], 1)
        inner = layers.conditional(images, f"{block}/normalization_1", condition)
        inner = layers.doubling(tf.nn.relu(inner), f"{block}/convolution_1")
        inner = layers.conditional(inner, f"{block}/normalization_2", condition)
        inner = layers.convolution(tf.nn.relu(inner), f"{block}/convolution_2")
        # A 1x1 convolution commutes with the repetition of pixels.
        images = inner + doubled(layers.convolution(images, f"{block}/shortcut"))
    gain, bias = (layers.weights[f"last_norm/{name}"] for name in ("gamma", "beta"))
    images = tf.nn.relu(layers.normalize(images, "last_norm", gain, bias))
    return tf.tanh(layers.convolution(images, "last_convolution"))


def discriminate(layers, images):
    """Logits `[N, 1]` without the class, and features."""
    halvings = layers.setting.halvings
    for number in range(1, halvings + 2):
        block = f"block_{number}"
        shortcut = images
        inner = layers.convolution(tf.nn.relu(images), f"{block}/convolution_1")
        inner = tf.nn.relu(inner)
        if number <= halvings:
            images = layers.halving(inner, f"{block}/convolution_2")
            shortcut = halved(shortcut)
        else:
            images = layers.convolution(inner, f"{block}/convolution_2")
        if f"{block}/shortcut/kernel" in layers.weights:
            shortcut = layers.convolution(shortcut, f"{block}/shortcut")
        images = images + shortcut
    features = tf.reduce_sum(tf.nn.relu(images), (1, 2))
    return layers.dense(features, "last_linear"), features


def project(layers, features, labels_one_hot):
    """Inner products of features with the embeddings of their classes, `[N, 1]`."""
    embedded = labels_one_hot @ layers.kernel("class_projection/embedding")
    return tf.reduce_sum(features * embedded, -1, keepdims=True)
