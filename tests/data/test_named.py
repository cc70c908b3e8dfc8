"""Sets by name: the original's values, TFDS' mock data, and sets really prepared."""

import keras
import numpy as np
import pytest

from keras_s3gan.data import NAMED_SETS, batches, load_images, resolve_source

tfds = pytest.importorskip("tensorflow_datasets")
pytest.importorskip("tensorflow", reason="preparing a TFDS set needs TensorFlow")
# Sources are the same on every backend, and preparing sets takes seconds.
pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "torch", reason="no matter of the backend: on one alone"
)

# Name in TFDS, split, size, crop, smallest side, channels, classes.
ORIGINAL = {
    "mnist": ("mnist", "train", 28, None, None, 1, 10),
    "fashion-mnist": ("fashion_mnist", "train", 28, None, None, 1, 10),
    "cifar10": ("cifar10", "train", 32, None, None, 3, 10),
    "celeb_a": ("celeb_a", "train", 64, 160, None, 3, None),
    "celeb_a_hq_128": ("celeb_a_hq/128", "train", 128, None, None, 3, None),
    "lsun-bedroom": ("lsun/bedroom", "train[:99%]", 128, 128, None, 3, None),
    **{
        f"imagenet_{size}": ("imagenet2012", "train", size, "distorted", None, 3, 1000)
        for size in (64, 128, 256, 512)
    },
    "imagenet_512_hq400": ("imagenet2012", "train", 512, "distorted", 400, 3, 1000),
}


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))


def test_the_table_is_the_originals():
    assert NAMED_SETS.keys() == ORIGINAL.keys()
    for name, (tfds_name, split, size, crop, smallest, *_) in ORIGINAL.items():
        # What is not cut comes as TFDS has it.
        size = size if crop else None
        assert NAMED_SETS[name] == (tfds_name, split, size, crop, smallest), name


# Mock images of ImageNet are smaller than 400 pixels.
@pytest.mark.parametrize("name", sorted(ORIGINAL.keys() - {"imagenet_512_hq400"}))
def test_mock_data_becomes_batches(name):
    *_, size, _, _, channels, num_classes = ORIGINAL[name]
    with tfds.testing.mock_data(num_examples=3):
        source = resolve_source(name)
        assert (source.name, source.num_classes, len(source)) == (name, num_classes, 3)
        images, labels = next(iter(batches(source, 3, size, num_threads=0)))
    assert images.shape == (3, size, size, channels) and images.dtype == np.float32
    assert -1 <= images.min() < images.max() <= 1
    if num_classes is None:
        assert labels.tolist() == [-1] * 3
    else:
        assert (labels >= 0).all() and (labels < num_classes).all()


def test_mock_images_that_are_too_small_are_left_out():
    with tfds.testing.mock_data(num_examples=3):
        with pytest.raises(ValueError, match="imagenet_512_hq400 of at least 400 pix"):
            resolve_source("imagenet_512_hq400")


def noise(count, *shape):
    random = np.random.default_rng(0)
    for index in range(count):
        yield index, random.integers(0, 256, shape).astype("uint8")


def write_celeb_a():
    features = tfds.builder_cls("celeb_a")(data_dir="unused").info.features
    for index, image in noise(6, 218, 178, 3):
        attributes = dict.fromkeys(features["attributes"], False)
        yield (
            index,
            {
                "image": image,
                "attributes": {**attributes, "Smiling": index % 2 == 0},
                "landmarks": dict.fromkeys(features["landmarks"], index),
                "identity": dict.fromkeys(features["identity"], index),
            },
        )


def write_celeb_a_hq():
    for index, image in noise(4, 128, 128, 3):
        yield index, {"image": image, "image/filename": f"{index}.png"}


def write_lsun():
    # One hundredth is kept back, one image is too flat.
    for index, image in noise(100, 256, 300, 3):
        image = image[:100] if index == 0 else image
        yield index, {"id": str(index), "image": image}


SIZES = [(400, 500), (399, 600), (450, 401), (600, 399), (30, 40)]


def write_imagenet():
    names = tfds.builder_cls("imagenet2012")(data_dir="unused").info.features["label"]
    for index, size in enumerate(SIZES):
        _, image = next(noise(1, *size, 3))
        label = names.int2str(index * 100)
        yield index, {"file_name": f"{label}.JPEG", "image": image, "label": label}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    path = tmp_path_factory.mktemp("tfds")
    for name, write in (
        ("celeb_a", write_celeb_a),
        ("celeb_a_hq/128", write_celeb_a_hq),
        ("lsun/bedroom", write_lsun),
        ("imagenet2012", write_imagenet),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                tfds.builder_cls(name.partition("/")[0]),
                "_split_generators",
                lambda self, dl_manager, write=write: {"train": write()},
            )
            builder = tfds.builder(name, data_dir=path, file_format="array_record")
            builder.download_and_prepare()
    return path


