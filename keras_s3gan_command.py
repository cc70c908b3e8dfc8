"""The console script `keras-s3gan`.

It is outside of the package, so that `keras_s3gan/__init__.py` recognizes this process:
a command chooses a backend before Keras is imported.
Other programs that choose a backend import this module first.
"""


def main():
    from keras_s3gan.cli import main

    main()
