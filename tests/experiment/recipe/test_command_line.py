import pytest

from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from tests.once import once

pytestmark = once("Gin and Python alone")

RECIPE = "s3gan_co_mnist5k"
FROM_FILE = "train.pseudo_labelling=@from_file"


@pytest.mark.parametrize(
    "value",
    [
        "mnist5k",
        "folder:photos",
        "folder:my photos (old)",
        "folder:/a/b=c/d#1",
        r"folder:C:\photos\new",
        "folder:it's",
        "tfds:cifar10:train[:10%]",
        "2024-photos",
        "./photos",
        "train.source",
    ],
)
@pytest.mark.parametrize("equals", ["=", " = ", "  =\t"])
def test_strings_need_no_quotes(value, equals):
    found = resolve_recipe(RECIPE, [f" train.source{equals}{value} "])
    assert found.settings.source == value


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        # A type of `TrainSettings`, alone and with others.
        ("train.dtype_policy=mixed_bfloat16", "train.dtype_policy = 'mixed_bfloat16'"),
        ("train.label_key=attributes/Smiling", "train.label_key = 'attributes/Smil"),
        ("train.crop=middle", "train.crop = 'middle'"),
        ("train.crop=64", "train.crop = 64"),
        ("train.jit_compile=auto", "train.jit_compile = 'auto'"),
        ("train.jit_compile=False", "train.jit_compile = False"),
        ("train.loss=wasserstein", "train.loss = 'wasserstein'"),
        # A default that is a string.
        ("S3GAN.predictor=soft", "S3GAN.predictor = 'soft'"),
        ("S3GAN.predictor=None", "S3GAN.predictor = None"),
        # Neither: what it looks like.
        ("S3GAN.penalty=lecam", "S3GAN.penalty = 'lecam'"),
        ("S3GAN.penalty=@LeCam", "S3GAN.penalty = @LeCam"),
        ("train.steps=%base_channels", "train.steps = %base_channels"),
        ("train.loss='hinge'", "train.loss = 'hinge'"),
        ('train.source="a" "b"', "train.source = 'ab'"),
    ],
)
def test_a_value_of_gin_stays_one(setting, line):
    assert f"\n{line}" in resolve_recipe(RECIPE, [setting]).text


def test_paths_of_a_part_in_any_order():
    path = "from_file.path=my labels.npz"
    for settings in ([FROM_FILE, path], [path, FROM_FILE]):
        text = resolve_recipe(RECIPE, settings).text
        assert "from_file.path = 'my labels.npz'" in text


def test_a_macro_that_was_a_string_may_be_another(tmp_path):
    path = tmp_path / "mine.gin"
    path.write_text(f'include "{RECIPE}.gin"\nwhere = "mnist5k"\ntrain.source = %where')
    found = resolve_recipe(path, ["where=folder:photos"])
    assert found.settings.source == "folder:photos"


@pytest.mark.parametrize(
    "setting",
    [
        "train.steps=ten",
        "train.steps=2*10",
        "train.model=S3GAN",
        "train.scores=fid",
        "train.scores=[fid]",
        "train.jit_compile=true",
        "train.source=none",
        "train.source=",
        "train.source",
        "train.source='photos",
        'train.source="photos',
        "train.source=photos\ntrain.steps=3",
        "base_channels=many",
        "S3GAN.penalty_weight=1/2",
        "S3GAN.penalty=2*3",
        "generator/Adam.clipnorm=inf",
        "generator/Adam.clipnorm=nan",
        "generator/Adam.clipnorm=1-1e-3",
        "generator/Adam.clipnorm=float('inf')",
        "my photos=3",
        "=3",
        "# nothing",
        "",
    ],
)
def test_what_is_neither_is_refused(setting):
    with pytest.raises(ValueError, match="expected name = value"):
        resolve_recipe(RECIPE, [setting])


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("train.sorce=folder:photos", "no parameter 'sorce'. Did you mean: source"),
        ("S3GAN.predicto=soft", "no parameter 'predicto'. Did you mean: predictor"),
        ("trian.source=folder:photos", "cannot name trian. Did you mean: train?"),
        ("sorce=folder:photos", "expected name = value"),
        ("train.source=@my photos", "cannot name @my"),
        ("import colorsys", "imports nothing"),
        ("train.steps=1\nimport colorsys", "imports nothing"),
        ("include 'demo_mnist5k.gin'", "only a file includes files"),
    ],
)
def test_names_are_checked_as_in_a_file(setting, message):
    with pytest.raises(ValueError, match=message) as error:
        resolve_recipe(RECIPE, [setting])
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("--set ") or "parameter" in message
