"""Reading: the events of phones in all files of evidence, and a report on each file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address

from ringup.events import (
    FILE_EVENTS,
    CdpSeen,
    DiscoverReceived,
    Event,
    LineAuthenticated,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    RegistrationRefused,
    SipSeen,
)
from ringup.evidence.join import is_address_key

_OF_A_MAKER = 6
"""Number of MAC digits that identify the manufacturer (IEEE 802)."""
_OF_A_PBX = (
    LineAuthenticated, LineReachable, LineRegistered, LineUnreachable, RegistrationRefused, SipSeen,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileReading:
    """What was found in one file."""

    name: str
    kind: str
    """The kind of file: ``text`` or ``capture``, and whether it is compressed."""
    lines: int
    """Number of lines, or of packets in a capture."""
    forms: Mapping[str, int]
    """The number of lines or packets per log format that was found in the file."""
    protocols: frozenset[str] = frozenset()
    """The protocols that these formats contain: no conclusion is drawn from silence about other protocols."""
    unread: int = 0
    """Number of lines that mention phones but match no log format."""
    examples: tuple[str, ...] = ()
    """Examples of lines that match no log format."""
    last_at: float = 0.0
    """The time of the last line or packet of any kind; 0: the file is empty or has no timestamps."""
    is_timed: bool = True
    """True if the lines have timestamps. False: events are a millisecond apart, in the order of the lines."""
    offsets: frozenset[int] = frozenset()
    """The time zones that the file's timestamps name, in seconds east of UTC."""
    problem: str = ""
    """The reason why nothing was read; empty if the file was read."""


@dataclass(frozen=True)
class Reading:
    """The events of all files by time, each assigned to the MAC of its phone.

    If the evidence does not show the MAC of a phone, `mac` of its events is its address (`is_address_key`).
    """

    events: tuple[Event, ...] = ()
    files: tuple[FileReading, ...] = ()
    omitted: int = 0
    """Number of events that were dropped because memory is bounded: the oldest events of the busiest
    phones.
    """
    hinted: frozenset[str] = field(default_factory=frozenset)
    """MACs that belong to Cisco phones according to a host name or a vendor class."""
    dhcp_clients: Mapping[str, int] = field(default_factory=dict)
    """The VLAN of the last DHCPDISCOVER of each MAC, from captures; 0: the frame had no tag."""
    dhcp_servers: Mapping[int, str] = field(default_factory=dict)
    """The DHCP server that answered in each VLAN, from captures."""

    @property
    def lines(self) -> int:
        """Return the number of lines and packets in all files."""
        return sum(file.lines for file in self.files)

    @property
    def unread(self) -> int:
        """Return the number of lines that mention phones but match no log format."""
        return sum(file.unread for file in self.files)

    @property
    def last_at(self) -> float:
        """Return the time of the last line of any file, at which the evidence ends."""
        last_event = self.events[-1].at if self.events else 0.0
        return max([last_event, *(file.last_at for file in self.files)])

    @property
    def is_timed(self) -> bool:
        """Return whether the lines have timestamps; if not, only the order of the events is known."""
        return all(file.is_timed for file in self.files if file.forms)

    @property
    def offset(self) -> int | None:
        """Return the time zone that all timestamps with a zone name, in seconds east of UTC; None if they
        name none, or several.
        """
        offsets = {offset for file in self.files for offset in file.offsets}
        return offsets.pop() if len(offsets) == 1 else None

    @property
    def forms(self) -> Mapping[str, Mapping[str, int]]:
        """Return the log formats found in each file, with the number of lines or packets of each."""
        return {file.name: file.forms for file in self.files}

    @property
    def protocols(self) -> frozenset[str]:
        """Return the protocols in the files: some of ``CDP``, ``DHCP``, ``TFTP``, ``SIP`` and ``PBX``."""
        return frozenset(protocol for file in self.files for protocol in file.protocols)

    @cached_property
    def by_phone(self) -> Mapping[str, tuple[Event, ...]]:
        """Return the events of each device, by its MAC, or by its address if the MAC is not known."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            if event.mac:
                found.setdefault(event.mac, []).append(event)
        return {mac: tuple(events) for mac, events in found.items()}

    @cached_property
    def phones(self) -> tuple[str, ...]:
        """Return the MACs and addresses of the phones, in the order of their first event.

        A device that only got an address, or none, counts as a phone if its name, its vendor class or the
        first six digits of its MAC are those of a phone, or if the evidence shows no phone at all. A device
        that appears only in a PBX's lines counts if its User-Agent is Cisco's or its address is a private
        one; otherwise it is taken for an unknown host that tries passwords.
        """
        sure = {mac for mac, events in self.by_phone.items() if self._is_phone(mac, events)}
        makers = {mac[:_OF_A_MAKER] for mac in sure if not is_address_key(mac)}
        found = tuple(mac for mac in self.by_phone if mac in sure or mac[:_OF_A_MAKER] in makers)
        return found or tuple(self.by_phone)

    @property
    def others(self) -> tuple[str, ...]:
        """Return the MACs and addresses of devices that are not known to be phones."""
        sure = set(self.phones)
        return tuple(mac for mac in self.by_phone if mac not in sure)

    def _is_phone(self, mac: str, events: Iterable[Event]) -> bool:
        is_hinted = mac in self.hinted and not _is_invented(mac)
        return is_hinted or any(_shows_a_phone(mac, event) for event in events)


def _shows_a_phone(mac: str, event: Event) -> bool:
    if isinstance(event, DiscoverReceived):
        return "Cisco" in event.vendor_class and not _is_invented(mac)
    if isinstance(event, SipSeen) and "cisco" in event.user_agent.lower():
        return True
    if isinstance(event, _OF_A_PBX):
        return not is_address_key(mac) or _is_private(mac)
    return isinstance(event, (*FILE_EVENTS, CdpSeen))


def _is_invented(mac: str) -> bool:
    """Return whether the MAC is not from a manufacturer (IEEE 802: locally administered)."""
    return len(mac) == 12 and bool(int(mac[1], 16) & 2)


def _is_private(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return False
