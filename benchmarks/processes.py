"""One process per contender; they take turns."""

import contextlib
import multiprocessing
import os

# Variables that each framework reads when it is first imported.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",
)


class Worker:
    """A function in a fresh process, whose first argument is a connection to here.

    Args:
        function: function of a module; it sends what `receive` gives.
        *arguments: what it is called with after the connection.
        backend: of Keras.
        threads: int. Threads of each framework.
        keeps_blocks: bool. Whether its memory is set up as the command line sets up
            that of its own process.
        **environment: further variables.
    """

    def __init__(
        self,
        function,
        *arguments,
        backend,
        threads,
        keeps_blocks=True,
        **environment,
    ):
        self.name = f"{function.__module__} on {backend}"
        environment |= dict.fromkeys(THREAD_VARIABLES, str(threads))
        environment |= {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(
            target=_run,
            args=(function, backend, keeps_blocks, other, *arguments),
            daemon=True,
        )
        # Before the process imports anything.
        with _variables(environment):
            self.process.start()
        other.close()

    def receive(self):
        """Waits for what the function sends next.

        Raises:
            RuntimeError: if the process has ended instead.
        """
        try:
            return self.connection.recv()
        except EOFError:
            self.process.join()
            code = self.process.exitcode
            raise RuntimeError(f"{self.name} ended with code {code}.") from None

    def ask(self):
        """Starts the function's turn, and waits for its result."""
        self.connection.send(None)
        return self.receive()

    def stop(self):
        """Ends the process."""
        self.process.terminate()
        self.process.join()


def _run(function, backend, keeps_blocks, *arguments):
    if keeps_blocks:
        from keras_s3gan.host_memory import keep_large_blocks

        keep_large_blocks(one_arena=backend == "jax")
    function(*arguments)


@contextlib.contextmanager
def _variables(values):
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
