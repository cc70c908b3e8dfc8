"""The step in plain PyTorch: eager, with PyTorch's own Adam."""

import torch
from torch.nn import functional as F


class PlainStep:
    """Trains from the weights of our GAN; see `jax_step.PlainStep`."""

    def __init__(self, setting, generator, discriminator):
        self.setting = setting
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.generator = Layers(setting, generator, self.device)
        self.discriminator = Layers(setting, discriminator, self.device)
        self.average = [w.detach().clone() for w in self.generator.parameters]
        self.generator_optimizer, self.discriminator_optimizer = (
            torch.optim.Adam(
                layers.parameters,
                rate,
                (setting.beta_1, setting.beta_2),
                setting.epsilon,
                fused=True,
            )
            for layers, rate in (
                (self.generator, setting.generator_rate),
                (self.discriminator, setting.discriminator_rate),
            )
        )

    def __call__(self, images, labels, drawn=None):
        setting, device = self.setting, self.device
        count, size = setting.images_a_step, setting.batch_size
        if drawn is None:
            latents = torch.randn(count, setting.latent_dim, device=device)
            classes = torch.randint(setting.num_classes, (count,), device=device)
        else:
            latents, classes = (torch.as_tensor(v, device=device) for v in drawn)
        images = torch.as_tensor(images, device=device).permute(0, 3, 1, 2)
        labels_one_hot = self._one_hot(torch.as_tensor(labels, device=device))
        fake_labels = self._one_hot(classes)

        # The generator stays as it is until its own update, so all images but the last
        # part come from one pass; the last one is differentiated after the updates.
        early, fakes = count - size, []
        if early:
            with torch.no_grad():
                inputs = latents[:early], fake_labels[:early]
                fakes = generate(self.generator, *inputs).split(size)
        last_fakes = generate(self.generator, latents[early:], fake_labels[early:])
        parts = zip(
            images.split(size),
            labels_one_hot.split(size),
            (*fakes, last_fakes.detach()),
            fake_labels.split(size),
            strict=True,
        )
        values = [self._update_discriminator(*part) for part in parts]
        values = {name: [v[name] for v in values] for name in values[0]}
        found = self._update_generator(last_fakes, fake_labels[early:])
        with torch.no_grad():
            torch._foreach_lerp_(
                self.average, self.generator.parameters, 1 - setting.ema_decay
            )
        return {**values, **{name: [value] for name, value in found.items()}}

    def average_weights(self):
        """The averaged generator's weights, as arrays laid out by Keras."""
        named = zip(self.generator.weights, self.average, strict=True)
        return {name: as_keras(weight).cpu().numpy() for name, weight in named}

    def _one_hot(self, labels):
        classes = torch.arange(self.setting.num_classes, device=labels.device)
        return (labels[:, None] == classes).float()

    def _update_discriminator(self, images, labels_one_hot, fakes, fake_labels):
        loss, values = self._discriminator_loss(
            images, labels_one_hot, fakes, fake_labels
        )
        self.discriminator_optimizer.zero_grad()
        loss.backward()
        self.discriminator_optimizer.step()
        return values

    def _update_generator(self, fakes, labels_one_hot):
        loss, values = self._generator_loss(fakes, labels_one_hot)
        self.generator_optimizer.zero_grad()
        # The discriminator's own gradients are not wanted here.
        loss.backward(inputs=self.generator.parameters)
        self.generator_optimizer.step()
        return values

    # Losses.

    def _discriminator_loss(self, images, labels_one_hot, fakes, fake_labels):
        layers, size = self.discriminator, self.setting.batch_size
        # Nothing in this loss reads rotated generated images.
        shown = torch.cat([*self._with_turned(images), fakes])
        logits, features = discriminate(layers, shown)
        known = (labels_one_hot.sum(-1) > 0.5).float()
        class_logits = layers.dense(features[:size], "class_predictor")
        entropies = -(labels_one_hot * F.log_softmax(class_logits, -1)).sum(-1)
        labelled = known.sum().clamp(min=1.0)
        class_loss = (entropies * known).sum() / labelled
        predicted = class_logits.detach().argmax(-1)
        right = (predicted == labels_one_hot.argmax(-1)).float()
        labels_one_hot = torch.where(
            known[:, None] > 0, labels_one_hot, self._one_hot(predicted)
        )

        logits = torch.cat([logits[:size], logits[-size:]])
        pairs = torch.cat([features[:size], features[-size:]])
        logits = logits + project(
            layers, pairs, torch.cat([labels_one_hot, fake_labels])
        )
        hinge = F.relu(1 - logits[:size]).mean() + F.relu(1 + logits[size:]).mean()
        rotation_loss, accuracy = self._rotation_loss(features[:-size])
        loss = hinge + class_loss + rotation_loss
        return loss, {
            "discriminator_loss": loss.detach(),
            "class_loss": class_loss.detach(),
            "class_accuracy": (right * known).sum() / labelled,
            "label_fraction": known.mean(),
            "rotation_loss_real": rotation_loss.detach(),
            "rotation_accuracy": accuracy,
        }

    def _generator_loss(self, fakes, labels_one_hot):
        layers, size = self.discriminator, self.setting.batch_size
        logits, features = discriminate(layers, torch.cat(self._with_turned(fakes)))
        logits = logits[:size] + project(layers, features[:size], labels_one_hot)
        rotation_loss, _ = self._rotation_loss(features)
        loss = self.setting.rotation_weight_generator * rotation_loss - logits.mean()
        return loss, {
            "generator_loss": loss.detach(),
            "rotation_loss_fake": rotation_loss.detach(),
        }

    def _with_turned(self, images):
        last = images[-self.setting.rotated :]
        return [images, *(torch.rot90(last, turns, (2, 3)) for turns in (1, 2, 3))]

    def _rotation_loss(self, features):
        """Of a batch with its rotated images: the last of each rotation."""
        rotated = self.setting.rotated
        logits = self.discriminator.dense(
            features[-4 * rotated :], "rotation_head/linear"
        )
        labels = torch.arange(4, device=self.device).repeat_interleave(rotated)
        accuracy = (logits.detach().argmax(-1) == labels).float().mean()
        return F.cross_entropy(logits, labels), accuracy


