"""Limit the events that are logged and stored, so that no host on the segment can fill the disk.

Each source may cause a number of events per minute. All devices that are not in the site share a further
limit, and so do all phones of the site. Events above a limit are only counted, and each minute one event per
source reports how many were omitted. A phone's boot makes about 15 events and a conversion 40, so the limits
concern only traffic that no phone sends.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from ringup.engine.rates import TokenBucket
from ringup.events import (
    KINDS,
    AddressLeased,
    CdpSeen,
    DatagramsDropped,
    Event,
    EventsOmitted,
    FileSent,
    VoiceVlanAnswered,
    devices,
    pbx,
    server,
)
from ringup.journey.follow import NAMELESS_EVENTS

MINUTE = 60.0
"""Seconds for which a source's events are counted together."""
MOST_SOURCES = 5_000
"""Maximum number of unknown hosts, and of sources of the site's phones, that are counted separately within a
minute. Later ones are counted together.
"""
MOST_SUMMARIES = 20
"""Maximum number of EventsOmitted per minute, the busiest sources first; other sources share one event."""

OF_AN_UNKNOWN_HOST = 60
"""Maximum number of events per minute from an unknown address; a phone that is not in the site makes about
20.
"""
OF_A_PHONE = 200
"""Maximum number of events per minute of one phone of the site."""
OF_ANNOUNCEMENTS = 20
"""Maximum number of CDP announcements per minute of one phone of the site: a phone sends one per minute, and
some at its boot.
"""

_OF_THE_SERVER = frozenset(
    kind for kind in KINDS.values() if kind.__module__ == server.__name__ or kind is DatagramsDropped
)
_OF_THE_PBX = frozenset(kind for kind in KINDS.values() if kind.__module__ == pbx.__name__)
_OF_DEVICES = frozenset(kind for kind in KINDS.values() if kind.__module__ == devices.__name__)

THE_PBX = "PBX"
"""The name under which the PBX's events are counted, instead of an IP address."""
CDP = "CDP"
"""The name under which a phone's CDP announcements are counted, instead of its IP address."""
LEASES = "DHCP"
"""The name under which a phone's leases are counted, instead of its IP address."""
FILES = "TFTP and HTTP"
"""The name under which the files that a phone received are counted, instead of its IP address: any host can
forge requests in the phone's name, but hardly a complete transfer.
"""

DEVICES = "other devices"
"""The name under which events that show a second device with a phone's MAC or address are counted."""

_APART = {
    **dict.fromkeys(_OF_THE_PBX, THE_PBX),
    **dict.fromkeys(_OF_DEVICES, DEVICES),
    CdpSeen: CDP,
    VoiceVlanAnswered: CDP,
    AddressLeased: LEASES,
}
"""Events of a phone that are counted apart from those that any host can cause in its name."""

_NAMELESS = frozenset(NAMELESS_EVENTS)

_Source = tuple[str, str]
"""The source under which an event is counted: the MAC of a phone of the site, or empty; and an IP address,
one of the names above, or empty.
"""
_NO_SOURCE = "", ""


