from keras_s3gan.experiment.recipe.resolve import resolve_recipe

RECIPE = "s3gan_co_mnist5k"


def test_resolved_text_writes_out_defaults():
    text = resolve_recipe(RECIPE).text
    for binding in (
        "S3GAN.weight_rotation_loss_generator = 0.2",
        "generator/Adam.epsilon = 1e-07",
        "train.dtype_policy = 'float32'",
    ):
        assert binding in text
