import hashlib
import io
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from PIL import Image

from keras_s3gan.data import TFDSSource, image_files, tfds_source
from tests.once import once

tfds = pytest.importorskip("tensorflow_datasets")
pytest.importorskip("tensorflow", reason="preparing a TFDS set needs TensorFlow")


class TinySquares(tfds.core.GeneratorBasedBuilder):
    """Squares of one gray value each, whose class is the parity of the value."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {
            "image": tfds.features.Image(shape=(None, None, 1)),
            "deep": tfds.features.Image(shape=(4, 4, 1), dtype=np.uint16),
            "pixels": tfds.features.Tensor(shape=(4, 6, 3), dtype=np.uint8),
            "photo": tfds.features.Image(shape=(None, None, 3), encoding_format="jpeg"),
            "floats": tfds.features.Image(shape=(4, 4, 1), dtype=np.float32),
            "label": tfds.features.ClassLabel(names=["even", "odd"]),
            "value": np.int64,
            "attributes": {"large": np.bool_, "sides": np.int64},
            "tags": tfds.features.Sequence(tfds.features.ClassLabel(names=["a"])),
        }
        return tfds.core.DatasetInfo(
            builder=self, features=tfds.features.FeaturesDict(features)
        )

    def _split_generators(self, dl_manager):
        return {
            "train": self._generate_examples(12),
            "test": self._generate_examples(4),
        }

    def _generate_examples(self, count):
        for value in range(count):
            image = np.full((8 + value, 10, 1), value, np.uint8)
            yield (
                value,
                {
                    "image": image,
                    "deep": np.full((4, 4, 1), 300 * value, np.uint16),
                    "pixels": np.full((4, 6, 3), value, np.uint8),
                    "photo": photo(value),
                    "floats": np.full((4, 4, 1), value, np.float32),
                    "label": value % 2,
                    "value": value,
                    "attributes": {"large": value >= 8, "sides": 4},
                    "tags": [],
                },
            )


def photo(value):
    """A gray JPEG of an upright picture that EXIF turns, as its file."""
    image = Image.fromarray(np.full((4, 6), value, np.uint8))
    image.getexif()[0x0112] = 6
    file = io.BytesIO()
    image.save(file, "JPEG", exif=image.getexif())
    file.seek(0)
    return file


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("tfds"))
    TFDSSource("tiny_squares", data_dir=path)
    return path


def test_reads_a_prepared_set(data_dir):
    source = TFDSSource("tiny_squares", data_dir=data_dir)
    assert len(source) == 12
    assert source.num_classes == 2 and source.class_names == ["even", "odd"]
    examples = [source[i] for i in range(12)]
    assert sorted(int(e["image"].max()) for e in examples) == list(range(12))
    assert all(e["image"].max() % 2 == e["label"] for e in examples)
    assert all(e["image"].dtype == np.uint8 for e in examples)
    assert source.labels().tolist() == [e["label"] for e in examples]
    assert {type(e["label"]) for e in examples} == {int}


def test_images_of_sixteen_bits_are_read_as_in_folders(data_dir):
    source = TFDSSource("tiny_squares", data_dir=data_dir, image_key="deep")
    first = source[0]["image"]
    assert first.dtype == np.uint8 and first.shape == (4, 4, 1)
    # The highest value, 3300, has 12 bits.
    found = sorted(int(source[i]["image"].max()) for i in range(12))
    assert found == [300 * value >> 4 for value in range(12)]
    again = TFDSSource("tiny_squares", data_dir=data_dir, image_key="deep")
    again._bits = lambda: pytest.fail("the depth was not kept")
    np.testing.assert_array_equal(again[0]["image"], first)


def test_images_may_be_arrays(data_dir):
    source = TFDSSource("tiny_squares", data_dir=data_dir, image_key="pixels")
    assert source[0]["image"].shape == (4, 6, 3)
    assert source.short_sides().tolist() == [4] * 12


def test_photos_are_as_tensorflow_decodes_them(data_dir):
    """Gray ones repeated in a feature of colors, and not turned."""
    source = TFDSSource("tiny_squares", data_dir=data_dir, image_key="photo")
    assert source[0]["image"].shape == (4, 6, 3)


def test_other_images_of_a_record_are_not_decoded(data_dir, monkeypatch):
    source = TFDSSource("tiny_squares", data_dir=data_dir)
    expected = source[0]["image"]

    def refuse(*args, **kwargs):
        raise AssertionError("TFDS decoded an image")

    monkeypatch.setattr(tfds.features.Image, "decode_example_np", refuse)
    np.testing.assert_array_equal(source[0]["image"], expected)


def test_only_promised_formats_are_decoded(data_dir, monkeypatch):
    source = TFDSSource("tiny_squares", data_dir=data_dir)
    message = r"one of JPEG. Received: image=0 of tfds:tiny_squares:train \(cannot id"
    monkeypatch.setattr(image_files, "readable_formats", lambda: ("JPEG",))
    for read in (lambda: source[0], source.short_sides):
        with pytest.raises(ValueError, match=message):
            read()


def test_limits_hold_before_decoding(data_dir, monkeypatch):
    source = TFDSSource("tiny_squares", data_dir=data_dir)
    monkeypatch.setattr(image_files, "MAX_PIXELS", 10)
    with pytest.raises(ValueError, match="10 pixels.*image=3 of tfds:tiny_squares:tr"):
        source[3]
    monkeypatch.setattr(image_files, "MAX_BYTES", 20)
    with pytest.raises(
        ValueError, match="20 bytes.*image=3 of tfds:tiny_squares:train"
    ):
        source[3]


def test_splits_and_fingerprints(data_dir):
    test = TFDSSource("tiny_squares", split="test", data_dir=data_dir)
    half = TFDSSource("tiny_squares", split="train[:50%]", data_dir=data_dir)
    assert len(test) == 4 and len(half) == 6
    assert test.fingerprint() != half.fingerprint()
    again = TFDSSource("tiny_squares", split="test", data_dir=data_dir)
    assert again.fingerprint() == test.fingerprint()
    other = TFDSSource("tiny_squares", "test", data_dir=data_dir, image_key="pixels")
    assert other.fingerprint() != test.fingerprint()


def test_other_labels_have_another_fingerprint(data_dir):
    """A set that is built again with labels corrected has the same sizes."""
    source = TFDSSource("tiny_squares", data_dir=data_dir)
    other = TFDSSource("tiny_squares", data_dir=data_dir)
    other._labels = 1 - source.labels()
    assert other.fingerprint() != source.fingerprint()
    assert other.former_fingerprint() == source.former_fingerprint()


def test_the_former_fingerprint_is_of_name_version_split_and_sizes(data_dir):
    source = TFDSSource("tiny_squares", "test", data_dir=data_dir)
    splits = source._builder.info.splits
    sizes = {name: (int(splits[name].num_bytes), [n]) for name, n in TINY.items()}
    text = f"tiny_squares/1.0.0 test {sizes}"
    assert source.former_fingerprint() == hashlib.sha256(text.encode()).hexdigest()


TINY = {"test": 4, "train": 12}


@pytest.mark.parametrize("split", ["train[:0]", "train[:1%]", "train[5:5]"])
def test_a_slice_without_images_is_called_so(data_dir, split):
    message = "must have images.*'train': 12.*a slice without images"
    with pytest.raises(ValueError, match=message) as error:
        TFDSSource("tiny_squares", split, data_dir=data_dir)
    assert f"split={split!r}" in str(error.value)


def test_a_slice_behind_the_images_is_called_so(data_dir):
    message = r"'train': 12.*split='train\[20:\]'.*incompatible with 12 examples"
    with pytest.raises(ValueError, match=message):
        TFDSSource("tiny_squares", "train[20:]", data_dir=data_dir)


@pytest.mark.parametrize(
    ("split", "twice"),
    [
        ("train+train[:50%]", 6),
        ("train[:2]+test+train[1:3]", 1),
        ("train[4:6]+train+train[:1]", 3),
        ("all+test", 4),
    ],
)
def test_no_image_is_there_twice(data_dir, split, twice):
    with pytest.raises(
        ValueError, match=f"must not overlap.*with {twice} images twice"
    ):
        TFDSSource("tiny_squares", split, data_dir=data_dir)


@pytest.mark.parametrize(
    ("split", "count"), [("all", 16), ("train[:3]+train[3:5]", 5), ("train[-2:]", 2)]
)
def test_sums_that_do_not_overlap_are_taken(data_dir, split, count):
    assert len(TFDSSource("tiny_squares", split, data_dir=data_dir)) == count


def test_labels_do_not_decode_images(data_dir, monkeypatch):
    source = TFDSSource("tiny_squares", data_dir=data_dir)
    expected = source.labels()

    def refuse(*args, **kwargs):
        raise AssertionError("an image was decoded")

    monkeypatch.setattr(tfds_source, "opened", refuse)
    np.testing.assert_array_equal(source.labels(), expected)
    with pytest.raises(AssertionError, match="decoded"):
        source[0]


def test_short_sides_do_not_decode_images(data_dir, monkeypatch):
    source = TFDSSource("tiny_squares", data_dir=data_dir)
    values = [int(source[i]["image"].max()) for i in range(12)]

    def refuse(*args, **kwargs):
        raise AssertionError("an image was decoded")

    monkeypatch.setattr(tfds_source, "decode", refuse)
    expected = [min(8 + value, 10) for value in values]
    assert source.short_sides().tolist() == expected


def test_a_boolean_can_be_the_class(data_dir):
    key = "attributes/large"
    source = TFDSSource("tiny_squares", data_dir=data_dir, label_key=key)
    assert source.class_names == ["not large", "large"] and source.num_classes == 2
    examples = [source[i] for i in range(12)]
    assert all((e["image"].max() >= 8) == e["label"] for e in examples)
    assert source.labels().tolist() == [e["label"] for e in examples]
    parity = TFDSSource("tiny_squares", data_dir=data_dir)
    assert source.fingerprint() != parity.fingerprint()


@once("TensorFlow as a backend brings itself; JAX does as PyTorch does")
def test_a_prepared_set_needs_no_tensorflow(data_dir):
    program = f"""
        import sys
        from importlib.machinery import PathFinder

        find_spec = PathFinder.find_spec
        PathFinder.find_spec = lambda name, *rest: (
            None if name.split(".")[0] == "tensorflow" else find_spec(name, *rest)
        )
        from keras_s3gan.data import TFDSSource, batches

        source = TFDSSource("tiny_squares", data_dir={data_dir!r})
        images, labels = next(iter(batches(source, 12, 32)))
        print(images.shape, labels.sum(), "tensorflow" in sys.modules)
        TFDSSource("mnist", data_dir={data_dir!r})
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert result.stdout.split("\n")[0] == "(12, 32, 32, 1) 6 False", result.stderr
    assert (
        "ValueError: Preparing a TFDS data set needs TensorFlow once" in result.stderr
    )


