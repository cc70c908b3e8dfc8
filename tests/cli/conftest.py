import pytest

from keras_s3gan.cli import main


@pytest.fixture
def command(capsys):
    """Runs the command line in this process: exit code, stdout, stderr."""

    def run(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        captured = capsys.readouterr()
        return exit_.value.code, captured.out, captured.err

    return run