@pytest.fixture
def stored(prepared, monkeypatch):
    monkeypatch.setattr(tfds.core.constants, "DATA_DIR", str(prepared))


def test_celeb_a_is_the_middle_of_faces(stored):
    source = resolve_source("celeb_a")
    assert source.num_classes is None and source.labels().tolist() == [-1] * 6
    images = load_images(source, 64)
    # 160 to 64 pixels: from every fifth half pixel on, whole and halves in turn.
    for index in range(6):
        face = source[index]["image"][29:189, 9:169].astype(float)
        for axis in (0, 1):
            face = np.moveaxis(face, axis, 0)
            between = (face[2::5] + face[3::5]) / 2
            face = np.stack([face[0::5], between], axis=1).reshape(64, *face.shape[1:])
            face = np.moveaxis(face, 0, axis)
        np.testing.assert_allclose(images[index], face / 127.5 - 1, atol=1e-6)


def test_an_attribute_of_celeb_a_can_be_the_class(stored):
    source = resolve_source("celeb_a", label_key="attributes/Smiling")
    assert source.class_names == ["not Smiling", "Smiling"]
    assert sorted(source.labels()) == [0, 0, 0, 1, 1, 1]
    _, labels = next(iter(batches(source, 6, 64)))
    assert sorted(labels) == [0, 0, 0, 1, 1, 1]
    with pytest.raises(ValueError, match=r"'attributes/Young'\]. Rec.*'Smiling'"):
        resolve_source("celeb_a", label_key="Smiling")


def test_lsun_is_the_middle_of_bedrooms(stored):
    source = resolve_source("lsun-bedroom")
    assert len(source) == 99
    assert len(resolve_source("lsun-bedroom:train[99%:]")) == 1
    assert resolve_source("lsun-bedroom:train[99%:]").image_size == 128
    images = load_images(source, 128)
    for index in range(99):
        image = source[index]["image"]
        if image.shape == (256, 300, 3):
            expected = image[64:192, 86:214]
        else:
            expected = np.zeros((128, 128, 3))
            expected[14:114] = image[:, 86:214]
        np.testing.assert_allclose(images[index], expected / 127.5 - 1, atol=1e-6)


def test_celeb_a_hq_is_as_it_is(stored):
    source = resolve_source("celeb_a_hq_128")
    expected = np.stack([source[index]["image"] for index in range(4)])
    images = load_images(source, 128)
    np.testing.assert_allclose(images, expected / 127.5 - 1, atol=1e-6)


def interpolated(image, size):
    """Scaled along one axis after the other by NumPy's own interpolation."""
    for axis in (0, 1):
        length = image.shape[axis]
        places = np.arange(size) * length / size
        image = np.apply_along_axis(
            lambda line, x=places, n=length: np.interp(x, np.arange(n), line),
            axis,
            image,
        )
    return image / 127.5 - 1


def test_imagenet_is_scored_in_the_middle(stored):
    source = resolve_source("imagenet_64")
    images = load_images(source, 64)
    for index in range(len(SIZES)):
        image = source[index]["image"]
        side = min(image.shape[:2])
        top, left = ((length - side) // 2 for length in image.shape[:2])
        square = image[top : top + side, left : left + side]
        np.testing.assert_allclose(
            images[index], interpolated(square, 64), rtol=0, atol=1e-5
        )


@pytest.mark.parametrize("size", [64, 128, 256, 512])
def test_imagenet_is_trained_in_other_crops_each_epoch(stored, size):
    source = resolve_source(f"imagenet_{size}")
    epochs = []
    for epoch in range(2):
        dataset = batches(source, len(SIZES), size, num_threads=0, start_batch=epoch)
        images, labels = next(iter(dataset))
        assert sorted(labels) == [0, 100, 200, 300, 400]
        epochs.append(images[np.argsort(labels)])
    assert epochs[0].shape == (len(SIZES), size, size, 3)
    assert not (epochs[0] == epochs[1]).all(axis=(1, 2, 3)).any()


def test_of_large_images_the_small_are_left_out(stored):
    source = resolve_source("imagenet_512_hq400")
    shapes = [source[index]["image"].shape[:2] for index in range(len(source))]
    assert sorted(shapes) == [(400, 500), (450, 401)]
    assert sorted(source.labels()) == [0, 200]
    assert (source.name, source.crop, source.image_size) == (
        "imagenet_512_hq400",
        "distorted",
        512,
    )


def test_names_with_a_size_refuse_another(stored):
    for name, size in (("imagenet_128", 64), ("celeb_a", 128), ("lsun-bedroom", 64)):
        with pytest.raises(ValueError, match=f"images of {name}.*image_size={size}"):
            load_images(resolve_source(name), size)
