"""Limits how fast one wire or relay may have addresses offered to strangers, or set aside.

A host invents as many hardware addresses as it likes, so these rates are those of the place that a message
came from, not of the client that it names. A phone of the site gets one address however often it asks: its
DISCOVER has no rate.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ringup.engine.dhcp.client_message import ClientMessage
from ringup.engine.rates import TokenBucket
from ringup.wire.dhcp import NO_ADDRESS, MessageType
from ringup.wire.dhcp_options import MESSAGE_TYPE


class _Rate(NamedTuple):
    """A rate of one place."""

    what: str
    burst: float
    per_second: float
    spares_phones: bool


DISCOVERS = _Rate("DISCOVERs of new devices", 1_000, 20.0, True)
"""Of devices that are not in the site: those of a new building, and then those that repeat them."""

DECLINES = _Rate("DECLINEs", 10, 0.2, False)
"""Of anybody: a network has a few hosts with addresses that they set themselves."""

MOST_PLACES = 1_024
"""Wires and relays that are remembered; beyond it all are forgotten."""

_RATES = {bytes((MessageType.DISCOVER,)): DISCOVERS, bytes((MessageType.DECLINE,)): DECLINES}


class PlaceRates:
    """Counts the messages of each place."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, _Rate], TokenBucket] = {}

    def refusal_reason(self, message: ClientMessage, phones: Mapping[str, object], now: float) -> str:
        """Count a message; return why it gets no answer, empty when it may."""
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
