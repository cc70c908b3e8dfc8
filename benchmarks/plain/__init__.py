"""The training step of S3GAN on BigGAN's networks, written without Keras.

Images are of 32, 64 or 128 pixels. There is one file per framework, written as for this
framework only.
`setting.py` builds the same GAN of this package and names its weights; `agreement.py`
checks that both give the same losses. `python -m benchmarks.step` times them.
"""