def test_files_that_tfds_may_not_download_are_asked_for(tmp_path):
    manual = tmp_path / "downloads" / "manual"

    def refused():
        with pytest.raises(ValueError) as error:
            TFDSSource("imagenet2012", data_dir=str(tmp_path))
        for part in (str(manual), "ILSVRC2012_img_train.tar", "name='imagenet2012'"):
            assert part in str(error.value)
        assert "\n" not in str(error.value)

    refused()
    # TFDS looks for the files only in a folder that is not empty.
    manual.mkdir(parents=True, exist_ok=True)
    (manual / "notes.txt").touch()
    refused()


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("lsun/bedroom", ["bedroom_train_lmdb.zip", "bedroom_val_lmdb.zip"]),
        ("celeb_a", ["img_align_celeba.zip", "list_attr_celeba.txt"]),
        ("celeb_a_hq/128", ["The files: data128x128.tar."]),
    ],
)
def test_files_that_cannot_be_downloaded_are_asked_for(
    name, files, tmp_path, monkeypatch
):
    def refuse(*args):
        raise ConnectionError("Access denied\nby the server")

    for method in ("download", "download_and_extract"):
        monkeypatch.setattr(tfds.download.DownloadManager, method, refuse)
    with pytest.raises(ValueError) as error:
        TFDSSource(name, data_dir=str(tmp_path))
    message = str(error.value)
    assert str(tmp_path / "downloads" / "manual") in message
    assert all(file in message for file in files)
    assert f"name={name!r}" in message and "\n" not in message
    assert "classroom" not in message


