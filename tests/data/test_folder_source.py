import hashlib
import os
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from keras_s3gan.data import FolderSource, batches, folder_source, load_images
from tests.data.pictures import save, save_16_bit


@pytest.fixture
def folder(tmp_path):
    """Two classes and unlabelled images beside them; sizes and modes are mixed."""
    save(tmp_path / "dog" / "b.png", (10, 12, 3), 30)
    save(tmp_path / "dog" / "a.png", (9, 9), 20)
    save(tmp_path / "cat" / "c.PNG", (20, 8, 3), 10)
    save(tmp_path / "unlabeled" / "d.png", (7, 7, 3), 50)
    save(tmp_path / "alone.png", (6, 6, 3), 40)
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    save(tmp_path / ".hidden" / "e.png", (5, 5, 3))
    save(tmp_path / "__MACOSX" / "f.png", (5, 5, 3))
    return tmp_path


def test_classes_are_sub_folders_and_the_rest_is_unlabelled(folder):
    source = FolderSource(folder)
    assert source.class_names == ["cat", "dog"]
    assert source.num_classes == 2
    found = {(int(source[i]["image"].max()), source[i]["label"]) for i in range(5)}
    assert len(source) == 5
    assert found == {(40, -1), (10, 0), (20, 1), (30, 1), (50, -1)}
    assert source.labels().tolist() == [source[i]["label"] for i in range(5)]


def test_grayscale_has_one_channel_and_color_three(folder):
    source = FolderSource(folder / "dog")
    assert [source[i]["image"].shape for i in range(2)] == [(9, 9, 1), (10, 12, 3)]
    assert source.class_names is None and source.num_classes is None


def test_mixed_images_become_batches_of_one_shape(folder):
    source = FolderSource(folder)
    images, labels = next(iter(batches(source, 5, 8, channels=3)))
    assert images.shape == (5, 8, 8, 3) and images.dtype == np.float32
    assert sorted(labels) == [-1, -1, 0, 1, 1]
    assert load_images(source, 8, channels=1).shape == (5, 8, 8, 1)


def test_mixed_channels_must_be_chosen(folder):
    with pytest.raises(ValueError, match=r"pass channels=1 or channels=3.*9, 9"):
        load_images(FolderSource(folder), 8)


def test_transparency_lies_over_white(tmp_path):
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2, :, 3] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    image = FolderSource(tmp_path)[0]["image"]
    assert (image[:2] == 0).all() and (image[2:] == 255).all()
    assert image.shape == (4, 4, 3)


def test_sixteen_bits_are_scaled(tmp_path):
    Image.fromarray(np.full((4, 4), 0x8000, np.uint16)).save(tmp_path / "a.png")
    image = FolderSource(tmp_path)[0]["image"]
    assert image.dtype == np.uint8 and image.shape == (4, 4, 1)
    assert (image == 0x80).all()


def test_exif_rotation_is_applied(tmp_path):
    image = Image.fromarray(np.zeros((4, 6, 3), np.uint8))
    image.getexif()[0x0112] = 6
    image.save(tmp_path / "a.jpg", exif=image.getexif())
    assert FolderSource(tmp_path)[0]["image"].shape == (6, 4, 3)


def test_short_sides_are_those_of_the_decoded_images(folder):
    image = Image.fromarray(np.zeros((4, 6, 3), np.uint8))
    image.getexif()[0x0112] = 6
    image.save(folder / "turned.jpg", exif=image.getexif())
    source = FolderSource(folder)
    expected = [min(source[i]["image"].shape[:2]) for i in range(6)]
    assert source.short_sides().tolist() == expected
    assert sorted(expected) == [4, 6, 7, 8, 9, 10]


def test_twelve_bits_in_sixteen_are_scaled_alike(tmp_path):
    """By the highest bit of all files, so that a darker image stays darker."""
    save_16_bit(tmp_path / "a.png", np.full((4, 4), 0xABC))
    save_16_bit(tmp_path / "b.png", np.full((4, 4), 0x123))
    save(tmp_path / "c.png", (4, 4), 200)
    source = FolderSource(tmp_path)
    assert [int(source[i]["image"].max()) for i in range(3)] == [0xAB, 0x12, 200]
    assert source.passed_over() == {"of 16 bits (read as 12-bit images)": 2}


def test_twelve_bit_colors_are_named(tmp_path):
    save_16_bit(tmp_path / "a.png", np.full((4, 4, 3), 0xABC))
    with pytest.raises(ValueError, match="Received: file=.*a.png.*colors of 12 bits"):
        FolderSource(tmp_path)[0]


