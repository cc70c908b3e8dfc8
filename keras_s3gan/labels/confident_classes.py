"""The predicted classes that the consistency loss trains on."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.class_balance import check_shares
from keras_s3gan.labels.confidence import CONFIDENCES

# Decay of the moving average of predictions, over about a hundred steps.
_DECAY = 0.99
_CONFIDENCES = ("fixed", *CONFIDENCES)


def check_confidence(
    confidence, confidence_decay, confidence_threshold, class_prior, num_classes
):
    """Raises a `ValueError` for an argument that is out of range."""
    if not 0 < confidence_threshold <= 1:
        raise ValueError(
            "`confidence_threshold` must be in (0, 1]. "
            f"Received: confidence_threshold={confidence_threshold}"
        )
    if confidence not in _CONFIDENCES:
        raise ValueError(
            f"`confidence` must be one of {_CONFIDENCES}. "
            f"Received: confidence={confidence!r}"
        )
    if not 0 <= confidence_decay < 1:
        raise ValueError(
            "`confidence_decay` must be in [0, 1). "
            f"Received: confidence_decay={confidence_decay}"
        )
    if class_prior is not None:
        check_shares("class_prior", class_prior, num_classes)


class ConfidentClasses:
    """Mixin of `SemiSupervisedClassifier`: which predictions count, and how much."""

    def _build_confidence(self, in_use):
        """Makes the state of the rule, if it is used at all."""
        fixed = self.confidence == "fixed"
        self._aligned = in_use and fixed and self.distribution_alignment
        if self._aligned:
            self.given_classes = self._class_shares("given_classes")
            self.predicted_classes = self._class_shares("predicted_classes")
            if self.class_prior is not None:
                self.given_classes.assign(self._prior())
        self.confidence_rule = None
        if in_use and not fixed:
            arguments = {
                "num_classes": self.num_classes,
                "decay": self.confidence_decay,
            }
            if self.confidence == "adamatch" and self.class_prior is not None:
                arguments["shares"] = self._prior().tolist()
            self.confidence_rule = CONFIDENCES[self.confidence](**arguments)

    def _prior(self):
        return check_shares("class_prior", self.class_prior, self.num_classes)

    def _class_shares(self, name):
        return self.add_weight(
            name=name,
            shape=(self.num_classes,),
            initializer=keras.initializers.Constant(1 / self.num_classes),
            dtype="float32",
            trainable=False,
        )

    def _targets(self, logits, label_mask):
        """The class of each unlabelled image and its weight, each `[N]`."""
        if self.confidence_rule is None:
            classes = self._confident_classes(logits["plain"])
            return ops.maximum(classes, 0), ops.cast(classes >= 0, "float32")
        plain, labelled = (
            ops.stop_gradient(ops.softmax(ops.cast(logits[name], "float32")))
            for name in ("plain", "class")
        )
        return self.confidence_rule(plain, labelled, label_mask, training=True)

    def _confident_classes(self, logits, training=True):
        """Returns the predicted class of each image `[N]`, -1 where not confident."""
        probabilities = ops.softmax(ops.cast(logits, "float32"))
        thresholds = self.confidence_threshold * ops.ones(self.num_classes)
        if self.distribution_alignment:
            if training:
                (share,) = backend.replica_mean(ops.mean(probabilities, axis=0))
                average = self.predicted_classes
                average.assign(share + (average.value - share) * _DECAY)
            excess = self.predicted_classes / self.given_classes
            probabilities = probabilities / excess
            probabilities /= ops.sum(probabilities, axis=-1, keepdims=True)
            thresholds *= ops.minimum(1.0, excess)
        classes = ops.argmax(probabilities, axis=-1)
        confident = ops.max(probabilities, axis=-1) >= ops.take(thresholds, classes)
        return ops.where(confident, ops.cast(classes, "int32"), -1)


def consistency_values(logits, classes, confident):
    """Weighted cross-entropy of each image with the class that it should have.

    Args:
        logits: `[N, num_classes]`.
        classes: integers `[N]`.
        confident: `[N]`, the weights.

    Returns:
        Dict of `consistency_loss` and `confident_fraction`, the mean weight.
    """
    entropy = ops.sparse_categorical_crossentropy(
        classes, ops.cast(logits, "float32"), from_logits=True
    )
    return {"consistency_loss": confident * entropy, "confident_fraction": confident}
