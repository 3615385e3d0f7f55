"""Negotiate the options of a read request: block size, window, timeout, file size (RFC 2347)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ringup.engine.rates import TokenBucket
from ringup.engine.tftp.blocks import BLOCK_SIZE
from ringup.wire.tftp import LARGEST_BLOCK

FIRST_RESEND = 0.5
"""Seconds before DATA is first retransmitted. This is well below the second after which an 8.12 phone repeats
its request (P-TFTP-7). Where one datagram of a hundred is lost, a load of 250 blocks waits for five such
periods. A phone that is merely slow gets a block twice, and ignores the second copy.
"""

SMALLEST_BLOCK = 8
"""Smallest block size in bytes (RFC 2348)."""

LARGEST_WINDOW = 64
"""Maximum number of packets sent for one ACK. RFC 7440 allows 65,535. A small limit bounds the traffic that
one small datagram can cause, and 64 blocks of 512 bytes fill a gigabit link for 0.3 ms, the round trip of a
LAN.
"""

LARGEST_FLIGHT = 64 * 1024
"""Maximum number of bytes sent for one ACK: one block of the largest size. An attacker can forge a
requester's address and guess the first ACK, and this limits the bytes that the forgery causes. A window of
the largest blocks would be 4 MB.
"""

BURST_IN_LARGE_FLIGHTS = 64 * 1024 * 1024
"""Maximum number of bytes at once in files that are sent in windows or large blocks. A host that forges a
requester's address and guesses its ACKs makes the server send hundreds of times as many bytes as it sends
itself; phones request neither.
"""

BYTES_PER_SECOND_IN_LARGE_FLIGHTS = 4 * 1024 * 1024
"""Maximum number of such bytes per second in the long run."""

LONGEST_TIMEOUT = 255
"""Longest timeout in seconds (RFC 2349)."""

_MOST_DIGITS = 10
"""Maximum number of digits of a value: 2^32 is far above the meaning of any option. An option with a longer
value is ignored.
"""


@dataclass(frozen=True, slots=True)
class NegotiatedOptions:
    """The options for sending one file."""

    block_size: int = BLOCK_SIZE
    window: int = 1
    wait: float = FIRST_RESEND
    """Seconds before the first retransmission."""
    acknowledged: Mapping[str, str] = field(default_factory=dict)
    """The options of the OACK; empty: no OACK is sent, and the answer is DATA at once."""

    @property
    def is_large(self) -> bool:
        """Return whether one ACK causes more bytes than without options."""
        return self.block_size * self.window > BLOCK_SIZE


NO_OPTIONS = NegotiatedOptions()
"""The defaults for a request without options."""


def negotiate(options: Mapping[str, str], size: int) -> NegotiatedOptions:
    """Negotiate the options for a file of this size; unknown or invalid options are left out (RFC 2347)."""
    if not options:  # The phones request no options.
        return NO_OPTIONS
    taken = {name: value for name, text in options.items() if (value := _value(name, text, size)) is not None}
    if "windowsize" in taken:
        taken["windowsize"] = _fitting_window(taken["windowsize"], taken.get("blksize", BLOCK_SIZE))
    return NegotiatedOptions(
        block_size=taken.get("blksize", BLOCK_SIZE),
        window=taken.get("windowsize", 1),
        wait=taken.get("timeout", FIRST_RESEND),
        acknowledged={name: str(value) for name, value in taken.items()},
    )


class LargeFlights:
    """Negotiates windows and large blocks while their bytes have not reached a limit."""

    def __init__(self) -> None:
        self._bytes = TokenBucket(BURST_IN_LARGE_FLIGHTS, BYTES_PER_SECOND_IN_LARGE_FLIGHTS)

    def negotiate(self, options: Mapping[str, str], size: int, now: float) -> NegotiatedOptions:
        """Negotiate; beyond the limit, leave out `blksize` and `windowsize`, as RFC 2347 allows."""
        negotiated = negotiate(options, size)
        if not negotiated.is_large or self._bytes.take(now, size):
            return negotiated
        return negotiate({name: options[name] for name in options if name not in _LARGE}, size)


_LARGE = ("blksize", "windowsize")


def _value(name: str, text: str, size: int) -> int | None:
    """Return the accepted value of an option, or None to leave the option out."""
    if name not in _OPTIONS or len(text) > _MOST_DIGITS or not (text.isascii() and text.isdigit()):
        return None
    return _OPTIONS[name](int(text), size)


def _block_size(requested: int, _size: int) -> int | None:
    return min(requested, LARGEST_BLOCK) if requested >= SMALLEST_BLOCK else None


def _window(requested: int, _size: int) -> int | None:
    return min(requested, LARGEST_WINDOW) if requested else None


def _fitting_window(window: int, block_size: int) -> int:
    return max(1, min(window, LARGEST_FLIGHT // block_size))


def _timeout(requested: int, _size: int) -> int | None:
    return requested if 1 <= requested <= LONGEST_TIMEOUT else None


def _file_size(_requested: int, size: int) -> int:
    return size


_OPTIONS: dict[str, Callable[[int, int], int | None]] = {
    "blksize": _block_size,  # RFC 2348: the server may lower the value.
    "windowsize": _window,  # RFC 7440: the server may lower the value.
    "timeout": _timeout,  # RFC 2349: the server accepts the value or omits the option.
    "tsize": _file_size,  # RFC 2349: 0 in the request, the file's size in the answer.
}
