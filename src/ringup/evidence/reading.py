"""The result of reading: the events of phones, and a report for each file."""

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
"""Number of digits of a MAC that name the manufacturer (IEEE 802)."""
_OF_A_PBX = (
    LineAuthenticated, LineReachable, LineRegistered, LineUnreachable, RegistrationRefused, SipSeen,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileReading:
    """The result of reading one file."""

    name: str
    kind: str
    """``text``, ``capture``, or either in a compressed file."""
    lines: int
    """Number of lines, or of packets of a capture."""
    forms: Mapping[str, int]
    """The number of lines or packets of each form that was found in the file."""
    protocols: frozenset[str] = frozenset()
    """The protocols that these forms contain: silence about any other protocol proves nothing."""
    unread: int = 0
    """Number of lines that mention phones but match no form."""
    examples: tuple[str, ...] = ()
    """Examples of these lines."""
    last_at: float = 0.0
    """The time of the last line or packet of any kind; 0: the file is empty or has no times."""
    is_timed: bool = True
    """True if the lines have times; if not, events are a millisecond apart, in the order of the lines."""
    offsets: frozenset[int] = frozenset()
    """The zones that its times name, in seconds east of UTC."""
    problem: str = ""
    """The reason why nothing was read; empty if the file was read."""


@dataclass(frozen=True)
class Reading:
    """The events of all files, by time, each with the MAC of its phone.

    If the evidence shows no MAC of a phone, `mac` of its events is its address (`is_address_key`).
    """

    events: tuple[Event, ...] = ()
    files: tuple[FileReading, ...] = ()
    omitted: int = 0
    """Number of events that were dropped because memory is bounded: the oldest of the busiest phones."""
    hinted: frozenset[str] = field(default_factory=frozenset)
    """MACs that a host name or a vendor class shows to be those of Cisco phones."""
    dhcp_clients: Mapping[str, int] = field(default_factory=dict)
    """The VLAN of the last DHCPDISCOVER of each MAC, from captures; 0: it had no tag."""
    dhcp_servers: Mapping[int, str] = field(default_factory=dict)
    """The DHCP server that answered in each VLAN, from captures."""

    @property
    def lines(self) -> int:
        """Return the number of lines and packets in all files."""
        return sum(file.lines for file in self.files)

    @property
    def unread(self) -> int:
        """Return the number of lines that mention phones but match no form."""
        return sum(file.unread for file in self.files)

    @property
    def last_at(self) -> float:
        """Return the time of the last line of any file: the evidence ends there."""
        last_event = self.events[-1].at if self.events else 0.0
        return max([last_event, *(file.last_at for file in self.files)])

    @property
    def is_timed(self) -> bool:
        """Return whether the events have times; if not, only their order is known."""
        return all(file.is_timed for file in self.files if file.forms)

    @property
    def offset(self) -> int | None:
        """Return the one zone that all times with a zone name, in seconds east of UTC; None: there is no such
        zone, or several.
        """
        offsets = {offset for file in self.files for offset in file.offsets}
        return offsets.pop() if len(offsets) == 1 else None

    @property
    def forms(self) -> Mapping[str, Mapping[str, int]]:
        """Return the forms of each file, with the number of lines or packets of each."""
        return {file.name: file.forms for file in self.files}

    @property
    def protocols(self) -> frozenset[str]:
        """Return those of ``CDP``, ``DHCP``, ``TFTP``, ``SIP`` and ``PBX`` that the files contain."""
        return frozenset(protocol for file in self.files for protocol in file.protocols)

    @cached_property
    def by_phone(self) -> Mapping[str, tuple[Event, ...]]:
        """Return the events of each device, by its MAC or address."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            if event.mac:
                found.setdefault(event.mac, []).append(event)
        return {mac: tuple(events) for mac, events in found.items()}

    @cached_property
    def phones(self) -> tuple[str, ...]:
        """Return the MACs and addresses of the phones, in the order of their first event.

        A device that only got an address, or none, counts as a phone if its name, its vendor class or the
        first half of its MAC is that of a phone, or if the evidence shows no phone at all. A device that
        appears only in a PBX's lines counts if its User-Agent is Cisco's or its address is a private one:
        others are unknown hosts that try passwords.
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
