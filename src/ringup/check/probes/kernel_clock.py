"""Read from the kernel whether the system's clock is synchronised. Source: adjtimex(2); Linux only."""

import ctypes
from dataclasses import dataclass

_TIME_INSERT, _TIME_DELETE, _TIME_ERROR = 1, 2, 5
_STA_UNSYNC = 0x0040


class _Timex(ctypes.Structure):
    """The first fields of struct timex, and enough space for its other fields on any system."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("largest_error", ctypes.c_long),
        ("estimated_error", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


@dataclass(frozen=True, slots=True)
class KernelClock:
    """The state of the system's clock."""

    is_synchronised: bool
    leap: int
    """1: a leap second is added at the end of this day (UTC); 2: one is left out; 0: neither."""
    largest_error: float
    """Seconds; meaningless while the clock is not synchronised."""


def kernel_clock() -> KernelClock | None:
    """Return the clock's state; None if the system does not show it, or not to this process."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "adjtimex"):
        return None
    timex = _Timex()  # modes = 0: nothing is set
    state = library.adjtimex(ctypes.byref(timex))
    if state < 0:
        return None
    return KernelClock(
        state != _TIME_ERROR and not timex.status & _STA_UNSYNC,
        {_TIME_INSERT: 1, _TIME_DELETE: 2}.get(state, 0),
        timex.largest_error / 1_000_000,
    )
