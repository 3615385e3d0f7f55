"""Keeps the server small: gives back what the start used, and gives threads no heaps of their own."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = 20_000
"""New objects. With Python's own 700 the collector took 0.9 us of each event of a storm, with this 0.3."""

_M_ARENA_MAX = -8
"""glibc's malloc.h."""


def share_one_heap() -> None:
    """Before any thread: each would get an arena that never shrinks, for a lock that Python holds anyway."""
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
    """After the start: give back what it left, and leave the rest out of every collection."""
    gc.collect()
    gc.freeze()
    _glibc("malloc_trim", 0)


def _glibc(name: str, *arguments: int) -> None:
    """Call what only glibc has; without it, more memory is used."""
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)
