"""Large blocks of the allocator, in processes of their own."""

import os
import subprocess
import sys

import pytest

from tests.once import once

# Prints whether a block of 64 MiB lies outside of the heap, before and after something.
_PROGRAM = """
import ctypes, sys

C = ctypes.CDLL(None)
C.malloc.restype, C.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
C.free.argtypes = [ctypes.c_void_p]


class Found(ctypes.Structure):
    _fields_ = [(f"field{i}", ctypes.c_size_t) for i in range(10)]


if not hasattr(C, "mallinfo2"):
    print("none")
    sys.exit()
C.mallinfo2.restype = Found


def mapped():
    # The fourth field: blocks that are mappings of their own.
    before = C.mallinfo2().field3
    block = C.malloc(64 << 20)
    count = C.mallinfo2().field3 - before
    C.free(block)
    return count


before = mapped()
{something}
print(before, mapped())
"""
_TRAINS = """
from tests.models.small import compiled_gan

compiled_gan().make_train_function()
"""
_STARTS = """
from keras_s3gan.experiment.start.backend import choose_backend

choose_backend("torch")
"""


def mapped_blocks(something, **environment):
    command = [sys.executable, "-c", _PROGRAM.replace("{something}", something)]
    environment = {**os.environ, **environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if done.stdout.strip() == "none":
        pytest.skip("This allocator does not say where blocks lie.")
    return done.stdout.split()


@once("the C library's allocator, not a framework's")
@pytest.mark.parametrize("something", [_TRAINS, _STARTS], ids=["fit", "a command"])
def test_large_blocks_stay_with_the_process(something):
    assert mapped_blocks(something) == ["1", "0"]


@once("the C library's allocator, not a framework's")
def test_what_the_user_has_chosen_stays():
    chosen = {"MALLOC_MMAP_THRESHOLD_": "33554432"}
    assert mapped_blocks(_TRAINS, **chosen) == ["1", "1"]
