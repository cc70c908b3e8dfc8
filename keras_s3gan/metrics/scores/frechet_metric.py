"""Fréchet distance as a Keras metric."""

import keras

from keras_s3gan.metrics.features.statistics import FeatureStatistics
from keras_s3gan.metrics.scores.frechet import frechet_distance


@keras.saving.register_keras_serializable("keras_s3gan")
class FrechetDistance(keras.metrics.Metric):
    """Fréchet distance of two streams of features, as a Keras metric.

    The statistics are float64 arrays on the host, because float32 sums are not accurate
    enough to compare generators. Update the metric in an evaluation loop or a callback;
    it cannot be compiled into a training step.

    Args:
        dimension: int. Number of features per image, D.
        name: str.

    Call arguments of `update_state`:
        real: features `[N, D]` or `None`.
        generated: features `[M, D]` or `None`.

    Returns:
        `result()` returns a float.

    Raises:
        ValueError: if `dimension` is below 1; by `update_state`, if features have
            another dimension; by `result`, before two images of each side.

    Example:
        >>> metric = FrechetDistance(4)
        >>> for _ in range(10):
        ...     features = np.random.normal(size=(10, 4))
        ...     metric.update_state(real=features, generated=features + 1)
        >>> round(metric.result(), 6)
        4.0

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
        """Returns the distance, a float."""
        return frechet_distance(self.real, self.generated)

    def reset_state(self):
        self.real = FeatureStatistics(self.dimension)
        self.generated = FeatureStatistics(self.dimension)

    def get_config(self):
        return {"dimension": self.dimension, "name": self.name}
