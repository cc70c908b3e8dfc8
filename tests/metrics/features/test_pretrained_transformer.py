"""What is said if a file or a package is missing, and what networks are called."""

import importlib.util

import pytest

from keras_s3gan.metrics import CLIPExtractor, DINOv2Extractor
from keras_s3gan.metrics.features.pretrained_transformer import transformer_name
from tests.once import once

pytestmark = once("paths and names")


@pytest.mark.parametrize("extractor", [CLIPExtractor, DINOv2Extractor])
def test_no_file_is_downloaded(extractor, tmp_path):
    with pytest.raises(ValueError, match="never downloaded: give the path.*KerasHub"):
        extractor(tmp_path / "none.pth")
    with pytest.raises(ValueError, match="resize='bicubic'"):
        extractor(tmp_path / "none.pth", resize="bicubic")


def test_a_folder_needs_keras_hub(tmp_path, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name == "keras_hub" else found(name),
    )
    with pytest.raises(ValueError, match="pip install keras-hub. Received: path="):
        DINOv2Extractor(tmp_path)


def test_what_is_no_state_dict(tmp_path):
    path = tmp_path / "notes.pth"
    path.write_text("nothing")
    with pytest.raises(ValueError, match="state dict.*torch.jit.*Received: path="):
        CLIPExtractor(path)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((384, 14, 224), "vits14"),
        ((1024, 14, 336), "vitl14-336"),
        ((128, 4, 224), "vit128-4"),
    ],
)
def test_names(arguments, name):
    assert transformer_name(*arguments) == name
