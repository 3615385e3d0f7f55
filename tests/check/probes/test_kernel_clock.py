"""The state of the kernel's clock, from a kernel call that a test replaces."""

import ctypes
from typing import Any
from unittest.mock import patch

import pytest

from ringup.check.probes.kernel_clock import KernelClock, kernel_clock


class Library:
    """A C library whose adjtimex is replaced."""

    def __init__(self, state: int, status: int = 0, largest_error: int = 250_000) -> None:
        self.state, self.status, self.largest_error = state, status, largest_error

    def adjtimex(self, pointer: Any) -> int:
        timex = pointer._obj
        assert timex.modes == 0  # any other value would set the clock
        timex.status, timex.largest_error = self.status, self.largest_error
        return self.state


@pytest.mark.parametrize(
    ("library", "clock"),
    [
        (Library(0), KernelClock(True, 0, 0.25)),
        (Library(1), KernelClock(True, 1, 0.25)),
        (Library(2), KernelClock(True, 2, 0.25)),
        (Library(5, 0x40, 16_000_000), KernelClock(False, 0, 16.0)),
        (Library(0, 0x40), KernelClock(False, 0, 0.25)),
        (Library(-1), None),
        (object(), None),
    ],
)
def test_the_clock_is_what_the_kernel_says(library: object, clock: KernelClock | None) -> None:
    with patch.object(ctypes, "CDLL", lambda _: library):
        assert kernel_clock() == clock


def test_the_fields_lie_where_this_system_has_them() -> None:
    clock = kernel_clock()
    assert clock is None or 0 <= clock.largest_error <= 1_000
