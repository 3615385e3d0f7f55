"""Keep the server's memory small: release the memory of the start, and share one heap among threads."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = 20_000
"""New objects before a garbage collection. With Python's 700 it took 0.9 us per event of a storm, now 0.3."""

_M_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h."""


def share_one_heap() -> None:
    """Make all threads share one heap; call it before any thread starts.

    Otherwise each thread gets an arena that never shrinks, only to avoid a lock that Python holds anyway.
    """
    _glibc("mallopt", _M_ARENA_MAX, 1)


def collect_rarely() -> None:
    """Look for cycles of garbage seldom: what a storm makes holds none and goes with its last user.

    What it risks: garbage that does hold one stays longer.
    """
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])


@contextmanager
def uncollected() -> Iterator[None]:
    """For making many records without cycles: the collector leaves them alone, now and afterwards.

    It would walk all of them again and again and stop every thread meanwhile, for 50 ms each time with
    10,000 phones. They still go when nothing names them any more. Cycles that other threads lose meanwhile
    are lost to the collector: so let it be a fraction of a second, seldom.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def settle() -> None:
    """Release the memory that the start no longer needs, and exclude the rest from garbage collection."""
    gc.collect()
    gc.freeze()
    _glibc("malloc_trim", 0)


def _glibc(name: str, *arguments: int) -> None:
    """Call a function that only glibc has; without glibc the server uses more memory."""
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)
