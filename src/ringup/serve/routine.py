"""Drop events that only repeat a known state.

Without this, 5,000 lines that re-register each hour make 240,000 events a day. If a registered line registers
again from the same address, only one event per day is stored. After a boot, or a lost registration, the next
event is stored again.
"""

from collections.abc import Sequence

from ringup.events import (
    AddressOffered,
    DiscoverReceived,
    Event,
    FileNotFound,
    FileRequested,
    FileSent,
    LineAuthenticated,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    PbxConnected,
    RegistrationRefused,
    ServerStarted,
)
from ringup.wire.file_names import owner_of

DAY = 86_400.0
"""Seconds after which a repeated event is stored again, as a proof that the line worked on that day."""
MOST_PHONES = 20_000
"""Maximum number of phones in memory; the memory is cleared when there are more."""

_AGAIN = (LineRegistered, LineAuthenticated, LineReachable)
_ALL_IS_NEW_AFTER = (ServerStarted, PbxConnected)
_PHONE_IS_NEW_AFTER = (
    AddressOffered,
    DiscoverReceived,
    FileNotFound,
    FileRequested,
    FileSent,
    LineUnreachable,
    LineUnregistered,
    RegistrationRefused,
)

_Said = dict[tuple[type[Event], str, str], float]
"""The time of a line's last event, by kind of event, extension and address."""


class RoutineEvents:
    """Remembers the events of each phone's lines since its last boot. One thread at a time may call it."""

    def __init__(self) -> None:
        self._said: dict[str, _Said] = {}

    def without(self, events: Sequence[Event]) -> list[Event]:
        """Return the events to store, in their order."""
        return [event for event in events if self._is_news(event)]

    def _is_news(self, event: Event) -> bool:
        if isinstance(event, _AGAIN):
            return self._is_first_today(event)
        if isinstance(event, _ALL_IS_NEW_AFTER):
            self._said.clear()
        elif self._said and isinstance(event, _PHONE_IS_NEW_AFTER):
            self._said.pop(event.mac or owner_of(getattr(event, "name", "")), None)
        return True

    def _is_first_today(self, event: LineRegistered | LineAuthenticated | LineReachable) -> bool:
        if event.mac not in self._said and len(self._said) >= MOST_PHONES:
            self._said.clear()
        said = self._said.setdefault(event.mac, {})
        key = type(event), event.extension, _place(event)
        before = said.get(key)
        if before is not None and 0 <= event.at - before < DAY:
            return False
        for other in [other for other in said if other[:2] == key[:2]]:
            del said[other]  # the line has moved to another address
        said[key] = event.at
        return True


def _place(event: LineRegistered | LineAuthenticated | LineReachable) -> str:
    """Return the address of the line in the event."""
    if isinstance(event, LineRegistered):
        return event.contact
    return event.address if isinstance(event, LineAuthenticated) else ""
