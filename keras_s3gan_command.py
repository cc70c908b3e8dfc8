"""The console script `keras-s3gan`.

It stands outside of the package so that `keras_s3gan/__init__.py` can see that this
process is the command, which chooses a backend before Keras is imported.
"""


def main():
    from keras_s3gan.cli import main

    main()