def test_what_is_passed_over_is_counted(folder):
    os.mkfifo(folder / "cat" / "pipe.png")
    (folder / "lost.png").symlink_to(folder / "nowhere.png")
    (folder / "phone.HEIC").write_bytes(b"of a kind that is not read")
    (folder / "README").write_text("no image")
    frame = Image.fromarray(np.zeros((8, 8), np.uint8))
    more = [Image.fromarray(np.full((8, 8), 9, np.uint8))]
    frame.save(folder / "moving.gif", save_all=True, append_images=more)
    source = FolderSource(folder)
    assert len(source) == 6
    assert source.passed_over() == {
        "hidden": 2,
        ".heic": 1,
        ".txt": 1,
        "without an ending": 1,
        "pipes, devices or broken links": 2,
        "with further frames": 1,
    }
    assert FolderSource(folder / "dog").passed_over() == {}


def test_a_format_that_pillow_lacks_is_said(folder, monkeypatch):
    save(folder / "cat" / "e.png")
    (folder / "cat" / "e.png").rename(folder / "cat" / "e.avif")
    assert ".txt" in FolderSource(folder).passed_over()
    monkeypatch.setattr(folder_source, "readable_formats", lambda: ("PNG",))
    lacking = ".avif (the installed Pillow cannot decode it)"
    assert FolderSource(folder).passed_over()[lacking] == 1
    (folder / "cat" / "c.PNG").unlink()
    with pytest.raises(ValueError, match=f"1 {re.escape(lacking)}.*path=.*cat"):
        FolderSource(folder)


def test_a_folder_with_the_name_of_an_image_is_a_class(folder):
    (folder / "dog").rename(folder / "dog.png")
    assert FolderSource(folder).class_names == ["cat", "dog.png"]


def test_a_copy_elsewhere_has_the_same_fingerprint(folder, tmp_path_factory):
    fingerprint = FolderSource(folder).fingerprint()
    assert len(fingerprint) == 64
    copy = shutil.copytree(folder, tmp_path_factory.mktemp("elsewhere") / "copy")
    os.utime(copy / "alone.png", (0, 0))
    (copy / "alone.png").rename(copy / "other.png")
    (copy / "cat" / "notes.txt").unlink()
    assert FolderSource(copy).fingerprint() == fingerprint
    assert FolderSource(os.path.relpath(copy)).fingerprint() == fingerprint


@pytest.mark.parametrize("change", ["value", "label", "order", "missing", "class"])
def test_other_images_have_another_fingerprint(folder, change):
    fingerprint = FolderSource(folder).fingerprint()
    if change == "value":
        # Of the same size and time.
        time = (folder / "dog" / "b.png").stat().st_mtime_ns
        save(folder / "dog" / "b.png", (10, 12, 3), 31)
        os.utime(folder / "dog" / "b.png", ns=(time, time))
    elif change == "label":
        (folder / "dog" / "a.png").rename(folder / "cat" / "d.png")
    elif change == "order":
        (folder / "dog" / "a.png").rename(folder / "dog" / "c.png")
    elif change == "missing":
        (folder / "alone.png").unlink()
    else:
        save(folder / "fox" / "a.png")
    assert FolderSource(folder).fingerprint() != fingerprint


def test_the_former_fingerprint_is_of_names_sizes_and_times(folder):
    source = FolderSource(folder / "dog")
    text = ""
    for name in ("a.png", "b.png"):
        stat = (folder / "dog" / name).stat()
        text += f"{name}\0{stat.st_size} {stat.st_mtime_ns}\n"
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert source.former_fingerprint() == expected
    # What is decoded in another way now are other images.
    save_16_bit(folder / "dog" / "c.png", np.full((4, 4), 0xABC))
    assert FolderSource(folder / "dog").former_fingerprint() is None


@pytest.mark.parametrize("file", ["cat/broken.png", "alone.png"])
def test_an_unreadable_file_is_named(folder, file):
    (folder / file).write_bytes(b"no image at all")
    with pytest.raises(ValueError, match=f"readable as .*Received: file=.*{file}"):
        next(iter(batches(FolderSource(folder), 5, 8, channels=3)))


def test_a_file_whose_size_cannot_be_read_is_named(folder):
    (folder / "cat" / "broken.png").write_bytes(b"no image at all")
    with pytest.raises(ValueError, match="readable as .*Received: file=.*broken.png"):
        FolderSource(folder).short_sides()


def test_a_truncated_file_is_named(folder):
    file = folder / "alone.png"
    file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(ValueError, match="readable as .*Received: file=.*alone.png"):
        load_images(FolderSource(folder), 8, channels=3)


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(ValueError, match="existing folder. Received: path=.*nowhere"):
        FolderSource(tmp_path / "nowhere")


def test_a_folder_without_images_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(ValueError, match="has no images.*Received: path="):
        FolderSource(tmp_path)


def test_an_empty_class_is_named(folder):
    (folder / "fox").mkdir()
    with pytest.raises(ValueError, match="or remove it. Received: path=.*fox"):
        FolderSource(folder)


def test_a_folder_one_level_too_high_is_refused(tmp_path):
    save(tmp_path / "train" / "cat" / "a.png", (4, 4))
    with pytest.raises(ValueError, match="sub-folders are the classes.*train/cat"):
        FolderSource(tmp_path)
