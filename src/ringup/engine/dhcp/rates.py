"""Limit the rates of DISCOVER messages from unknown devices, and of DECLINE messages.

A host can invent any number of hardware addresses, so the rates count messages by source, not by client. A
source is a relay, an interface (for the messages that clients send themselves), or a host that sends messages
with other hardware addresses than its own (`Arrival.frame_source`). A host that also forges the Ethernet
source of its frames looks like many new devices; the interface's rate counts their messages. A phone of the
site gets one address however often it requests one, so its DISCOVER has no rate limit, except through a relay
that is not counted separately (MOST_RELAYS).
"""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from ringup.engine.dhcp.client_message import ClientMessage
from ringup.engine.dhcp.replies import SubnetReplies
from ringup.engine.dhcp.route import Arrival
from ringup.engine.rates import TokenBucket
from ringup.wire.dhcp import NO_ADDRESS, MessageType
from ringup.wire.dhcp_options import MESSAGE_TYPE


class Limit(NamedTuple):
    """A limit: the number of messages that may come at once, and the number per second in the long run."""

    burst: float
    per_second: float


class Rate(NamedTuple):
    """The limits of one type of message."""

    what: str
    spares_phones: bool
    of_place: Limit
    """The limit per interface, per relay, and for all hosts of an interface that send messages of other
    devices.
    """
    of_host: Limit
    """The limit per host that sends messages of other devices, like a wireless bridge with a few devices
    behind it.
    """


DISCOVERS = Rate("DISCOVERs of new devices", True, Limit(1_000, 20.0), Limit(20, 0.02))
"""The limits for DISCOVER messages of unknown devices: a new building's devices send one each, and then
repeat it.
"""

DECLINES = Rate("DECLINEs", False, Limit(10, 0.2), Limit(5, 0.02))
"""The limits for DECLINE messages of all clients: a network has few hosts that configured their address
themselves.
"""

MOST_RELAYS = 8
"""Maximum number of relays of one subnet, besides its router, that are counted separately: the first ones
since the start. A host can send in the name of any number of relays. So all further relays share the limit of
one host, and this limit also applies to the phones of the site.
"""

MOST_HOSTS = 256
"""Maximum number of hosts of one interface that are counted separately; all others share one count."""

OTHERS = "others"
"""The name under which all further hosts are counted."""

SWEEP_SECONDS = 10.0
"""Minimum seconds between two searches for sources that no longer send."""

_RATES = {bytes((MessageType.DISCOVER,)): DISCOVERS, bytes((MessageType.DECLINE,)): DECLINES}


class SourceRates:
    """Counts the messages of each source."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[Rate, str], TokenBucket] = {}
        self._hosts: dict[tuple[Rate, str], _Hosts] = {}
        self._relays: set[str] = set()
        """The relays that are counted separately."""
        self._numbers: Counter[str] = Counter()
        """Number of these relays by subnet, without the subnet's router."""

    def refusal_reason(
        self, message: ClientMessage, replies: SubnetReplies, phones: Mapping[str, object], now: float
    ) -> str:
        """Count a message to a subnet; return the reason why it gets no answer, empty if it may get one."""
        rate = _RATES.get(message.request.options[MESSAGE_TYPE])
        if rate is None:
            return ""
        relay, is_spared = message.relay, rate.spares_phones and message.mac in phones
        if is_spared and (relay == NO_ADDRESS or relay in self._relays):
            return ""
        if relay != NO_ADDRESS:
            source = self._relayed(rate, relay, replies, now, is_spared=is_spared)
        else:
            source = self._direct(rate, message.arrival, now)
        return f"too many {rate.what} from {source} at once" if source else ""

    def _relayed(self, rate: Rate, relay: str, replies: SubnetReplies, now: float, *, is_spared: bool) -> str:
        """Return the name of a relay that has used up its rate; empty if it has not."""
        if relay not in self._relays and not self._has_room(relay, replies):
            others = f"other relays of {replies.network}"
            return "" if self._takes(rate, others, rate.of_host, now) else others
        if is_spared or self._takes(rate, relay, rate.of_place, now):
            return ""
        return f"the relay {relay}"

    def _has_room(self, relay: str, replies: SubnetReplies) -> bool:
        """Count a new relay separately from now on, if the subnet does not have too many."""
        network = str(replies.network)
        if relay != replies.subnet.router:
            if self._numbers[network] >= MOST_RELAYS:
                return False
            self._numbers[network] += 1
        self._relays.add(relay)
        return True

    def _direct(self, rate: Rate, arrival: Arrival, now: float) -> str:
        """Return the name of a host or interface that has used up its rate; empty if it has not."""
        interface, host = arrival.interface, arrival.frame_source
        if not host:
            return "" if self._takes(rate, interface, rate.of_place, now) else interface
        hosts = self._hosts.get((rate, interface))
        if hosts is None:
            hosts = self._hosts[rate, interface] = _Hosts(rate.of_host)
        if not hosts.take(host, now):
            return f"{host} on {interface}"
        all_hosts = f"all hosts on {interface}"
        return "" if self._takes(rate, all_hosts, rate.of_place, now) else all_hosts

    def _takes(self, rate: Rate, source: str, limit: Limit, now: float) -> bool:
        bucket = self._buckets.get((rate, source))
        if bucket is None:
            bucket = self._buckets[rate, source] = TokenBucket(*limit)
        return bucket.take(now)


class _Hosts:
    """The hosts of one interface that send messages of other devices."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._buckets: dict[str, TokenBucket] = {}
        self._swept = 0.0

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, host: str, now: float) -> bool:
        """Count one more message of a host; return whether it may get an answer."""
        if host not in self._buckets and len(self._buckets) >= MOST_HOSTS:
            self._sweep(now)
            if len(self._buckets) >= MOST_HOSTS:
                host = OTHERS
        return self._buckets.setdefault(host, TokenBucket(*self._limit)).take(now)

    def _sweep(self, now: float) -> None:
        """Forget the hosts that have not sent for so long that their count is zero again."""
        if abs(now - self._swept) < SWEEP_SECONDS:
            return
        self._swept = now
        for name in [name for name, bucket in self._buckets.items() if bucket.is_full(now)]:
            del self._buckets[name]
