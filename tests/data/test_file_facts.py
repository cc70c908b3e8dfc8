import hashlib
import time

import numpy as np
import pytest
from PIL import Image

from keras_s3gan.data import file_facts as module
from keras_s3gan.data.file_facts import file_facts
from tests.data.pictures import save, save_16_bit
from tests.once import once

pytestmark = once("files are read by Pillow and NumPy")


@pytest.fixture
def folder(tmp_path):
    save(tmp_path / "a.png", (5, 6, 3), 1)
    save(tmp_path / "b" / "c.png", (8, 7, 3), 2)
    save_16_bit(tmp_path / "d.png", np.full((4, 6), 0xABC))
    more = [Image.fromarray(np.full((4, 6), value, np.uint8)) for value in (7, 90)]
    more[0].save(tmp_path / "e.gif", save_all=True, append_images=more[1:])
    return tmp_path


@pytest.fixture
def later(monkeypatch):
    """As if the files had been written a while ago, so that the cache keeps them."""
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 60 * 10**9)


@pytest.fixture
def reads(monkeypatch):
    """The names of the files that are read."""
    read, names = module._read, []
    monkeypatch.setattr(
        module, "_read", lambda file: (names.append(file.name), read(file))[1]
    )
    return names


def files_of(folder):
    return sorted(path for path in folder.rglob("*.*") if path.is_file())


def test_facts(folder):
    files = files_of(folder)
    facts = file_facts(folder, files)
    hashes = [hashlib.sha256(file.read_bytes()).digest() for file in files]
    assert [row.tobytes() for row in facts.digests] == hashes
    assert facts.short_sides.tolist() == [5, 7, 4, 4]
    assert facts.bits.tolist() == [0, 0, 12, 0]
    assert facts.animated.tolist() == [False, False, False, True]


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png", ".tif", ".avif"])
def test_further_frames_are_seen(tmp_path, suffix):
    frames = [Image.fromarray(np.full((4, 6, 3), v, np.uint8)) for v in (7, 90)]
    path = tmp_path / f"a{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert file_facts(tmp_path, [path]).animated.tolist() == [True]


def test_previews_in_photos_are_no_frames(tmp_path):
    frames = [Image.fromarray(np.full((4, 6, 3), v, np.uint8)) for v in (7, 90)]
    path = tmp_path / "a.jpg"
    frames[0].save(path, "MPO", save_all=True, append_images=frames[1:])
    assert file_facts(tmp_path, [path]).animated.tolist() == [False]


def test_files_are_read_once(folder, later, reads):
    files = files_of(folder)
    first = file_facts(folder, files)
    assert len(reads) == 4
    again = file_facts(folder, files)
    some = file_facts(folder, files[1:3])
    assert len(reads) == 4
    for fact, same, part in zip(first, again, some, strict=True):
        np.testing.assert_array_equal(fact, same)
        np.testing.assert_array_equal(fact[1:3], part)


def test_only_what_changed_is_read_again(folder, later, reads):
    file_facts(folder, files_of(folder))
    reads.clear()
    save(folder / "a.png", (3, 6, 3), 1)
    save(folder / "z.png", (2, 6, 3), 1)
    (folder / "d.png").unlink()
    facts = file_facts(folder, files_of(folder))
    assert reads == ["a.png", "z.png"]
    assert facts.short_sides.tolist() == [3, 7, 4, 2]
    file_facts(folder, files_of(folder))
    assert len(reads) == 2


def test_files_of_this_moment_are_not_kept(folder, reads, own_cache):
    """They could be changed again without another time of change."""
    for _ in range(2):
        file_facts(folder, files_of(folder))
    assert len(reads) == 8 and not [*own_cache.iterdir()]


@pytest.mark.parametrize("damage", [b"", b"no cache"])
def test_a_damaged_cache_is_made_again(folder, later, reads, own_cache, damage):
    first = file_facts(folder, files_of(folder))
    (path,) = own_cache.iterdir()
    path.write_bytes(damage)
    again = file_facts(folder, files_of(folder))
    assert len(reads) == 8
    np.testing.assert_array_equal(first.digests, again.digests)
    file_facts(folder, files_of(folder))
    assert len(reads) == 8


def test_without_a_cache_files_are_read_each_time(folder, later, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "file" / "cache"))
    files = files_of(folder / "b")
    np.testing.assert_array_equal(
        file_facts(folder, files).digests, file_facts(folder, files).digests
    )


def test_a_file_that_is_no_image_is_named(folder):
    (folder / "a.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match="readable as one of.*Received: file=.*a.png"):
        file_facts(folder, files_of(folder))
