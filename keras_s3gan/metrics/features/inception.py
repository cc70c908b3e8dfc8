"""The feature extractor of FID."""

import numpy as np

from keras_s3gan.files import load_torch_state_dict
from keras_s3gan.metrics.features.extractor import FeatureExtractor
from keras_s3gan.metrics.features.images import as_bytes, check_channels
from keras_s3gan.metrics.features.inception_network import (
    IMAGE_SIZE,
    build_inception,
    load_inception,
)
from keras_s3gan.metrics.features.inception_weights import (
    WEIGHTS_SHA256,
    checked_sha256,
    find_inception_weights,
)
from keras_s3gan.metrics.features.resizing import check_resize, resized


class InceptionExtractor(FeatureExtractor):
    """The Inception network whose features FID, KID and the inception score compare.

    Images are rounded to uint8, as in saved pictures, and resized to 299 pixels; a
    single channel is repeated to three.

    Args:
        path: str or `Path` of `pt_inception-2015-12-05-6726825d.pth`, in either format
            of `torch.save`. Defaults to the file that `find_inception_weights` finds.
        dimension: 64, 192, 768 or 2048: the number of features. FID uses 2048.
        resize: one of `keras_s3gan.metrics.RESIZES`: `"tensorflow1"` as in the
            original FID, `"pytorch"` as in pytorch-fid, `"clean"` as in clean-fid.
            Scores with different methods cannot be compared.
        batch_size: int. Number of images per call of the network.
        download: bool. Whether to download the weights if they are not found.
        sha256: str. Required start of the file's SHA-256. Defaults to that of the
            published file; `""` accepts any file.

    Raises:
        FileNotFoundError: if the weights are not found; the message says where to get
            them.
        ValueError: if the file is a different one, or an argument is not as above.

    Example:
        >>> extractor = InceptionExtractor(resize="clean")
        >>> extractor.features(images).shape
        (64, 2048)

    Reference:
        - Heusel et al., 2017, https://arxiv.org/abs/1706.08500
    """

    def __init__(
        self,
        path=None,
        dimension=2048,
        resize="tensorflow1",
        batch_size=64,
        download=False,
        sha256=WEIGHTS_SHA256,
    ):
        check_resize(resize)
        # pytorch-fid scales uint8 to [-1, 1]; the original graph divides by 128.
        self._middle = np.float32(127.5 if resize == "pytorch" else 128)
        middle = f"{self._middle:g}"
        self.preprocessing = f"rounded to bytes, resized, (x - {middle}) / {middle}"
        model = build_inception(dimension)
        path = find_inception_weights(download) if path is None else path
        digest = checked_sha256(path, sha256)
        load_inception(model, load_torch_state_dict(path))
        super().__init__(
            model,
            f"inception-2015-12-05-{digest[:8]}-{dimension}",
            digest,
            resize,
            batch_size,
        )

    def prepare(self, images):
        """Preprocesses images `[N, H, W, C]` to float32 `[N, 299, 299, 3]`."""
        images = as_bytes(images)
        check_channels(images)
        images = resized(self.resize, images, (IMAGE_SIZE, IMAGE_SIZE))
        images = (images - self._middle) / self._middle
        return np.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images

    def unbiased_logits(self, images):
        """Computes float32 logits `[N, 1008]` without the bias.

        The original inception score and torch-fidelity use these.

        Args:
            images: as in `outputs`.

        Raises:
            ValueError: if `dimension` is not 2048.
        """
        return self._named("unbiased_logits", self.outputs(images))
