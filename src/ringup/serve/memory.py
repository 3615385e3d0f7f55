"""Keep the server's memory small: release the memory of the start, and share one heap among threads."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = 20_000
"""Number of new objects before a garbage collection. With Python's default of 700, collections took 0.9 us
per event of a boot storm; now they take 0.3 us.
"""

_M_ARENA_MAX = -8
"""The parameter of mallopt(3) with this name, from glibc's malloc.h."""


def share_one_heap() -> None:
    """Make all threads share one heap; call it before any thread starts.

    Otherwise each thread gets an arena that never shrinks, only to avoid a lock that Python holds anyway.
    """
    _glibc("mallopt", _M_ARENA_MAX, 1)


def collect_rarely() -> None:
    """Make garbage collections rare: the objects of a boot storm have no reference cycles, so they are freed
    without a collection.

    The disadvantage: garbage with cycles is kept longer.
    """
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])


@contextmanager
def uncollected() -> Iterator[None]:
    """Exclude the records that are made in this block from garbage collection, now and later; they must have
    no reference cycles.

    Otherwise the collector would visit all of them again and again and stop every thread meanwhile, for 50 ms
    each time with 10,000 phones. The records are still freed when their last reference ends. Cycles that
    other threads make during the block are never collected, so keep the block short (a fraction of a second)
    and rare.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def settle() -> None:
    """Release the memory that only the start needed, and exclude the rest from garbage collection."""
    gc.unfreeze()  # The command line froze the modules together with the garbage of their imports.
    gc.collect()
    gc.freeze()
    _glibc("malloc_trim", 0)


def _glibc(name: str, *arguments: int) -> None:
    """Call a function that only glibc has; without glibc the server uses more memory."""
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)