# Networks.


class Layers:
    """The layers of a network, whose state moves with every call."""

    def __init__(self, setting, arrays, device):
        self.setting = setting
        self.weights = {
            name: from_keras(array).to(device).requires_grad_()
            for name, array in arrays.weights.items()
        }
        self.parameters = list(self.weights.values())
        self.state = {}
        for name, array in arrays.state.items():
            kernel = arrays.weights.get(f"{name.removesuffix('/u')}/kernel")
            self.state[name] = from_keras_vector(array, kernel).to(device)

    def kernel(self, name):
        """The kernel, divided by its largest singular value where it has a vector."""
        kernel = self.weights[f"{name}/kernel"]
        u = self.state.get(f"{name}/u")
        if u is None:
            return kernel
        matrix = kernel.flatten(1)
        # The vector belongs to the shorter side.
        if matrix.shape[0] >= matrix.shape[1]:
            matrix = matrix.T
        with torch.no_grad():
            v = F.normalize(u @ matrix, dim=0, eps=1e-6)
            moved = F.normalize(matrix @ v, dim=0, eps=1e-6)
            u.copy_(moved)
        return kernel / (moved @ (matrix @ v))

    def dense(self, inputs, name):
        return F.linear(inputs, self.kernel(name), self.weights[f"{name}/bias"])

    def convolution(self, images, name):
        kernel = self.kernel(name)
        bias = self.weights[f"{name}/bias"]
        return F.conv2d(images, kernel, bias, padding=kernel.shape[-1] // 2)

    def doubling(self, images, name):
        """A 3x3 convolution of images whose pixels are repeated, worked out on them."""
        kernel = widened(self.kernel(name)).flip(2, 3).transpose(0, 1)
        bias = self.weights[f"{name}/bias"]
        return F.conv_transpose2d(images, kernel, bias, stride=2, padding=1)

    def halving(self, images, name):
        """Means over windows of 2x2 of a 3x3 convolution."""
        kernel = widened(self.kernel(name)) / 4
        return F.conv2d(images, kernel, self.weights[f"{name}/bias"], 2, padding=1)

    def normalize(self, images, name, gain=None, bias=None):
        setting = self.setting
        return F.batch_norm(
            images,
            self.state[f"{name}/moving_mean"],
            self.state[f"{name}/moving_variance"],
            gain,
            bias,
            training=True,
            momentum=1 - setting.momentum,
            eps=setting.norm_epsilon,
        )

    def conditional(self, images, name, condition):
        gain = 1.0 + F.linear(condition, self.kernel(f"{name}/gamma"))
        bias = F.linear(condition, self.kernel(f"{name}/beta"))
        images = self.normalize(images, name)
        return torch.addcmul(bias[..., None, None], images, gain[..., None, None])


def from_keras(array):
    """A kernel `[…, in, out]` as `[out, in, …]`; biases as they are."""
    tensor = torch.tensor(array)
    if tensor.ndim == 4:
        # Convolutions and what follows them take the layout of the kernel, and are
        # faster in this one.
        tensor = tensor.permute(3, 2, 0, 1)
        return tensor.contiguous(memory_format=torch.channels_last)
    return tensor.T.contiguous() if tensor.ndim == 2 else tensor


def as_keras(tensor):
    """Undoes `from_keras`."""
    if tensor.ndim == 4:
        return tensor.permute(2, 3, 1, 0)
    return tensor.T if tensor.ndim == 2 else tensor


def from_keras_vector(array, kernel):
    """A vector; one along the inputs of a convolution in the order of its kernel."""
    vector = torch.tensor(array)
    if kernel is not None and array.shape == (kernel[..., 0].size, 1):
        vector = vector.view(*kernel.shape[:-1])
        vector = vector.permute(2, 0, 1) if kernel.ndim == 4 else vector
    return vector.flatten()


def generate(layers, latents, labels_one_hot):
    """Images `[N, C, S, S]`."""
    first, *chunks = latents.chunk(layers.setting.halvings + 1, dim=1)
    embedded = F.linear(labels_one_hot, layers.weights["class_embedding/kernel"])
    images = layers.dense(first, "first_linear").view(len(latents), 4, 4, -1)
    images = images.permute(0, 3, 1, 2)
    for number, chunk in enumerate(chunks, 1):
        block = f"block_{number}"
        condition = torch.cat([chunk, embedded], dim=1)
        inner = layers.conditional(images, f"{block}/normalization_1", condition)
        inner = layers.doubling(F.relu(inner), f"{block}/convolution_1")
        inner = layers.conditional(inner, f"{block}/normalization_2", condition)
        inner = layers.convolution(F.relu(inner), f"{block}/convolution_2")
        # A 1x1 convolution commutes with the repetition of pixels.
        images = inner + doubled(layers.convolution(images, f"{block}/shortcut"))
    gain, bias = (layers.weights[f"last_norm/{name}"] for name in ("gamma", "beta"))
    images = F.relu(layers.normalize(images, "last_norm", gain, bias))
    return torch.tanh(layers.convolution(images, "last_convolution"))


def widened(kernel):
    """`[out, in, 4, 4]` of `[out, in, 3, 3]`: sums of neighbours, zeros around it."""
    kernel = F.pad(kernel, (1, 1, 1, 1))
    kernel = kernel[:, :, 1:] + kernel[:, :, :-1]
    return kernel[..., 1:] + kernel[..., :-1]


def doubled(images):
    return F.interpolate(images, scale_factor=2)


def discriminate(layers, images):
    """Logits `[N, 1]` without the class, and features."""
    halvings = layers.setting.halvings
    for number in range(1, halvings + 2):
        block = f"block_{number}"
        shortcut = images
        inner = layers.convolution(F.relu(images), f"{block}/convolution_1")
        if number <= halvings:
            images = layers.halving(F.relu(inner), f"{block}/convolution_2")
            shortcut = F.avg_pool2d(shortcut, 2)
        else:
            images = layers.convolution(F.relu(inner), f"{block}/convolution_2")
        if f"{block}/shortcut/kernel" in layers.weights:
            shortcut = layers.convolution(shortcut, f"{block}/shortcut")
        images = images + shortcut
    features = F.relu(images).sum((2, 3))
    return layers.dense(features, "last_linear"), features


def project(layers, features, labels_one_hot):
    """Inner products of features with the embeddings of their classes, `[N, 1]`."""
    embedded = F.linear(labels_one_hot, layers.kernel("class_projection/embedding"))
    return (features * embedded).sum(-1, keepdim=True)
