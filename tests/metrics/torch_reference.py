"""What public packages compute on PyTorch, as files: a program of its own.

    python -m tests.metrics.torch_reference FOLDER

It runs apart from the tests, which may be on another framework. torchvision is replaced
by stubs, and its Inception put together from torch-fidelity's blocks, which have the
names and arguments of torchvision's.
"""

import sys
from pathlib import Path
from unittest import mock

import numpy as np

from tests.metrics.reference_packages import torchvision_stubs

PACKAGES = ("torch", "torch_fidelity", "pytorch_fid", "cleanfid")
SIZE = (299, 299)
SHAPES = {"small": (2, 32, 24, 3), "large": (2, 400, 310, 3)}
FILTERS = ("nearest", "box", "bilinear", "bicubic", "lanczos")


def pictures(name):
    """uint8 images `[N, H, W, C]`: smooth, with hard edges."""
    random = np.random.default_rng(len(name))
    smooth = np.cumsum(random.normal(0, 12, SHAPES[name]), axis=1) + 128
    noise = random.uniform(0, 255, SHAPES[name])
    return np.clip(np.where(noise > 230, noise, smooth), 0, 255).astype("uint8")


def replace_torchvision():
    stubs = torchvision_stubs()
    sys.modules.update(stubs)
    from torch_fidelity import feature_extractor_inceptionv3 as blocks

    models = stubs["torchvision"].models
    models.inception_v3 = inception_v3
    models.inception.InceptionA = blocks.InceptionA
    models.inception.InceptionC = blocks.InceptionC
    models.inception.InceptionE = blocks.InceptionE_1


def inception_v3(num_classes, **kwargs):
    """torchvision's Inception-v3 before pytorch-fid exchanges some of its blocks."""
    import torch
    from torch_fidelity import feature_extractor_inceptionv3 as blocks

    return torch.nn.ModuleDict(
        {
            "Conv2d_1a_3x3": blocks.BasicConv2d(3, 32, kernel_size=3, stride=2),
            "Conv2d_2a_3x3": blocks.BasicConv2d(32, 32, kernel_size=3),
            "Conv2d_2b_3x3": blocks.BasicConv2d(32, 64, kernel_size=3, padding=1),
            "Conv2d_3b_1x1": blocks.BasicConv2d(64, 80, kernel_size=1),
            "Conv2d_4a_3x3": blocks.BasicConv2d(80, 192, kernel_size=3),
            "Mixed_5b": blocks.InceptionA(192, 32),
            "Mixed_5c": blocks.InceptionA(256, 64),
            "Mixed_5d": blocks.InceptionA(288, 64),
            "Mixed_6a": blocks.InceptionB(288),
            "Mixed_6b": blocks.InceptionC(768, 128),
            "Mixed_6c": blocks.InceptionC(768, 160),
            "Mixed_6d": blocks.InceptionC(768, 160),
            "Mixed_6e": blocks.InceptionC(768, 192),
            "Mixed_7a": blocks.InceptionD(768),
            "Mixed_7b": blocks.InceptionE_1(1280),
            "Mixed_7c": blocks.InceptionE_2(2048),
            "fc": torch.nn.Linear(2048, num_classes),
        }
    )


def random_weights():
    """A state dict whose activations neither vanish nor explode."""
    import torch

    torch.manual_seed(0)
    weights = inception_v3(1008).state_dict()
    for name, value in weights.items():
        if name.endswith("conv.weight"):
            value.normal_(0, (2 / value[0].numel()) ** 0.5)
        elif name.endswith("running_var"):
            # Small enough for an epsilon to show.
            value.uniform_(0.2, 1.2)
        elif name.endswith("bn.weight"):
            value.uniform_(0.5, 0.9)
        elif name.endswith(("bn.bias", "running_mean", "fc.bias")):
            value.normal_(0, 0.1)
        elif name == "fc.weight":
            value.normal_(0, 0.02)
    return weights


def channels_first(images):
    import torch

    return torch.from_numpy(images.transpose(0, 3, 1, 2).copy())


def features_of_torch_fidelity(images, path):
    import torch_fidelity

    extractor = torch_fidelity.FeatureExtractorInceptionV3
    names = extractor.get_provided_features_list()
    extractor = extractor("reference", list(names), str(path))
    return dict(zip(names, extractor(channels_first(images)), strict=True))


def features_of_pytorch_fid(images, weights):
    from pytorch_fid import inception

    with mock.patch.object(
        inception, "load_state_dict_from_url", lambda *args, **kwargs: weights
    ):
        model = inception.InceptionV3((0, 1, 2, 3)).eval()
    outputs = [x.mean((2, 3)) for x in model(channels_first(images) / 255)]
    return {str(output.shape[1]): output for output in outputs}


def resizes(images):
    import torch
    from cleanfid.resize import make_resizer
    from torch_fidelity.interpolate_compat_tensorflow import (
        interpolate_bilinear_2d_like_tensorflow1x as like_tensorflow1,
    )

    x = channels_first(images).float()
    found = {
        "tensorflow1": like_tensorflow1(x, SIZE, align_corners=False),
        "pytorch": torch.nn.functional.interpolate(x, SIZE, mode="bilinear"),
    }
    found = {name: value.permute(0, 2, 3, 1) for name, value in found.items()}
    for filter in FILTERS:
        for quantize in (False, True):
            # clean-fid swaps the sides of a result that is not square.
            resize = make_resizer("PIL", quantize, filter, SIZE)
            name = f"{filter}_quantized" if quantize else filter
            found[name] = np.stack([resize(image) for image in images])
    return found


def main(folder):
    folder = Path(folder)
    replace_torchvision()
    import torch

    weights = random_weights()
    torch.save(weights, folder / "zip.pth")
    torch.save(weights, folder / "legacy.pth", _use_new_zipfile_serialization=False)
    found = {}
    with torch.no_grad():
        for name in SHAPES:
            images = pictures(name)
            for origin, values in {
                "torch_fidelity": features_of_torch_fidelity(
                    images, folder / "zip.pth"
                ),
                "pytorch_fid": features_of_pytorch_fid(images, weights),
                "resize": resizes(images),
            }.items():
                for key, value in values.items():
                    found[f"{name}/{origin}/{key}"] = np.asarray(value)
    np.savez(folder / "expected.npz", **found)


if __name__ == "__main__":
    main(sys.argv[1])
