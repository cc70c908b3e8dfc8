"""What replaces a missing label: the predictor of an S3GAN while it trains."""

import numpy as np
from keras import ops

from keras_s3gan.class_balance import check_balance, check_shares, class_weights
from keras_s3gan.layers import DistributionAlignment
from keras_s3gan.losses import (
    has_label,
    in_set,
    labelled_count,
    labelled_cross_entropy,
    labelled_mean,
    partial_cross_entropy,
    within_sets,
)


class LabelPredictor:
    """Mixin of `S3GAN`: the predictor's loss, and the labels that it imputes."""

    def _balance_predictor(self):
        """Makes what holds the predictor to the classes' shares."""
        self.label_alignment, self.class_weights = None, None
        if self.class_prior is not None:
            shares = [0.0] * self.num_classes
            if not self._prior_is_counted:
                shares = check_shares(
                    *("class_prior", self.class_prior, self.num_classes),
                    otherwise='"labelled", or ',
                )
            self.label_alignment = DistributionAlignment(
                self.num_classes, [*map(float, shares)], name="label_alignment"
            )
        if self.class_balance is not None:
            check_balance("class_balance", self.class_balance, (None, "effective"))
            # Zeros until labels are counted.
            self.class_weights = self.add_weight(
                name="class_weights",
                shape=(self.num_classes,),
                dtype="float32",
                initializer="zeros",
                trainable=False,
            )

    @property
    def _prior_is_counted(self):
        return isinstance(self.class_prior, str) and self.class_prior == "labelled"

    @property
    def _counted_variables(self):
        found = super()._counted_variables
        if self._prior_is_counted:
            found.append(self.label_alignment.shares)
        return found + ([] if self.class_weights is None else [self.class_weights])

    def _use_counts(self, counts):
        super()._use_counts(counts)
        if self._prior_is_counted:
            self.label_alignment.set_shares(counts / counts.sum())
        if self.class_weights is not None:
            self.class_weights.assign(class_weights(self.class_balance, counts))

    def _impute_labels(self, real, features):
        """The given labels, and the predictor's where there is none."""
        labels_one_hot = real.labels_one_hot
        if labels_one_hot is None:
            return labels_one_hot, 0.0, {}
        label_mask = has_label(labels_one_hot)
        values = {"label_fraction": ops.mean(label_mask)}
        if not self.predictor:
            return labels_one_hot, 0.0, values
        unrotated = features[: labels_one_hot.shape[0]]
        logits = self.class_predictor(unrotated, training=self.in_training)
        logits = ops.cast(logits, "float32")
        count = real.num_labelled
        count = labelled_count(label_mask) if count is None else count
        weights = label_mask
        if self.class_weights is not None:
            weights = label_mask * ops.matmul(labels_one_hot, self.class_weights)
        classes = ops.argmax(logits, axis=-1)
        if self.partial_labels:
            entropy = partial_cross_entropy(logits, labels_one_hot)
            loss = labelled_mean(entropy, weights, count)
            correct = in_set(classes, labels_one_hot)
        else:
            loss = labelled_cross_entropy(logits, labels_one_hot, weights, count)
            correct = classes == ops.argmax(labels_one_hot, axis=-1)
        correct = ops.cast(correct, "float32")
        values["class_loss"] = (loss, count)
        values["class_accuracy"] = (labelled_mean(correct, label_mask, count), count)
        predicted = ops.softmax(logits)
        if self.label_alignment is not None:
            predicted = self.label_alignment(
                ops.stop_gradient(predicted),
                1.0 - label_mask,
                training=self.in_training,
            )
            classes = ops.argmax(predicted, axis=-1)
        if self.partial_labels:
            predicted = within_sets(predicted, labels_one_hot)
            classes = ops.argmax(predicted, axis=-1)
        if self.predictor == "hard":
            predicted = ops.one_hot(classes, self.num_classes)
        predicted = ops.stop_gradient(ops.cast(predicted, "float32"))
        if self.partial_labels:
            # Of a single class it is the label.
            return predicted, self.weight_class_loss * loss, values
        mask = label_mask[:, None]
        labels_one_hot = mask * labels_one_hot + (1.0 - mask) * predicted
        return labels_one_hot, self.weight_class_loss * loss, values

    def _paired_labels(self, labels_one_hot, fake_labels):
        if self.partial_labels:
            # An image is generated for one class.
            single = ops.max(labels_one_hot, axis=-1, keepdims=True) > 0.75
            labels_one_hot = labels_one_hot * ops.cast(single, "float32")
        return super()._paired_labels(labels_one_hot, fake_labels)

    def _label_logits(self, images, batch_size):
        if self.class_predictor is None:
            raise ValueError(
                "Only a model with a predictor predicts labels. "
                f"Received: predictor={self.predictor}"
            )
        logits = self._head_outputs(self.class_predictor, images, batch_size)
        if self.label_alignment is None:
            return logits
        return logits + np.log(ops.convert_to_numpy(self.label_alignment.factors()))
