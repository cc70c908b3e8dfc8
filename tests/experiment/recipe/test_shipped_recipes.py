"""The recipes that come with the package: read, compared, and run for a step each."""

import re

import keras
import numpy as np
import pytest

from keras_s3gan.callbacks import read_history, sampling
from keras_s3gan.experiment.recipe.differences import differences
from keras_s3gan.experiment.recipe.files import list_recipes, recipes_directory
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs import train as train_module
from keras_s3gan.experiment.runs.evaluator import NotScorable
from keras_s3gan.experiment.runs.train import train
from keras_s3gan.labels.inferred_labels import InferredLabels
from tests.once import once

METHODS = (
    "biggan",
    "random_label",
    "single_label",
    "single_label_ss",
    "clustering",
    "clustering_ss",
    "s2gan",
    "s3gan",
    "s2gan_co",
    "s3gan_co",
)
DATA_SETS = ("mnist5k", "cifar10", "imagenet128")
# In packages that the tests do not install, so that nothing is trained on them here.
COLOUR_SETS = ("earth32", "icons64")
COLOUR_METHODS = ("biggan", "s3gan", "s3gan_co")
STAGES = {
    "random_label": "random_label",
    "single_label": "single_label",
    "clustering": "clustering",
    "s2gan": "semi_supervised",
    "s3gan": "semi_supervised",
}
# What tells one method from another; all else is the data set's.
OF_THE_METHOD = (
    "num_classes",
    "train.label_fraction",
    "train.pseudo_labelling",
    "S3GAN.self_supervision",
    "S3GAN.predictor",
)

# Steps of few small images' worth of work.
STEPS = 1
SMALL = [
    "base_channels = 8",
    "train.batch_size = 4",
    f"train.steps = {STEPS}",
    f"train.steps_per_epoch = {STEPS}",
    "train.standing_statistics_batches = 1",
    "S3GAN.rotated_batch_fraction = 1",
    "ResNetV2Encoder.image_size = %image_size",
    "ResNetV2Encoder.base_channels = 2",
    "ResNetV2Encoder.blocks_per_stage = (1,)",
    *(
        f"{stage}.{binding}"
        for stage in ("semi_supervised", "clustering")
        for binding in (
            "encoder = @ResNetV2Encoder",
            "steps = 2",
            "batch_size = 4",
        )
    ),
    "semi_supervised.unlabelled_batch_size = 4",
]


def resolved(method, data_set, bindings=()):
    return resolve_recipe(f"{method}_{data_set}", bindings)


@pytest.mark.parametrize(("name", "description"), list_recipes())
def test_every_recipe_resolves_to_itself(name, description, tmp_path):
    recipe = resolve_recipe(name)
    path = tmp_path / f"{name}.gin"
    path.write_text(recipe.text)
    again = resolve_recipe(path)
    assert (again.text, again.pseudo_labelling) == (
        recipe.text,
        recipe.pseudo_labelling,
    )
    assert len(description) > 10
    first = (recipes_directory() / f"{name}.gin").read_text().splitlines()[0]
    assert first == f"# {description}"


def bound(text, name):
    return re.search(rf"^{re.escape(name)} = (.*)$", text, re.MULTILINE)[1]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("data_set", DATA_SETS)
def test_a_method_is_what_its_name_says(method, data_set):
    text = resolved(method, data_set).text
    family, ss, co = re.fullmatch("(.*?)(_ss)?(_co)?", method).groups()
    rotation = "'rotation'" if ss or family == "s3gan" else "None"
    stage = None if co else STAGES.get(family)
    without = stage in ("random_label", "single_label", "clustering")
    fraction = 1.0 if family == "biggan" else 0.0 if without else 0.1
    assert bound(text, "S3GAN.self_supervision") == rotation
    assert bound(text, "S3GAN.predictor") == ("'hard'" if co else "None")
    assert bound(text, "train.pseudo_labelling") == (f"@{stage}" if stage else "None")
    assert float(bound(text, "train.label_fraction")) == fraction


@pytest.mark.parametrize("data_set", DATA_SETS)
def test_methods_of_a_data_set_differ_in_the_method_alone(data_set):
    reference = resolved("biggan", data_set).text
    for method in METHODS:
        text = resolved(method, data_set).text
        others = [
            line
            for line in differences(reference, text)
            if line.split()[0] not in OF_THE_METHOD
            # Only what a method uses has its defaults written out.
            and " not bound " not in line
        ]
        assert others == [], method


def statements(name):
    lines = (recipes_directory() / f"{name}.gin").read_text().splitlines()[1:]
    return [line for line in lines if not line.startswith(("include", "num_classes"))]


@pytest.mark.parametrize("method", METHODS)
def test_a_method_is_the_same_on_each_data_set(method):
    data_sets = DATA_SETS + COLOUR_SETS * (method in COLOUR_METHODS)
    first, *others = [statements(f"{method}_{data_set}") for data_set in data_sets]
    assert all(other == first for other in others)


