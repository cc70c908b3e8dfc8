"""Every figure that the README and `docs/` quote.

A benchmark chooses its backends itself, so the package must not import Keras first.
"""

import keras_s3gan_command  # noqa: F401
