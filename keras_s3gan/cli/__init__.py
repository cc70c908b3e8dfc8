"""The command `keras-s3gan`: parses, calls the experiment floor, prints.

Keras reads its backend when it is imported, so that no module here imports Keras before
a command has chosen a backend.
"""

import sys
from collections.abc import Sequence

from keras_s3gan.cli.app import app, invocation
from keras_s3gan.cli.comparing import compare
from keras_s3gan.cli.listing import recipes, scores
from keras_s3gan.cli.pictures import interpolate, sample
from keras_s3gan.cli.planning import plan
from keras_s3gan.cli.scoring import evaluate
from keras_s3gan.cli.training import labels, train

# In the order in which `--help` lists them.
for _command in (
    *(train, labels, sample, interpolate, evaluate, scores),
    *(compare, plan, recipes),
):
    app.command()(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line; a user error is one line and exit code 2.

    Args:
        arguments: list of strings. Defaults to the arguments of the process.
    """
    invocation.arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        app(invocation.arguments, prog_name="keras-s3gan")
    except Exception as error:
        if invocation.traceback or not _is_for_the_user(error):
            raise
        # Gin appends the calls in which an error occurred.
        message = str(error).split("\n  In call to configurable")[0]
        print(f"keras-s3gan: {' '.join(message.split())}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print(
            "keras-s3gan: stopped; the same command continues from the last "
            "checkpoint.",
            file=sys.stderr,
        )
        sys.exit(130)


def _is_for_the_user(error: Exception) -> bool:
    # By name, as importing the class would import Keras.
    diverged = type(error).__name__ == "TrainingDiverged"
    return diverged or isinstance(error, (ValueError, OSError, ImportError))
