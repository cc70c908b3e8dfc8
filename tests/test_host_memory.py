"""Large blocks of the allocator, in processes of their own."""

import os
import subprocess
import sys

import pytest

from tests.once import once

# Prints how many blocks of 64 MiB that were asked for anew lie outside of the heap,
# before and after a model has made its training function.
_PROGRAM = """
import ctypes, sys
import numpy as np

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


from tests.models.small import compiled_gan

gan = compiled_gan()
before = mapped()
gan.make_train_function()
print(before, mapped())
"""


def mapped_blocks(**environment):
    command = [sys.executable, "-c", _PROGRAM]
    environment = {**os.environ, **environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if done.stdout.strip() == "none":
        pytest.skip("This allocator does not say where blocks lie.")
    return done.stdout.split()


@once
def test_large_blocks_stay_with_the_process_that_trains():
    assert mapped_blocks() == ["1", "0"]


@once
def test_what_the_user_has_chosen_stays():
    assert mapped_blocks(MALLOC_MMAP_THRESHOLD_="33554432") == ["1", "1"]
