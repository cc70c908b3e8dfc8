"""Every public class and function says what it takes and gives; its example is run."""

import ast
import contextlib
import doctest
import functools
import hashlib
import importlib
import inspect
import io
import pathlib
import re
import shutil
import textwrap

import keras
import numpy as np
import pytest
from PIL import Image

import keras_s3gan
from keras_s3gan import callbacks
from keras_s3gan.labels.encoder import EncoderModel
from keras_s3gan.layers.kernel_wrapper import KernelWrapper
from keras_s3gan.losses import AdversarialLoss
from keras_s3gan.models.self_supervised_gan import SelfSupervisedGAN
from keras_s3gan.networks.block import Block
from tests.once import once

ROOMS = (
    *("layers", "losses", "penalties", "networks", "models"),
    *("labels", "metrics", "data", "callbacks"),
)
# In this order.
SECTIONS = (
    *("Args", "Call arguments", "Returns", "Yields", "Attributes"),
    *("Raises", "Example", "Reference"),
)
# Not exported, but other docstrings refer to their arguments.
BASES = {
    "layers": [KernelWrapper],
    "networks": [Block],
    "models": [SelfSupervisedGAN],
    "labels": [EncoderModel],
}
# The docstrings are the same on every backend. The examples of this room run on each;
# code of the other rooms that differs between backends has tests of its own on each.
EVERYWHERE = ("losses",)
SAME_TEXT = once("docstrings are the same text")
SAME_CODE = once("code that differs has its own tests on each")

NO_EXAMPLE = {
    "Block": "a base class: each block has one",
    "Evaluation": "a result: `Evaluator` has the example",
    "Restored": "a result: `restore` has the example",
    "SelfSupervisedGAN": "a base class: each model has one",
    "TrainingDiverged": "an exception",
}
NO_PAPER = {
    "AdversarialLoss": "a base class: each loss names its paper",
    "AdversarialOptimizer": "how Keras is used",
    "Batch": "a tuple",
    "Block": "a base class: each block names its paper",
    "EncoderModel": "a base class: each model names its paper",
    "Generator": "a base class: each architecture names its paper",
    "ImageAugmentation": "a base class: each augmentation names its paper",
    "InferredLabels": "a result",
    "KernelWrapper": "a base class: each normalization names its paper",
    "LinearClassifier": "a standard method",
    "Penalty": "a base class: each penalty names its paper",
    "RandomAffine": "a standard augmentation",
    "StreamingInceptionScore": "`inception_score` names the paper",
    "discriminator_accuracy": "an accuracy",
    "generator_jacobian": "a numerical derivative",
    "memorization": "of this package",
    "nearest_neighbors": "a standard problem",
}
NOT_RUN = {
    "CLIPExtractor": "needs a file of published weights",
    "DINOv2Extractor": "needs a file of published weights",
    "InceptionExtractor": "needs a file of 96 MB",
    "TFDSSource": "needs a data set on the disk",
    "earth32": "needs packages of 31 MB",
    "icons64": "needs packages of npm",
}
# What makes an example quick. Each is in some example.
SMALLER = {
    "BigGANGenerator(32, 1, 10)": "SmallGenerator(32, 1, 10, base_channels=2)",
    "BigGANDiscriminator(32, 1, 10)": "SmallDiscriminator(32, 1, 10, base_channels=2)",
    "SmallGenerator(32, 1)": "SmallGenerator(32, 1, base_channels=2)",
    "SmallDiscriminator(32, 1)": "SmallDiscriminator(32, 1, base_channels=2)",
    "ResNetV2Encoder(32, 1)": "ResNetV2Encoder(32, 1, 2)",
    "batch_size=64, epochs=10": "epochs=1",
    "epochs=10": "epochs=1",
    "epochs=20": "epochs=2",
}


def exported(room):
    """The classes and functions of a room, by name."""
    module = importlib.import_module(f"keras_s3gan.{room}")
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
    ]
    values = {name: getattr(module, name) for name in names}
    return {
        **{base.__name__: base for base in BASES.get(room, ())},
        **{
            name: inspect.unwrap(value)
            for name, value in values.items()
            if inspect.isclass(value) or inspect.isfunction(value)
        },
    }


def everything():
    """Pairs of a room and an object, each object once."""
    found = {}
    for room in ROOMS:
        for value in exported(room).values():
            found.setdefault(value, room)
    return [(room, value) for value, room in found.items()]


ALL = everything()
EXAMPLES = [(room, value) for room, value in ALL if ">>>" in (value.__doc__ or "")]


def named(pairs, marks=lambda room: ()):
    return [
        pytest.param(room, value, id=f"{room}.{value.__name__}", marks=marks(room))
        for room, value in pairs
    ]


def sections(value):
    """The headings of a docstring; `Call arguments, Returns: as in …` are two."""
    names = "|".join(SECTIONS)
    pattern = rf"^((?:{names})(?:, (?:{names}))*)(?: of `\w+`)?:"
    heads = re.findall(pattern, inspect.getdoc(value) or "", re.MULTILINE)
    return [name for head in heads for name in head.split(", ")]


