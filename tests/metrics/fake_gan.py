import numpy as np

from tests.metrics.stripes import stripes


class FakeGAN:
    """What an evaluator asks of a GAN, drawn instead of learned."""

    latent_dim = 2
    latent_entropy = 2.8

    def __init__(self, num_classes=2, draw=stripes):
        self.num_classes = num_classes
        self.draw = draw
        self.calls = []

    def generate(self, labels, latents=None, truncation=None, seed=None, batch_size=64):
        labels = np.zeros(labels, int) if self.num_classes is None else labels
        self.calls.append((len(labels), seed, truncation))
        if latents is None:
            return self.draw(labels, seed)
        images = stripes(labels % 2, 0, noise=0)
        images[:, :5] += 0.1 * latents[:, :1, None, None]
        images[:, 5:] += 0.2 * latents[:, 1:, None, None]
        return np.clip(images, -1, 1)

    def discriminate(self, images, labels=None, batch_size=64):
        return np.where(np.arange(len(images)) % 4, 1.0, -1.0)

    def sample_latents(self, count, seed=0):
        latents = np.random.default_rng(seed).uniform(-1, 1, (count, 2))
        return latents.astype("float32")

    def has_standing_statistics(self):
        return True
