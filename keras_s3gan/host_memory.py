"""What steps on a CPU allocate is kept for the next step."""

import ctypes
import functools
import os
import platform

# Of glibc's <malloc.h>.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGEST = 2**31 - 1


@functools.cache
def keep_large_blocks(one_arena: bool = False) -> bool:
    """Lets the allocator of Linux' glibc keep large blocks for its next use of them.

    Above 32 MiB, and the images of one layer may take more, it otherwise asks the
    system for each block anew and gives it back, and every page is set to zero again.
    Blocks of up to 2 GiB are kept then, for the whole process. Nothing happens with
    another allocator, or where a variable `MALLOC_…` or `GLIBC_TUNABLES` is set.

    Every `fit` of this package asks for it, and every command, before the framework
    starts.

    Args:
        one_arena: bool. Also let threads that have not begun share one heap, since a
            heap of a thread's own keeps no large block. JAX computes in such threads:
            commands ask for it there. A program of your own may, before JAX makes its
            first array; compiling takes a third longer, and then steps on 256 images
            take a sixth less.

    Returns:
        bool. Whether they are kept.

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
