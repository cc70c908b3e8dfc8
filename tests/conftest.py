"""What holds for every test: a fixed seed, no network, the backend in the header."""

import os
import socket
from pathlib import Path

# Read when a framework is first imported: quiet logs, true float32 products on GPUs,
# and memory shared with the process beside this one.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
# Small programs run once each: XLA's optimizations take minutes and save nothing. Its
# emitters of fusions take half of what is left.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
    "--xla_cpu_use_fusion_emitters=false",
)

import keras_s3gan  # before Keras: it sets the rest of the environment

# isort: split
import keras
import pytest

from tests.once import once, reason_for_once

LOCAL_HOSTS = (None, "", "localhost", "127.0.0.1", "::1", socket.gethostname())


def pytest_addoption(parser):
    parser.addoption(
        "--shard", default="1/1", metavar="I/N", help="every Nth module, from the Ith"
    )
    parser.addoption(
        "--journal",
        type=Path,
        metavar="FILE",
        help="note every test that starts; leave out those that it has already",
    )


def pytest_collection_modifyitems(config, items):
    first, step = map(int, config.getoption("--shard").split("/"))
    modules = sorted({item.path for item in items})[first - 1 :: step]
    journal = config.getoption("--journal")
    done = set(journal.read_text().split("\n")) if journal and journal.exists() else ()

    def stays(item):
        return item.path in modules and item.nodeid not in done

    for item in items:
        if reason := reason_for_once(item.path):
            item.add_marker(once(reason))
    others = [item for item in items if not stays(item)]
    items[:] = [item for item in items if stays(item)]
    config.hook.pytest_deselected(items=others)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item):
    journal = item.config.getoption("--journal")
    if journal:
        with journal.open("a") as file:
            file.write(f"{item.nodeid}\n")


def pytest_report_header(config):
    return (
        f"keras_s3gan {keras_s3gan.__version__}, keras {keras.__version__} on the "
        f"backend {keras.backend.backend()}, TF_ENABLE_ONEDNN_OPTS="
        f"{os.environ.get('TF_ENABLE_ONEDNN_OPTS')}"
    )


@pytest.fixture(autouse=True)
def fixed_seed():
    keras.utils.set_random_seed(0)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Looking up a name elsewhere fails at once, as on a machine without a network."""
    look_up = socket.getaddrinfo

    def local_only(host, *args, **kwargs):
        if host not in LOCAL_HOSTS:
            raise OSError(f"tests use no network. Received: host={host}")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", local_only)
