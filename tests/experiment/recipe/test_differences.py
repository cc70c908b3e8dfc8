from keras_s3gan.experiment.recipe.differences import differences
from keras_s3gan.experiment.recipe.resolve import resolve_recipe


def test_full_recipe_is_only_longer():
    demo, full = resolve_recipe("demo_mnist5k"), resolve_recipe("s3gan_co_mnist5k_full")
    changed = {line.split()[0] for line in differences(demo.text, full.text)}
    assert changed == {"S3GAN.ema_decay", "train.steps", "train.steps_per_epoch"}


def test_the_demo_is_only_quicker():
    demo = resolve_recipe("demo_mnist5k")
    changed = {
        line.split()[0]
        for line in differences(resolve_recipe("s3gan_co_mnist5k").text, demo.text)
    }
    assert changed == {"S3GAN.discriminator_steps"}


def test_what_an_earlier_version_did_not_have_is_no_difference():
    text = resolve_recipe("demo_mnist5k").text
    lines = text.splitlines(keepends=True)
    earlier = "".join(line for line in lines if "S3GAN.top_k_fraction" not in line)
    assert earlier != text
    assert differences(earlier, text) == []
    chosen = resolve_recipe("demo_mnist5k", ["S3GAN.top_k_fraction = 0.5"]).text
    assert differences(earlier, chosen) == [
        "S3GAN.top_k_fraction is not bound there, 0.5 here"
    ]
    # No default: it must have been bound.
    shorter = "".join(line for line in lines if "train.batch_size" not in line)
    assert len(differences(shorter, text)) == 1


def test_differences_name_both_values():
    stored = "a.b = 1\na.c = \\\n    [1,\n     2]\n# a.d = 3\n"
    assert differences(stored, stored.replace("# a.d = 3", "# comment")) == []
    assert differences(stored, "a.b = 2\na.c = [1, 2]\na.e = 4\n") == [
        "a.b is 1 there, 2 here",
        "a.e is not bound there, 4 here",
    ]
