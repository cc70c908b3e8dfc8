import keras

from keras_s3gan.metrics.features.statistics import FeatureStatistics
from keras_s3gan.metrics.scores.frechet import frechet_distance


@keras.saving.register_keras_serializable("keras_s3gan")
class FrechetDistance(keras.metrics.Metric):
    """Fréchet distance of two streams of features, as a Keras metric.

    The statistics are float64 arrays on the host, since the distance of float32 sums is
    off by more than generators differ by. Call it from an evaluation loop or a
    callback; it cannot be compiled into a step.

    Args:
        dimension: int. Number of features per image, D.
        name: str.

    Call arguments of `update_state`:
        real: features `[N, D]`.
        generated: features `[M, D]`; either may be `None`.

    Example:
        >>> metric = FrechetDistance(2048)
        >>> for images in batches:
        ...     metric.update_state(extract(images), extract(generate(len(images))))
        >>> metric.result()

    Reference:
        - Heusel et al., 2017, https://arxiv.org/abs/1706.08500
    """

    def __init__(self, dimension, name="frechet_distance"):
        super().__init__(name=name, dtype="float32")
        self.dimension = dimension
        self.reset_state()

    def update_state(self, real=None, generated=None):
        for features, statistics in (
            (real, self.real),
            (generated, self.generated),
        ):
            if features is not None:
                statistics.update(keras.ops.convert_to_numpy(features))

    def result(self):
        """The distance, a float; a `ValueError` before two images of each."""
        return frechet_distance(self.real, self.generated)

    def reset_state(self):
        self.real = FeatureStatistics(self.dimension)
        self.generated = FeatureStatistics(self.dimension)

    def get_config(self):
        return {"dimension": self.dimension, "name": self.name}
