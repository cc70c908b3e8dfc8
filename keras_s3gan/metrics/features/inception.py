import numpy as np

from keras_s3gan.files import load_torch_state_dict
from keras_s3gan.metrics.features.extractor import FeatureExtractor
from keras_s3gan.metrics.features.images import as_bytes
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
    """The features that FID, KID and the Inception Score are computed on.

    Images are rounded to bytes, as they are when pictures are saved, and resized from
    any one size to 299 pixels; images of one channel are repeated to three.

    Args:
        path: str or `Path` of `pt_inception-2015-12-05-6726825d.pth`, in either format
            of `torch.save`. Defaults to where `find_inception_weights` finds it.
        dimension: 64, 192, 768 or 2048. Which features; FID's are 2048.
        resize: one of `keras_s3gan.metrics.RESIZES`: `"tensorflow1"` as the
            first FID, `"pytorch"` as pytorch-fid, `"clean"` as clean-fid. Scores of two
            resizes cannot be compared.
        batch_size: int. Images that the network sees at a time.
        download: bool. Whether to fetch the weights where they lie nowhere.
        sha256: str. How the hash of the file must begin. Defaults to the published
            file's; `""` accepts any.

    Raises:
        FileNotFoundError: if the weights are not on this machine; the message says
            where to get them.
        ValueError: if the file is another one, or an argument is not as above.

    Example:
        >>> extractor = InceptionExtractor(resize="clean")
        >>> extractor.features(images).shape
        (16, 2048)

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
        # pytorch-fid scales bytes to [-1, 1], the graph of 2015 not quite.
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
        """What the network sees of images `[N, H, W, C]`: `[N, 299, 299, 3]`."""
        images = as_bytes(images)
        if images.shape[-1] not in (1, 3):
            raise ValueError(
                "`images` must have 1 or 3 channels, the last axis. "
                f"Received: shape={images.shape}"
            )
        images = resized(self.resize, images, (IMAGE_SIZE, IMAGE_SIZE))
        images = (images - self._middle) / self._middle
        return np.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images

    def unbiased_logits(self, images):
        """Logits `[N, 1008]` without the bias, float32, of images as in `outputs`.

        The first Inception Score, and torch-fidelity's, are computed on these.

        Raises:
            ValueError: if the extractor stops before the logits.
        """
        return self._named("unbiased_logits", self.outputs(images))