def own(value):
    """The nodes that a function runs, or a class before and in its call."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(value))).body
    if isinstance(tree, ast.FunctionDef):
        return list(ast.walk(tree))
    methods = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    called = ("__init__", "__post_init__", "build", "call", "__call__", "generator")
    return [
        node for method in methods if method.name in called for node in ast.walk(method)
    ]


def parameters(value):
    if inspect.isclass(value) and not is_ours(value, "__init__"):
        return []
    found = list(inspect.signature(value).parameters.values())
    return [p for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def is_ours(value, method):
    """Whether a class gets a method from this package."""
    homes = [base for base in value.__mro__ if method in vars(base)]
    return bool(homes) and homes[0].__module__.startswith("keras_s3gan")


def needs_reference(room, value):
    if room == "metrics":
        return value.__module__.startswith("keras_s3gan.metrics.scores.")
    rooms = ("layers", "losses", "penalties", "networks", "models", "labels")
    return room in rooms and inspect.isclass(value)


def needed(room, value):
    """The sections that a docstring must have; either of a pair is enough."""
    nodes = own(value)
    called = inspect.isclass(value) and any(
        is_ours(value, method) for method in ("call", "__call__")
    )
    returned = [n.value for n in nodes if isinstance(n, ast.Return | ast.Yield)]
    raised = [ast.unparse(n.exc) for n in nodes if isinstance(n, ast.Raise) and n.exc]
    loss = inspect.isclass(value) and issubclass(value, AdversarialLoss)
    if loss or parameters(value):
        yield "Args", "Attributes"
    if called:
        yield ("Call arguments",)
    if loss or called or (inspect.isfunction(value) and any(returned)):
        yield "Returns", "Yields"
    if any(text.startswith("ValueError(") for text in raised):
        yield ("Raises",)
    if value.__name__ not in NO_EXAMPLE:
        yield ("Example",)
    if needs_reference(room, value) and value.__name__ not in NO_PAPER:
        yield ("Reference",)


@SAME_TEXT
@pytest.mark.parametrize(("room", "value"), named(ALL))
def test_sections(room, value):
    found = sections(value)
    missing = [names for names in needed(room, value) if not set(names) & set(found)]
    assert not missing
    assert found == sorted(found, key=SECTIONS.index)


@SAME_TEXT
def test_exceptions_are_needed():
    objects = {value.__name__: (room, value) for room, value in ALL}
    for name in NO_EXAMPLE:
        assert "Example" not in sections(objects[name][1])
    for name in NO_PAPER:
        assert needs_reference(*objects[name])
        assert "Reference" not in sections(objects[name][1])
    for text in SMALLER:
        assert any(text in value.__doc__ for _, value in EXAMPLES), text


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder with what the examples read: photographs, and a run."""
    place = tmp_path_factory.mktemp("examples")
    for name in ("rose", "tulip"):
        (place / "flowers" / name).mkdir(parents=True)
        Image.new("RGB", (128, 128)).save(place / "flowers" / name / "1.jpg")
    return place


@pytest.fixture(scope="module")
def names_of_a_reader(files):
    """What a reader of an example is taken to have: images, networks, features."""
    public = {name: v for room in ROOMS for name, v in exported(room).items()}
    random = np.random.default_rng(0)
    features = random.standard_normal((64, 128)).astype("float32")
    images = random.uniform(-1, 1, (64, 32, 32, 1)).astype("float32")
    labels = np.arange(64) % 10
    small = {"base_channels": 2}
    generator = public["SmallGenerator"](32, 1, 10, **small)
    discriminator = public["SmallDiscriminator"](32, 1, 10, **small)
    gan = public["GAN"](generator, discriminator)
    gan.compile("adam", "adam")
    inputs = keras.Input((32, 32, 1))
    outputs = keras.layers.Dense(128, name="features")(keras.layers.Flatten()(inputs))
    logits = keras.layers.Dense(10, name="logits")(outputs)
    model = keras.Model(inputs, {"features": outputs, "logits": logits})
    extractor = public["ModelExtractor"](model)
    encoder = public["ResNetV2Encoder"](32, 1, 2)
    classifier = public["LinearClassifier"](encoder, 10)
    callbacks.save_checkpoint(gan, files / "run/checkpoints", epoch=0)
    keras.Model(inputs, outputs).save(files / "features.keras")
    return {
        **public,
        **{"keras": keras, "keras_s3gan": keras_s3gan, "np": np, "ops": keras.ops},
        **{"hashlib": hashlib, "pathlib": pathlib},
        **{"images": images, "labels": labels, "features": features},
        **{"generator": generator, "discriminator": discriminator, "gan": gan},
        **{"extractor": extractor},
        **{"encoder": encoder, "classifier": classifier},
    }


class Checker(doctest.OutputChecker):
    """The shape of a tensor is a tuple, whatever its framework calls it."""

    def check_output(self, want, got, optionflags):
        got = re.sub(r"(?:torch\.Size|TensorShape)\(\[(.*?)\]\)", as_tuple, got)
        return super().check_output(want, got, optionflags)


def as_tuple(match):
    numbers = match[1].split(", ") if match[1] else []
    return f"({', '.join(numbers)}{',' * (len(numbers) == 1)})"


def run(example, names):
    """What an example shows at the prompt."""
    source = functools.reduce(
        lambda text, pair: text.replace(*pair), SMALLER.items(), example.source
    )
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(compile(source, "<example>", "single"), names)
    return output.getvalue()


def on_backends(room):
    return () if room in EVERYWHERE else SAME_CODE


@pytest.mark.parametrize(("room", "value"), named(EXAMPLES, on_backends))
def test_example(room, value, names_of_a_reader, files, tmp_path, monkeypatch):
    if value.__name__ in NOT_RUN:
        pytest.skip(NOT_RUN[value.__name__])
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))
    names = dict(names_of_a_reader)
    callbacks.restore_latest(names["gan"], "run/checkpoints")
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    for example in doctest.DocTestParser().get_examples(value.__doc__):
        output = run(example, names)
        if example.want:
            assert Checker().check_output(example.want, output, flags), output
