"""Class weights of a classifier's cross-entropy."""

from keras import ops

from keras_s3gan.class_balance import check_balance, class_weights, count_classes
from keras_s3gan.validation import check_labels


class BalancedLoss:
    """Mixin of classifiers: a rare class counts as much as a frequent one."""

    def _add_class_weights(self, class_balance):
        """Checks `class_balance` and makes the weights; 1 until labels are counted."""
        check_balance("class_balance", class_balance, (None, "effective"))
        self.class_balance = class_balance
        self.class_weights = None
        if class_balance is not None:
            self.class_weights = self.add_weight(
                name="class_weights",
                shape=(self.num_classes,),
                initializer="ones",
                dtype="float32",
                trainable=False,
            )

    def count_labels(self, labels):
        """Sets the weights from the labels of training.

        `fit` on arrays does so itself; for data in batches call it before `fit`.

        Args:
            labels: as in `fit`.

        Raises:
            ValueError: if a label is out of range.
        """
        labels = check_labels(labels, len(labels), self.num_classes)
        if self.class_weights is not None:
            counts = count_classes(labels, self.num_classes)
            self.class_weights.assign(class_weights(self.class_balance, counts))

    def _balanced(self, values, labels, training):
        """Multiplies the cross-entropy of `class_values` by the weights in training."""
        if self.class_weights is None or not training:
            return values
        entropy, mask = values["class_loss"]
        entropy = entropy * ops.matmul(labels, self.class_weights)
        return {**values, "class_loss": (entropy, mask)}
