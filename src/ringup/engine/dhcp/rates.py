"""Limits how fast unknown devices of one interface or relay may be offered addresses, or have addresses set
aside.

A host can invent any number of hardware addresses, so these rates count the messages of the interface or
relay, not of the client. A phone of the site gets one address however often it requests one, so its DISCOVER
has no rate limit.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ringup.engine.dhcp.client_message import ClientMessage
from ringup.engine.rates import TokenBucket
from ringup.wire.dhcp import NO_ADDRESS, MessageType
from ringup.wire.dhcp_options import MESSAGE_TYPE


class _Rate(NamedTuple):
    """The rate limit of one interface or relay."""

    what: str
    burst: float
    per_second: float
    spares_phones: bool


DISCOVERS = _Rate("DISCOVERs of new devices", 1_000, 20.0, True)
"""The limit for DISCOVER messages of unknown devices: a new building's devices send one each, and then repeat
it.
"""

DECLINES = _Rate("DECLINEs", 10, 0.2, False)
"""The limit for DECLINE messages of all clients: a network has few hosts that configured their address
themselves.
"""

MOST_PLACES = 1_024
"""Maximum number of interfaces and relays that are remembered; beyond it all are forgotten."""

_RATES = {bytes((MessageType.DISCOVER,)): DISCOVERS, bytes((MessageType.DECLINE,)): DECLINES}


class PlaceRates:
    """Counts the messages of each interface and relay."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, _Rate], TokenBucket] = {}

    def refusal_reason(self, message: ClientMessage, phones: Mapping[str, object], now: float) -> str:
        """Count a message; return why it gets no answer, or empty if it may get one."""
        kind = message.request.options[MESSAGE_TYPE]
        rate = _RATES.get(kind)
        if rate is None or (rate.spares_phones and message.mac in phones):
            return ""
        if self._bucket(message, rate).take(now):
            return ""
        return f"too many {rate.what} from {_place(message)} at once"

    def _bucket(self, message: ClientMessage, rate: _Rate) -> TokenBucket:
        key = _place(message), rate
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= MOST_PLACES:
                self._buckets.clear()
            bucket = self._buckets[key] = TokenBucket(rate.burst, rate.per_second)
        return bucket


def _place(message: ClientMessage) -> str:
    if message.relay != NO_ADDRESS:
        return f"the relay {message.relay}"
    return message.arrival.interface
