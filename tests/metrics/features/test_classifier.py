import contextlib
import json
import shutil

import keras
import numpy as np
import pytest

from keras_s3gan.files import load_arrays
from keras_s3gan.metrics import reference_classifier
from tests.metrics.stripes import stripes

LABELS = np.arange(120) % 2
SETTINGS = {"epochs": 4, "batch_size": 16}


def classifier(cache_dir, labels=LABELS, rows=None, **settings):
    images = stripes(np.maximum(labels, 0))
    labels = labels if rows is None else rows
    return reference_classifier(
        images, labels, 2, cache_dir=cache_dir, **(SETTINGS | settings)
    )


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def trained(cache):
    return classifier(cache)


def test_learns_and_says_how_well(trained):
    assert trained.accuracy == 1.0
    assert trained.per_class_accuracy == [1.0, 1.0]
    assert trained.metadata["held_out_images"] == 12
    assert trained.metadata["trained_on"] == 108
    assert trained.metadata["backend"] == keras.backend.backend()
    labels = np.arange(300) % 2
    images = stripes(labels, seed=1)
    np.testing.assert_array_equal(trained.predict_labels(images), labels)
    features = trained.features(images)
    assert features.shape == (300, 128) and features.dtype == np.float32
    np.testing.assert_allclose(
        features[:3], trained.features(images[:3]), rtol=1e-4, atol=1e-5
    )


def test_second_use_reads_the_file(trained, cache, monkeypatch):
    monkeypatch.setattr("keras_s3gan.metrics.features.classifier._train", None)
    again = classifier(cache)
    assert again.identifier == trained.identifier
    images = stripes(LABELS, seed=1)
    np.testing.assert_array_equal(again.features(images), trained.features(images))


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"key": "other"}, {"epochs": 1}, {"labels": 1 - LABELS}]
)
def test_whatever_it_depends_on_makes_another_file(trained, cache, change, monkeypatch):
    asked = []

    def stop(path, *args):
        asked.append(path)
        raise KeyboardInterrupt

    monkeypatch.setattr("keras_s3gan.metrics.features.classifier._train", stop)
    with pytest.raises(KeyboardInterrupt):
        classifier(cache, **change)
    assert not asked[0].exists()


def test_who_waited_for_another_run_takes_its_classifier(
    trained, cache, tmp_path, monkeypatch
):
    held = []

    @contextlib.contextmanager
    def locked(path):
        # The other run writes the file while this one waits.
        shutil.copytree(cache, tmp_path, dirs_exist_ok=True)
        held.append(path)
        yield

    module = "keras_s3gan.metrics.features.classifier"
    monkeypatch.setattr(f"{module}.locked", locked)
    monkeypatch.setattr(f"{module}._train", None)
    assert classifier(tmp_path).sha256 == trained.sha256
    assert len(held) == 1


def test_training_is_reproducible_and_leaves_global_seeds_alone(trained, tmp_path):
    np.random.seed(5)
    expected = np.random.rand()
    np.random.seed(5)
    again = classifier(tmp_path)
    assert np.random.rand() == expected
    # Threads may sum in another order; the same weights otherwise.
    images = stripes(LABELS, seed=1)
    np.testing.assert_allclose(
        again.features(images), trained.features(images), rtol=1e-2, atol=1e-2
    )


def test_damaged_file_is_trained_anew(tmp_path):
    settings = {"epochs": 1}
    classifier(tmp_path, **settings)
    (path,) = tmp_path.glob("*.npz")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.warns(UserWarning, match="trained again"):
        classifier(tmp_path, **settings)
    classifier(tmp_path, **settings)


def test_global_settings_do_not_matter(trained, cache):
    images = stripes(LABELS, seed=1)
    expected = trained.features(images)
    policy, layout = keras.config.dtype_policy(), keras.config.image_data_format()
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        keras.config.set_image_data_format("channels_first")
        actual = classifier(cache).features(images)
    finally:
        keras.config.set_dtype_policy(policy)
        keras.config.set_image_data_format(layout)
    np.testing.assert_array_equal(actual, expected)


def test_cache_directory_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path))
    classifier(None, epochs=1)
    assert list(tmp_path.glob("classifier-*.npz"))


def test_unlabelled_images_are_left_out(tmp_path):
    labels = LABELS.copy()
    labels[:20] = -1
    partly = classifier(tmp_path, labels, epochs=1)
    assert partly.metadata["trained_on"] + partly.metadata["held_out_images"] == 100


STAGES = ("stage_0", "stage_1_a", "stage_1_b")


