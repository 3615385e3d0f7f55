"""Find signs of two devices with the same MAC in the events of all phones.

Two things are no such sign. A phone that reboots is normal: the PBX still has its registration, from the same
address. So is a phone that renews its lease. Behind a NAT, many phones register from one address, so that
address proves nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ringup.events import (
    AddressLeased,
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    FilesFromTwoAddresses,
    LineAuthenticated,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    PbxLost,
    RegisteredElsewhere,
)
from ringup.wire.file_names import owner_of

SECONDS = 60.0
"""Maximum seconds between two requests that count as a sign, and minimum seconds between two equal events."""

MOST_PHONES = 20_000
"""Maximum number of phones that are kept for each kind of sign.

If there are more, all are dropped, because a host can invent any number of MACs.
"""

_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}", re.ASCII)


class _Request(NamedTuple):
    address: str
    at: float


class TwoDevices:
    """Reads the events of all phones, and returns events about two devices with the same MAC."""

    def __init__(self) -> None:
        self._registered: dict[str, str] = {}
        """The address from which each phone is registered, by MAC."""
        self._phones_at: Counter[str] = Counter()
        """The number of phones that are registered from each address."""
        self._requests: dict[str, _Request] = {}
        """The last request for each phone's own files, by MAC."""
        self._told: dict[tuple[str, ...], float] = {}

    def traces(self, events: Iterable[Event]) -> list[Event]:
        """Return the events that follow from these events; an event is repeated at most once a minute."""
        found: list[Event] = []
        for event in events:
            follow = _FOLLOW.get(type(event))
            if follow and (traces := follow(self, event)):  # nearly always, there are no such events
                found += [trace for trace in traces if self._is_news(event.at, trace)]
        return found

    def _is_news(self, at: float, trace: Event) -> bool:
        key = (type(trace).__name__, trace.mac, *sorted(_addresses(trace)))
        told = self._told.get(key)
        if told is not None and _within_a_minute(told, at):
            return False
        _remember(self._told, key, at)
        return True

    def _registers(self, event: LineRegistered | LineAuthenticated) -> Sequence[Event]:
        where = event.contact if isinstance(event, LineRegistered) else event.address
        if event.mac and (found := _ADDRESS.search(where)):
            self._forget_registration(event.mac)
            if len(self._registered) >= MOST_PHONES:
                self._forget_registrations()
            self._registered[event.mac] = found[0]
            self._phones_at[found[0]] += 1
        return ()

    def _leaves(self, event: LineUnregistered | LineUnreachable) -> Sequence[Event]:
        self._forget_registration(event.mac)
        return ()

    def _loses_pbx(self, _event: PbxLost) -> Sequence[Event]:
        self._forget_registrations()
        return ()

    def _forget_registration(self, mac: str) -> None:
        if address := self._registered.pop(mac, ""):
            self._phones_at[address] -= 1

    def _forget_registrations(self) -> None:
        self._registered.clear()
        self._phones_at.clear()

    def _leases(self, event: AddressLeased) -> Sequence[Event]:
        return () if event.renewed else self._boots(event.at, event.mac, event.address)

    def _requests_file(self, event: FileRequested | FileSent | FileNotFound | FileRefused) -> Sequence[Event]:
        mac = owner_of(event.name)
        if not mac:
            return ()
        boots = self._boots(event.at, mac, event.address)
        before = self._requests.get(mac)
        _remember(self._requests, mac, _Request(event.address, event.at))
        if before and before.address != event.address and _within_a_minute(before.at, event.at):
            return *boots, FilesFromTwoAddresses(event.at, mac, event.address, before.address)
        return boots

    def _boots(self, at: float, mac: str, address: str) -> Sequence[Event]:
        registered = self._registered.get(mac, address)
        if registered == address or self._phones_at[registered] > 1:
            return ()
        return (RegisteredElsewhere(at, mac, address, registered),)


_FOLLOW: Mapping[type[Event], Callable[[TwoDevices, Any], Sequence[Event]]] = {
    LineRegistered: TwoDevices._registers,
    LineAuthenticated: TwoDevices._registers,
    LineUnregistered: TwoDevices._leaves,
    LineUnreachable: TwoDevices._leaves,
    PbxLost: TwoDevices._loses_pbx,
    AddressLeased: TwoDevices._leases,
    FileRequested: TwoDevices._requests_file,
    FileSent: TwoDevices._requests_file,
    FileNotFound: TwoDevices._requests_file,
    FileRefused: TwoDevices._requests_file,
}


def _within_a_minute(earlier: float, later: float) -> bool:
    """Return whether two times are at most a minute apart; False if the clock was set back between them."""
    return 0 <= later - earlier < SECONDS


def _addresses(trace: Event) -> Iterator[str]:
    for name in ("address", "registered", "before"):
        if address := getattr(trace, name, ""):
            yield address


def _remember(kept: dict[Any, Any], key: object, value: object) -> None:
    if len(kept) >= MOST_PHONES and key not in kept:
        kept.clear()
    kept[key] = value
