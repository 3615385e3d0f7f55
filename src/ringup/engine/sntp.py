"""The engine of the SNTP server: a request and the state of the clock go in, a reply comes out.

It follows RFC 4330 §6. A clock that is not synchronised is announced as such: leap indicator 3, stratum 0,
kiss code INIT, and timestamps of zero, so that no client can take a wrong time from the reply (RFC 4330 §5
lets a client discard it). The reply has 48 bytes, and a shorter request gets none, so nothing is amplified.
Requests of modes 6 and 7, by which other servers were abused, get no reply.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ringup.engine.rates import TokenBucket
from ringup.errors import WireError
from ringup.wire import sntp
from ringup.wire.sntp import Mode, SntpPacket

STRATUM = 10
"""The stratum of a synchronised clock. Neither the kernel nor RFC 5905 says through how many servers its time
came, so this is the value of chrony's ``local``: below 16, and above that of any better source.
"""

REFERENCE_ID = bytes((127, 127, 1, 1))
"""The reference ID by which NTP servers name their machine's own clock."""
NOT_YET = b"INIT"
"""Kiss code of a server that is not synchronised (RFC 4330 §8)."""

PRECISION = -10
"""Binary logarithm of seconds: a millisecond, because Python reads the clock."""

BURST, PER_SECOND = 8, 1.0
"""Maximum number of requests of one address at once, and per second in the long run. A phone sends one, and
other clients a burst at their start.
"""
BURST_OF_ALL, PER_SECOND_OF_ALL = 5_000, 1_000.0
"""The same two limits for all addresses without a lease together: a burst of new phones, and below a tenth of
a processor in the long run. A host can send in the name of any number of addresses, and must not take the
time from the phones.
"""
MOST_ADDRESSES = 20_000
"""Maximum number of addresses whose rate is remembered: twice the largest fleet."""

_REPLY_MODES = {Mode.CLIENT: Mode.SERVER, Mode.SYMMETRIC_ACTIVE: Mode.SYMMETRIC_PASSIVE}
_VERSIONS = range(1, 5)


@dataclass(frozen=True, slots=True)
class ClockQuality:
    """The state of the clock, as a reply announces it."""

    is_synchronised: bool
    leap: int = 0
    """Leap indicator: 0, or 1 or 2 on a day with a leap second."""
    largest_error: float = 0.0
    """The largest error of the clock in seconds."""


class SntpServer:
    """Answers SNTP requests, at a limited rate per address and in total."""

    def __init__(self, has_lease: Callable[[str], bool] = lambda _address: False) -> None:
        """`has_lease` returns whether a phone has this address; the common limit does not count such
        addresses.
        """
        self._has_lease = has_lease
        self._all = TokenBucket(BURST_OF_ALL, PER_SECOND_OF_ALL)
        self._addresses: OrderedDict[str, TokenBucket] = OrderedDict()

    def reply(self, data: bytes, address: str, now: float, quality: ClockQuality) -> bytes:
        """Return the reply to a datagram of this address at `now` (Unix seconds); empty: it gets none."""
        try:
            request = sntp.parse(data)
        except WireError:
            return b""
        mode = _REPLY_MODES.get(request.mode)
        if mode is None or request.version not in _VERSIONS or not self._may_ask(address, now):
            return b""
        return sntp.build(_reply(request, mode, now, quality))

    def _may_ask(self, address: str, now: float) -> bool:
        bucket = self._addresses.pop(address, None) or TokenBucket(BURST, PER_SECOND)
        self._addresses[address] = bucket
        if len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        return bucket.take(now) and (self._has_lease(address) or self._all.take(now))


def _reply(request: SntpPacket, mode: Mode, now: float, quality: ClockQuality) -> SntpPacket:
    if not quality.is_synchronised:
        return SntpPacket(
            mode, request.version, sntp.UNSYNCHRONISED, 0, request.poll, PRECISION,
            reference_id=NOT_YET, originate=request.transmit,
        )  # fmt: skip
    stamp = sntp.timestamp(now)
    return SntpPacket(
        mode, request.version, quality.leap, STRATUM, request.poll, PRECISION,
        root_dispersion=sntp.short_format(quality.largest_error), reference_id=REFERENCE_ID,
        reference=stamp, originate=request.transmit, receive=stamp, transmit=stamp,
    )  # fmt: skip
