import os

import numpy as np
import pytest
from PIL import Image, features

from keras_s3gan.data import image_files
from keras_s3gan.data.image_files import (
    FORMATS,
    bit_depth,
    decode,
    is_16_bit,
    opened,
    readable_formats,
    used_bits,
)
from tests.data.pictures import save, save_16_bit
from tests.once import once

pytestmark = once("files are read by Pillow and NumPy")


def read(content, **options):
    with opened(content, "file='x'") as image:
        return decode(image, **options)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_each_promised_format_is_decoded(tmp_path, suffix):
    if FORMATS[suffix] not in readable_formats():
        pytest.skip(f"Pillow is built without {FORMATS[suffix]}")
    # The ending .pgm is of gray images, .pbm of black and white.
    shape = (4, 6) if suffix in (".pgm", ".pbm") else (4, 6, 3)
    value = 255 if suffix == ".pbm" else 100
    path = save(tmp_path / f"a{suffix}", shape, value, format=FORMATS[suffix])
    pixels = read(path)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (4, 6, 1 if len(shape) == 2 else 3)
    assert np.abs(pixels.astype(int) - value).max() <= 2


def test_the_content_may_be_of_another_promised_format(tmp_path):
    path = save(tmp_path / "a.jpg", format="PNG")
    assert (read(path) == 100).all()


@pytest.mark.parametrize("kind", ["TGA", "ICO", "PCX", "EPS"])
def test_other_formats_are_not_tried(tmp_path, kind):
    path = save(tmp_path / "a.png", format=kind)
    with pytest.raises(
        ValueError, match="one of AVIF, BMP.*Received: file='x' .cannot"
    ):
        read(path)


def test_no_promised_format_starts_another_program():
    assert not {"EPS", "WMF", "FPX", "MIC"} & {*FORMATS.values()}


def test_what_pillow_was_built_without_is_not_promised(monkeypatch):
    monkeypatch.setattr(features, "check", lambda name: name != "avif")
    assert "AVIF" not in readable_formats.__wrapped__()
    assert "WEBP" in readable_formats.__wrapped__()


def test_pipes_and_devices_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    for path in (tmp_path / "a.png", type(tmp_path)("/dev/zero"), tmp_path):
        with pytest.raises(ValueError, match="regular file. Received: file='x'"):
            read(path)


def test_a_link_to_an_image_is_one(tmp_path):
    path = save(tmp_path / "a.png")
    (tmp_path / "b.png").symlink_to(path)
    assert (read(tmp_path / "b.png") == 100).all()


@pytest.mark.parametrize("as_bytes", [False, True])
def test_limits_hold_before_decoding(tmp_path, monkeypatch, as_bytes):
    path = save(tmp_path / "a.png")
    content = path.read_bytes() if as_bytes else path

    def refuse(*arguments):
        raise AssertionError("decoded")

    monkeypatch.setattr(Image.Image, "convert", refuse)
    monkeypatch.setattr(image_files, "MAX_PIXELS", 23)
    with pytest.raises(ValueError, match="most 23 pixels.*file='x' .6 x 4 pixels"):
        read(content)
    monkeypatch.setattr(image_files, "MAX_BYTES", 20)
    with pytest.raises(ValueError, match="most 20 bytes. Received: file='x' of .* byt"):
        read(content)


def test_pillows_own_limit_is_said_in_the_same_way(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(ValueError, match="most 89,478,485 pixels.*file='x'"):
        read(save(tmp_path / "a.png"))


@pytest.mark.parametrize("gray", [True, False])
def test_sixteen_bits_become_eight(tmp_path, gray):
    values = np.full((4, 6) if gray else (4, 6, 3), 0xABCD)
    path = save_16_bit(tmp_path / "a.png", values)
    with opened(path, "a") as image:
        assert is_16_bit(image) and used_bits(image) == 16
    assert (read(path) == 0xAB).all()


def test_eight_bits_are_not_sixteen(tmp_path):
    for name in ("a.png", "a.jpg", "a.webp", "a.tif"):
        with opened(save(tmp_path / name), name) as image:
            assert not is_16_bit(image) and used_bits(image) == 0


def test_gray_of_twelve_bits_is_scaled(tmp_path):
    path = save_16_bit(tmp_path / "a.png", np.full((4, 6), 0xABC))
    with opened(path, "a") as image:
        assert used_bits(image) == 12
    assert (read(path, depth=12) == 0xAB).all()


def test_color_of_twelve_bits_is_refused(tmp_path):
    """Pillow keeps four of its bits."""
    path = save_16_bit(tmp_path / "a.png", np.full((4, 6, 3), 0xABC))
    with opened(path, "a") as image:
        assert used_bits(image) == 12
    with pytest.raises(
        ValueError, match="file='x' .colors of 12 bits in 16.*them by 16"
    ):
        read(path, depth=12)


@pytest.mark.parametrize("maximum", [255, 4095, 65535])
def test_pgm_says_its_depth(tmp_path, maximum):
    kind = "u1" if maximum < 256 else ">u2"
    values = np.full((4, 6), maximum // 2, kind).tobytes()
    path = tmp_path / "a.pgm"
    path.write_bytes(f"P5 6 4 {maximum}\n".encode() + values)
    assert read(path).shape == (4, 6, 1)
    assert set(read(path).ravel()) <= {127, 128}


@pytest.mark.parametrize(
    ("bits", "depth"),
    [([], 16), ([0, 0], 16), ([16, 0], 16), ([11, 12, 0], 12), ([9], 10), ([3], 8)],
)
def test_the_depth_is_that_of_all_images(bits, depth):
    assert bit_depth(np.array(bits, int)) == depth


def test_floats_are_refused(tmp_path):
    Image.fromarray(np.zeros((4, 6), np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(ValueError, match="file='x' .not an 8-bit or 16-bit.*mode F"):
        read(tmp_path / "a.tif")


def test_turning_by_exif_is_a_choice(tmp_path):
    image = Image.fromarray(np.zeros((4, 6, 3), np.uint8))
    image.getexif()[0x0112] = 6
    image.save(tmp_path / "a.jpg", exif=image.getexif())
    assert read(tmp_path / "a.jpg").shape == (6, 4, 3)
    assert read(tmp_path / "a.jpg", turned=False).shape == (4, 6, 3)
