"""Keeps the server small: gives back what the start used, and gives threads no heaps of their own."""

import ctypes
import gc

_M_ARENA_MAX = -8
"""glibc's malloc.h."""


def share_one_heap() -> None:
    """Before any thread: each would get an arena that never shrinks, for a lock that Python holds anyway."""
    _glibc("mallopt", _M_ARENA_MAX, 1)


def settle() -> None:
    """After the start: free what it left, and spare the collector the site's records from now on.

    They hold no cycles, so they still go when a new revision replaces them.
    """
    gc.collect()
    gc.freeze()
    _glibc("malloc_trim", 0)


def _glibc(name: str, *arguments: int) -> None:
    """Call what only glibc has; without it, more memory is used."""
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)