class EventLimits:
    """Drops events above the limits. Only one thread at a time may call it, except `is_due`."""

    def __init__(
        self,
        macs_of_the_site: Callable[[], AbstractSet[str]],
        holder_of: Callable[[str], str] | None = None,
        *,
        unknown_hosts: TokenBucket | None = None,
        phones: TokenBucket | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`macs_of_the_site` returns the MACs of the site's phones; `holder_of` returns the MAC that leases
        an address, or "".

        Without `holder_of`, another server gives out the addresses; the file names in a phone's requests then
        identify the phone.
        """
        self._macs_of_the_site = macs_of_the_site
        self._macs: AbstractSet[str] = frozenset()
        """The MACs of the site's phones, as of the last call."""
        self._holder_of = holder_of
        # In the long run, this makes 60 MB per day in the database and as much in the log.
        self._unknown_hosts = unknown_hosts or TokenBucket(10_000, 5)
        # This is enough for three boot storms of 10,000 phones at the same time.
        self._phones = phones or TokenBucket(300_000, 100)
        self._taken: dict[_Source, int] = {}
        """The number of events that each source was allowed in this minute. A boot storm has two sources per
        phone, so they have numbers instead of objects: both are quicker to make, and to look through when
        Python collects garbage.
        """
        self._omitted: defaultdict[_Source, Counter[str]] = defaultdict(Counter)
        """The numbers of the events omitted in this minute, by source and kind."""
        self._strangers = 0
        """Number of sources that are not phones of the site."""
        self._ends = 0.0
        self._clock = clock

    def is_due(self, now: float) -> bool:
        """Return whether omitted events were counted and their minute has ended."""
        return bool(self._taken) and now >= self._ends

    def allowed(self, events: Sequence[Event], now: float) -> list[Event]:
        """Return the events to log and store; the report of the last minute's omitted events comes first.

        `now` is in seconds of a clock that never goes back.
        """
        before = self._summaries() if self.is_due(now) else []
        if not self._taken:
            self._ends = now + MINUTE
        self._macs = self._macs_of_the_site()
        return before + [event for event in events if self._may(event, now)]

    def _may(self, event: Event, now: float) -> bool:
        if type(event) in _OF_THE_SERVER:
            return True
        source = self._source_of(event)
        counted_as = source if source in self._taken else self._new(source)
        most, bucket = (OF_A_PHONE, self._phones) if source[0] else (OF_AN_UNKNOWN_HOST, self._unknown_hosts)
        if source[1] == CDP:
            most = OF_ANNOUNCEMENTS
        taken = self._taken[counted_as]
        if (taken < most or source == _NO_SOURCE) and bucket.take(now):
            self._taken[counted_as] = taken + 1
            return True
        self._omitted[counted_as][type(event).__name__] += 1
        return False

    def _new(self, source: _Source) -> _Source:
        """Begin to count a source; return the source under which it counts.

        If there are too many sources, a further one counts without its address. Forged addresses that belong
        to no phone do not use up the limit of the site's phones.
        """
        mac = source[0]
        others = len(self._taken) - self._strangers if mac else self._strangers
        if others >= MOST_SOURCES:
            source = mac, ""
        if source not in self._taken:
            self._taken[source] = 0
            self._strangers += not mac
        return source

    def _source_of(self, event: Event) -> _Source:
        """Return the source of an event.

        A MAC that is not in the site is ignored, because it may be forged. An event from an IP address counts
        for a phone only if the address proves that the phone sent it. The events of the PBX count as a source
        of their own, and so do leases, files and events that show a second device: forged messages with a
        phone's MAC or address must hide neither the phone's progress nor that another device has its MAC.
        """
        kind, mac = type(event), event.mac
        apart = _APART.get(kind)
        if apart and mac in self._macs:
            return mac, apart
        # The types are compared directly: event classes have no subclasses, and `isinstance` with so many
        # classes takes as long as the rest of this method.
        address = event.address if kind in _NAMELESS else ""  # type: ignore[union-attr]
        is_proven = not address or self._holder_of is None or self._holder_of(address) == mac
        if not is_proven or mac not in self._macs:
            return "", address
        return mac, FILES if kind is FileSent else address

    def _summaries(self) -> list[Event]:
        """Return the EventsOmitted events of the past minute, and begin a new minute."""
        at = self._clock()
        omitted = sorted(self._omitted.items(), key=lambda each: -each[1].total())
        self._taken, self._strangers = {}, 0
        self._omitted = defaultdict(Counter)
        summaries: list[Event] = [
            EventsOmitted(at, mac, address, kinds.total(), ", ".join(sorted(kinds)))
            for (mac, address), kinds in omitted[:MOST_SUMMARIES]
        ]
        if others := sum((kinds for _, kinds in omitted[MOST_SUMMARIES:]), Counter[str]()):
            summaries.append(EventsOmitted(at, "", "", others.total(), ", ".join(sorted(others))))
        return summaries
