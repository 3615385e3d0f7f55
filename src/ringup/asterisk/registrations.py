"""Fetch the current registrations after ringup has connected, because it missed earlier events.

Only a reply to Asterisk's OPTIONS proves that a phone is registered. Asterisk keeps the contact of a phone
that lost its power for up to an hour. Actions and fields are those of Asterisk 16 (both drivers) and 22.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ringup.asterisk.control import Manager
from ringup.engine.ami import MOST_LISTED
from ringup.errors import AmiRefused
from ringup.events import Event, LineReachable, LineRegistered, LineUnreachable, LineUnregistered
from ringup.site.model import Driver
from ringup.wire.ami import AmiMessage

_ACTIONS: Mapping[Driver, str] = {
    "pjsip": "PJSIPShowRegistrationInboundContactStatuses",
    "chan_sip": "SIPpeers",
}
NONE = "-none-"
"""The address that chan_sip shows for a peer that is not registered."""

_REPLIES = ("reachable", "ok", "lagged")
_SILENT = ("unreachable",)
"""First words of a contact's status if the phone replies (`_REPLIES`), and if it does not (`_SILENT`)."""

MISSED = "while there was no connection to Asterisk"


@dataclass(frozen=True, slots=True)
class Registration:
    """A line's contact, and the latest result of Asterisk's OPTIONS requests."""

    contact: str
    status: str
    milliseconds: float = 0.0

    @property
    def is_proven(self) -> bool:
        """Return whether the phone replied to OPTIONS."""
        return self.status.lower().startswith(_REPLIES)

    @property
    def is_silent(self) -> bool:
        """Return whether the phone did not reply to OPTIONS."""
        return self.status.lower().startswith(_SILENT)


async def registrations(manager: Manager, driver: Driver) -> dict[str, Registration] | None:
    """Return the registrations by extension; None if Asterisk cannot list them, or lists too many.

    Raises OutsideError if the connection ends.
    """
    try:
        listed = (await manager.action(_ACTIONS[driver])).listed
    except AmiRefused:
        return None
    if len(listed) >= MOST_LISTED:
        return None
    read = _pjsip if driver == "pjsip" else _chan_sip
    return dict(found for each in listed for found in read(each))


def missed(
    found: Mapping[str, Registration], believed: Collection[str], owners: Mapping[str, str], at: float
) -> Iterator[Event]:
    """Yield the missed events: the changes from the registrations that ringup believed to the real ones.

    `owners` are the MACs by extension of the site's lines.
    """
    for extension, registration in found.items():
        if (mac := owners.get(extension)) is None:
            continue
        if registration.is_proven:
            yield LineRegistered(at, mac, extension, registration.contact)
            yield LineReachable(at, mac, extension, registration.milliseconds)
        elif registration.is_silent and extension in believed:
            yield LineUnreachable(at, mac, extension)
    for extension in believed:
        if extension in owners and extension not in found:
            yield LineUnregistered(at, owners[extension], extension, MISSED)


def _pjsip(event: AmiMessage) -> Iterator[tuple[str, Registration]]:
    if event.get("Event") == "ContactStatusDetail" and event.get("AOR"):
        usec = event.get("RoundtripUsec")
        milliseconds = int(usec) / 1000 if usec.isdecimal() and len(usec) < 12 else 0.0
        yield event.get("AOR"), Registration(event.get("URI"), event.get("Status"), milliseconds)


def _chan_sip(event: AmiMessage) -> Iterator[tuple[str, Registration]]:
    address = event.get("IPaddress")
    if event.get("Event") == "PeerEntry" and address not in ("", NONE):
        name = event.get("ObjectName")
        yield name, Registration(f"sip:{name}@{address}:{event.get('IPport')}", event.get("Status"))