def test_a_package_that_preparing_needs_is_asked_for(tmp_path, monkeypatch):
    def refuse(self, dl_manager):
        raise ImportError("Failed importing tensorflow_io.\nTry pip install it")

    monkeypatch.setattr(tfds.builder_cls("lsun"), "_split_generators", refuse)
    with pytest.raises(ValueError, match="package once.*tensorflow_io. Try pip"):
        TFDSSource("lsun/bedroom", data_dir=str(tmp_path))


IMAGES = r"\['deep', 'image', 'photo', 'pixels'\]"
LABELS = r"\['attributes/large', 'label'\]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "no_such_set"}, "catalogue.*Received: name='no_such_set'"),
        ({"split": "tain"}, r"\['test', 'train'\].*split='tain'"),
        *(
            ({"image_key": key}, rf"image: {IMAGES}. Received: image_key='{key}'")
            for key in ("picture", "label", "floats", "tags")
        ),
        *(
            (
                {"label_key": key},
                rf"boolean of tiny_squares: {LABELS}.*label_key='{key}'",
            )
            for key in ("value", "image", "attributes", "attributes/sides", "tags", "a")
        ),
    ],
)
def test_a_wrong_name_is_named(data_dir, arguments, message):
    with pytest.raises(ValueError, match=message):
        TFDSSource(**{"name": "tiny_squares", "data_dir": data_dir, **arguments})
