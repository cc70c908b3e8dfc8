"""Vision transformers written out in PyTorch, and files of random weights.

The names are those of the published files; nothing of the package is used.
"""

import numpy as np


def random_arrays(shapes, seed=0):
    """Arrays of numbers that keep activations of about one size."""
    random = np.random.default_rng(seed)
    arrays = {}
    for name, shape in shapes.items():
        scale = np.prod(shape[1:]) ** -0.5 if len(shape) > 1 else 0.3
        offset = 1 if name.endswith(("norm1.weight", "gamma", "ln_1.weight")) else 0
        arrays[name] = (offset + scale * random.normal(size=shape)).astype("float32")
    return arrays


def save(arrays, path):
    import torch

    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    torch.save(tensors, path)
    return path


def dinov2_shapes(width=128, patch=56, side=5, blocks=2):
    shapes = {
        "cls_token": (1, 1, width),
        "pos_embed": (1, 1 + side**2, width),
        "mask_token": (1, width),
        "patch_embed.proj.weight": (width, 3, patch, patch),
        "patch_embed.proj.bias": (width,),
    }
    for index in range(blocks):
        for part in ("norm1", "norm2"):
            shapes |= _affine(f"blocks.{index}.{part}", (width,))
        shapes |= _affine(f"blocks.{index}.attn.qkv", (3 * width, width))
        shapes |= _affine(f"blocks.{index}.attn.proj", (width, width))
        shapes |= _affine(f"blocks.{index}.mlp.fc1", (4 * width, width))
        shapes |= _affine(f"blocks.{index}.mlp.fc2", (width, 4 * width))
        for part in ("ls1", "ls2"):
            shapes[f"blocks.{index}.{part}.gamma"] = (width,)
    return shapes | _affine("norm", (width,))


def dinov2_features(arrays, images):
    """Features of images `[N, H, W, 3]` of bytes whose size the network has."""
    import torch

    given = {name: torch.from_numpy(array) for name, array in arrays.items()}
    x = _normalized(images, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    kernel = given["patch_embed.proj.weight"]
    width, patch = kernel.shape[0], kernel.shape[-1]
    bias = given["patch_embed.proj.bias"]
    x = torch.nn.functional.conv2d(x, kernel, bias, stride=patch)
    positions, size = given["pos_embed"][0], x.shape[-1]
    side = round((len(positions) - 1) ** 0.5)
    grid = positions[1:].reshape(1, side, side, width).permute(0, 3, 1, 2)
    if side != size:
        scale = (size + 0.1) / side
        grid = torch.nn.functional.interpolate(
            grid, scale_factor=(scale, scale), mode="bicubic"
        )
    x = (x + grid).flatten(2).transpose(1, 2)
    token = (given["cls_token"][0] + positions[:1]).expand(len(x), 1, width)
    x = torch.cat([token, x], 1)
    for index in range(sum(name.endswith("qkv.weight") for name in given)):
        name = f"blocks.{index}"
        y = _normalize(x, given, f"{name}.norm1", 1e-6)
        y = _attend(y, given[f"{name}.attn.qkv.weight"], given[f"{name}.attn.qkv.bias"])
        y = _multiply(y, given, f"{name}.attn.proj")
        x = x + given[f"{name}.ls1.gamma"] * y
        y = _normalize(x, given, f"{name}.norm2", 1e-6)
        y = torch.nn.functional.gelu(_multiply(y, given, f"{name}.mlp.fc1"))
        y = _multiply(y, given, f"{name}.mlp.fc2")
        x = x + given[f"{name}.ls2.gamma"] * y
    return _normalize(x, given, "norm", 1e-6)[:, 0].numpy()


def clip_shapes(width=128, patch=4, side=3, blocks=2, features=10):
    shapes = {
        "visual.class_embedding": (width,),
        "visual.positional_embedding": (1 + side**2, width),
        "visual.conv1.weight": (width, 3, patch, patch),
        "visual.proj": (width, features),
        # Of the network for text.
        "text_projection": (7, features),
        "transformer.resblocks.0.attn.in_proj_weight": (21, 7),
    }
    for part in ("ln_pre", "ln_post"):
        shapes |= _affine(f"visual.{part}", (width,))
    for index in range(blocks):
        name = f"visual.transformer.resblocks.{index}"
        for part in ("ln_1", "ln_2"):
            shapes |= _affine(f"{name}.{part}", (width,))
        shapes[f"{name}.attn.in_proj_weight"] = (3 * width, width)
        shapes[f"{name}.attn.in_proj_bias"] = (3 * width,)
        shapes |= _affine(f"{name}.attn.out_proj", (width, width))
        shapes |= _affine(f"{name}.mlp.c_fc", (4 * width, width))
        shapes |= _affine(f"{name}.mlp.c_proj", (width, 4 * width))
    return shapes


def clip_features(arrays, images, quick_gelu=True):
    """Features of images `[N, H, W, 3]` of bytes whose size the network has."""
    import torch

    given = {
        name.removeprefix("visual."): torch.from_numpy(array)
        for name, array in arrays.items()
        if name.startswith("visual.")
    }
    mean = (0.48145466, 0.4578275, 0.40821073)
    x = _normalized(images, mean, (0.26862954, 0.26130258, 0.27577711))
    kernel = given["conv1.weight"]
    x = torch.nn.functional.conv2d(x, kernel, stride=kernel.shape[-1])
    x = x.flatten(2).transpose(1, 2)
    token = given["class_embedding"].expand(len(x), 1, x.shape[-1])
    x = torch.cat([token, x], 1) + given["positional_embedding"]
    x = _normalize(x, given, "ln_pre", 1e-5)
    for index in range(sum(name.endswith("in_proj_weight") for name in given)):
        name = f"transformer.resblocks.{index}"
        y = _normalize(x, given, f"{name}.ln_1", 1e-5)
        arrays = (given[f"{name}.attn.in_proj_{part}"] for part in ("weight", "bias"))
        x = x + _multiply(_attend(y, *arrays), given, f"{name}.attn.out_proj")
        y = _normalize(x, given, f"{name}.ln_2", 1e-5)
        y = _multiply(y, given, f"{name}.mlp.c_fc")
        y = y * torch.sigmoid(1.702 * y) if quick_gelu else torch.nn.functional.gelu(y)
        x = x + _multiply(y, given, f"{name}.mlp.c_proj")
    return (_normalize(x[:, 0], given, "ln_post", 1e-5) @ given["proj"]).numpy()


def _affine(name, shape):
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def _normalized(images, mean, deviation):
    import torch

    x = (images / 255.0 - np.array(mean)) / np.array(deviation)
    return torch.from_numpy(x.transpose(0, 3, 1, 2).astype("float32"))


def _normalize(x, given, name, epsilon):
    import torch

    gain, offset = given[f"{name}.weight"], given[f"{name}.bias"]
    return torch.nn.functional.layer_norm(x, x.shape[-1:], gain, offset, epsilon)


def _multiply(x, given, name):
    return x @ given[f"{name}.weight"].T + given[f"{name}.bias"]


def _attend(x, matrix, bias):
    """Attention with heads of 64 features."""
    heads = x.shape[-1] // 64
    parts = (x @ matrix.T + bias).reshape(*x.shape[:2], 3, heads, 64)
    query, key, value = parts.permute(2, 0, 3, 1, 4)
    weights = (query @ key.transpose(-1, -2) / 8).softmax(-1)
    return (weights @ value).transpose(1, 2).reshape(x.shape)
