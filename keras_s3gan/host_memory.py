"""Keeps the memory of a step on a CPU for the next step."""

import ctypes
import functools
import os
import platform

# Of glibc's <malloc.h>.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGEST = 2**31 - 1


@functools.cache
def keep_large_blocks(one_arena: bool = False) -> bool:
    """Makes the allocator of glibc on Linux keep and reuse large freed blocks.

    By default it returns blocks above 32 MiB to the system and requests them again,
    and the system sets every page to zero each time. The images of one layer can be
    larger than that. Afterwards blocks of up to 2 GiB are kept, in the whole process.
    The function does nothing with another allocator, or if a variable `MALLOC_…` or
    `GLIBC_TUNABLES` is set.

    Every `fit` of this package calls it, and every command, before the framework
    starts.

    Args:
        one_arena: bool. Whether threads that start later share one heap. A heap of one
            thread does not keep large blocks. JAX computes in such threads, so that the
            commands set it with JAX. Your own program can set it before JAX creates its
            first array: compiling then takes a third longer, and steps on 256 images
            take a sixth less time.

    Returns:
        bool. Whether large blocks are kept.

    Reference:
        - https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    chosen = [
        name for name in os.environ if name.startswith(("MALLOC_", "GLIBC_TUNABLES"))
    ]
    if chosen or platform.libc_ver()[0] != "glibc":
        return False
    wanted = [(_MMAP_THRESHOLD, _LARGEST), (_TRIM_THRESHOLD, _LARGEST)]
    if one_arena:
        wanted.append((_ARENA_MAX, 1))
    mallopt = ctypes.CDLL(None).mallopt
    return all([mallopt(name, value) for name, value in wanted])