def parameters(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


@once("numbers of parameters are of shapes alone")
def test_the_networks_at_128_pixels_are_the_papers():
    settings = resolved(
        "biggan",
        "imagenet128",
        [
            "BigGANGenerator.kernel_initializer = 'zeros'",
            "BigGANDiscriminator.kernel_initializer = 'zeros'",
        ],
    ).settings
    assert parameters(settings.generator()) == 70_433_988
    assert parameters(settings.discriminator()) == 87_982_370
    shown = settings.standing_statistics_batches * settings.batch_size
    assert shown == 204_800


@pytest.mark.parametrize("stage", ["semi_supervised", "clustering"])
def test_the_encoder_at_128_pixels_is_a_resnet_50(stage):
    text = resolved("s3gan", "imagenet128").text
    assert bound(text, f"{stage}.encoder") == "@applications_encoder"
    assert bound(text, "applications_encoder.architecture") == "'ResNet50V2'"
    assert hasattr(keras.applications, "ResNet50V2")


# A tiny copy of each data set with the true features, written by TFDS itself. Every
# class that occurs has an image that keeps its label and one that does not.


def write_cifar10(count=60):
    random = np.random.default_rng(0)
    for index in range(count):
        image = random.integers(0, 256, (32, 32, 3)).astype("uint8")
        yield index, {"id": f"train_{index:05d}", "image": image, "label": index % 10}


def write_imagenet2012(count=64):
    random = np.random.default_rng(0)
    names = builder_class("imagenet2012")(data_dir="unused").info.features["label"]
    for index in range(count):
        shape = (140, 100 + index, 3) if index % 2 else (90, 150, 3)
        image = random.integers(0, 256, shape).astype("uint8")
        label = names.int2str(index % 32 * 31)
        name = f"{label}_{index}.JPEG"
        yield index, {"file_name": name, "image": image, "label": label}


def builder_class(name):
    return tfds().builder_cls(name)


def tfds():
    # Here, not above: a machine that reads recipes needs none of it.
    pytest.importorskip("tensorflow", reason="preparing a TFDS set needs TensorFlow")
    return pytest.importorskip("tensorflow_datasets")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    path = tmp_path_factory.mktemp("tfds")
    for name, write in (
        ("cifar10", write_cifar10),
        ("imagenet2012", write_imagenet2012),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                builder_class(name),
                "_split_generators",
                lambda self, dl_manager, write=write: {"train": write()},
            )
            builder = tfds().builder(name, data_dir=path, file_format="array_record")
            builder.download_and_prepare()
    return path


def use_data(monkeypatch, path):
    monkeypatch.setattr(tfds().core.constants, "DATA_DIR", str(path))


def unscored(*args):
    raise NotScorable("scores have their own tests")


others = once("the digits run on each, and what other sets add is up to NumPy")
parts = once("s3gan, s3gan_co and clustering_ss have all parts of it, and run on each")
WHOLE = ("s3gan", "s3gan_co", "clustering_ss")


@pytest.mark.parametrize(
    "data_set",
    [DATA_SETS[0], *(pytest.param(name, marks=others) for name in DATA_SETS[1:])],
)
@pytest.mark.parametrize(
    "method",
    [name if name in WHOLE else pytest.param(name, marks=parts) for name in METHODS],
)
def test_steps_of(method, data_set, request, monkeypatch, tmp_path):
    if data_set != "mnist5k":
        use_data(monkeypatch, request.getfixturevalue("prepared"))
    monkeypatch.setattr(train_module, "run_evaluator", unscored)
    # Drawing 20 classes takes ten times as long as training for a step.
    monkeypatch.setattr(sampling, "_MOST_CLASSES", 1)
    recipe = resolved(method, data_set, SMALL)
    folder = train(recipe, tmp_path / "run", report=lambda line: None)

    assert folder.read_record()["status"] == "finished"
    (row,) = read_history(folder.history)
    losses = {name: float(value) for name, value in row.items() if "loss" in name}
    assert {"generator_loss", "discriminator_loss"} <= losses.keys()
    assert np.isfinite(list(losses.values())).all()
    assert folder.samples.is_file() and folder.evolution.is_file()

    settings = recipe.settings
    if settings.pseudo_labelling is None:
        assert not folder.labels.is_file()
        return
    labels = InferredLabels.load(folder.labels)
    assert labels.num_classes == int(bound(recipe.text, "num_classes"))
    assert (len(labels.given_ids) > 0) == (settings.label_fraction > 0)


def test_imagenet_that_is_not_there_is_asked_for(monkeypatch, tmp_path):
    use_data(monkeypatch, tmp_path / "tfds")
    with pytest.raises(ValueError) as error:
        train(resolved("s3gan", "imagenet128"), tmp_path / "run")
    message = str(error.value)
    assert "ILSVRC2012_img_train.tar" in message and "run again" in message
    assert str(tmp_path / "tfds" / "downloads" / "manual") in message
    assert "\n" not in message