def features_in_numpy(arrays, images):
    """What the weights in the file mean, whatever framework reads them."""

    def convolved(x, kernel, stride):
        size = x.shape[1]
        total = (-(-size // stride) - 1) * stride + 3 - size
        before = total // 2
        around = (before, total - before)
        x = np.pad(x, [(0, 0), around, around, (0, 0)])
        windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
        windows = windows[:, ::stride, ::stride]
        return np.einsum("nhwcij,ijco->nhwo", windows, kernel)

    x = images.astype("float64")
    for stage, stride in zip(STAGES, (2, 1, 2), strict=True):
        x = convolved(x, arrays[f"{stage}_convolution/kernel"], stride)
        gamma, beta, mean, variance = (
            arrays[f"{stage}_normalization/{name}"].astype("float64")
            for name in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        x = np.maximum((x - mean) / np.sqrt(variance + 1e-3) * gamma + beta, 0)
    x = x.reshape(len(x), -1)
    return np.maximum(x @ arrays["features/kernel"] + arrays["features/bias"], 0)


def test_one_file_means_the_same_features_on_every_backend(trained, cache):
    (path,) = cache.glob(f"{trained.identifier.rpartition('-')[0]}.npz")
    images = stripes(LABELS, seed=1)
    expected = features_in_numpy(load_arrays(path).arrays, images)
    # Sums of a convolution are taken in another order.
    np.testing.assert_allclose(
        trained.features(images), expected, rtol=1e-4, atol=1e-4 * expected.max()
    )


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((4, 8, 8)), [0, 0, 1, 1], r"\[N, H, W, C\].*\(4, 8, 8\)"),
        (np.full((4, 8, 8, 1), np.nan), [0, 0, 1, 1], "256 of 256 values"),
        (np.full((4, 8, 8, 1), 255), [0, 0, 1, 1], r"\[-1, 1\].*255"),
        (np.zeros((4, 8, 8, 1)), [0, 0, 1], r"must be \[4\].*\(3,\)"),
        (np.zeros((4, 8, 8, 1)), [0, 0, 1, 2], r"from 0 to 1.*labels\[3\]=2"),
        (np.zeros((4, 8, 8, 1)), [0, 0, 1, -2], r"labels\[3\]=-2"),
        (np.zeros((4, 8, 8, 1)), [0, 0, 1, -1], "Received: 1 of class 1"),
        (np.zeros((4, 8, 8, 1)), [0.0, 0.0, 1.0, 1.0], "integers.*float64"),
        (np.zeros((4, 8, 8, 1)), [[0], [0], [1], [1]], r"shape=\(4, 1\)"),
        (np.zeros((4, 8, 8, 1)), [[0.5, 0.5]] * 4, "not soft"),
    ],
)
def test_wrong_input(tmp_path, images, labels, message):
    with pytest.raises(ValueError, match=message):
        reference_classifier(images, np.asarray(labels), 2, cache_dir=tmp_path)


@pytest.mark.parametrize("name", ["num_classes", "epochs", "batch_size"])
@pytest.mark.parametrize("value", [0, 1.5, None])
def test_wrong_numbers_are_refused(tmp_path, name, value):
    arguments = {"num_classes": 2, "cache_dir": tmp_path, name: value}
    with pytest.raises(ValueError, match=f"Received: {name}={value}"):
        reference_classifier(stripes(LABELS), LABELS, **arguments)


def test_one_hot_labels_mean_the_same(trained, cache, monkeypatch):
    monkeypatch.setattr("keras_s3gan.metrics.features.classifier._train", None)
    assert classifier(cache, rows=np.eye(2)[LABELS]).identifier == trained.identifier


def test_float16_as_global_policy_trains_the_same(trained, tmp_path):
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy("mixed_float16")
        again = classifier(tmp_path)
    finally:
        keras.config.set_dtype_policy(policy)
    # Threads may sum in another order.
    images = stripes(LABELS, seed=1)
    np.testing.assert_allclose(
        again.features(images), trained.features(images), rtol=1e-2, atol=1e-2
    )


def test_wrong_images_are_refused(trained):
    with pytest.raises(ValueError, match=r"\[N, 10, 10, 1\].*\(2, 8, 8, 3\)"):
        trained.features(np.zeros((2, 8, 8, 3)))
    with pytest.raises(ValueError, match="0 images"):
        trained.features(np.zeros((0, 10, 10, 1)))


def test_metadata_is_json(trained):
    assert json.loads(json.dumps(trained.metadata)) == trained.metadata
