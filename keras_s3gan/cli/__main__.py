"""`python -m keras_s3gan.cli` is the command `keras-s3gan`."""

from keras_s3gan.cli import main

if __name__ == "__main__":
    main()
