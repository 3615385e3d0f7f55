"""Turn the events of one phone into arrows.

An event that reports a request and its outcome becomes two arrows. If a SIP message itself was recorded, it
is drawn, and the PBX's report about the same message is not.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ringup import events
from ringup.events import Event, FileNotFound, FileRefused, FileRequested, FileSent, SipSeen, TransferFailed
from ringup.journey.describe import describe, plain
from ringup.ladder.rows import Arrow, Lane, Note

LONGEST_WORDS = 64
"""Maximum number of characters on an arrow; the limit is necessary because names and reasons come from the
network.
"""
REPORT_SECONDS = 2.0
"""Maximum seconds between a SIP message on the wire and the PBX's report about it."""

PHONE, DHCP, TFTP, PBX = Lane


class ArrowRow(NamedTuple):
    """One arrow for an event; in its texts, `{0}` stands for the event."""

    source: Lane
    target: Lane
    words: str
    detail: str = ""


STEPS: Mapping[type[Event], tuple[ArrowRow, ...]] = {
    events.DiscoverReceived: (ArrowRow(PHONE, DHCP, "DISCOVER"),),
    events.AddressOffered: (ArrowRow(DHCP, PHONE, "OFFER {0.address}"),),
    events.AddressLeased: (
        ArrowRow(PHONE, DHCP, "REQUEST {0.address}"), ArrowRow(DHCP, PHONE, "ACK {0.address}"),
    ),
    events.AddressRefused: (
        ArrowRow(PHONE, DHCP, "REQUEST {0.address}"), ArrowRow(DHCP, PHONE, "NAK", "{0.reason}"),
    ),
    events.AddressDeclined: (ArrowRow(PHONE, DHCP, "DECLINE {0.address}"),),
    events.AddressReleased: (ArrowRow(PHONE, DHCP, "RELEASE {0.address}"),),
    events.InformReceived: (ArrowRow(PHONE, DHCP, "INFORM {0.address}"),),
    events.OtherServerChosen: (ArrowRow(PHONE, DHCP, "REQUEST to {0.server}"),),
    events.OtherServerSeen: (ArrowRow(DHCP, PHONE, "by {0.server}"),),
    events.DhcpIgnored: (ArrowRow(PHONE, DHCP, "ignored:", "{0.reason}"),),
    events.PoolEmpty: (ArrowRow(PHONE, DHCP, "DISCOVER"),),
    events.FileRequested: (ArrowRow(PHONE, TFTP, "RRQ {0.name}"),),
    events.FileSent: (ArrowRow(TFTP, PHONE, "DATA {0.name}", "{0.size:,} bytes"),),
    events.FileNotFound: (ArrowRow(TFTP, PHONE, "not found"),),
    events.FileRefused: (ArrowRow(TFTP, PHONE, "refused", "{0.reason}"),),
    events.TransferProgress: (ArrowRow(TFTP, PHONE, "DATA {0.name}", "{0.percent} %"),),
    events.TransferFailed: (ArrowRow(TFTP, PHONE, "DATA {0.name}", "{0.progress}"),),
    events.LineRegistered: (ArrowRow(PHONE, PBX, "REGISTER {0.extension}"), ArrowRow(PBX, PHONE, "200 OK")),
    events.LineAuthenticated: (ArrowRow(PHONE, PBX, "request of {0.extension}, password accepted"),),
    events.LineChallenged: (
        ArrowRow(PHONE, PBX, "REGISTER {0.extension}"), ArrowRow(PBX, PHONE, "401", "to {0.address}"),
    ),
    events.RegistrationRefused: (
        ArrowRow(PHONE, PBX, "REGISTER {0.extension}"), ArrowRow(PBX, PHONE, "refused:", "{0.reason}"),
    ),
    events.LineUnreachable: (ArrowRow(PBX, PHONE, "OPTIONS", "{0.extension}, no answer"),),
    events.LineReachable: (
        ArrowRow(PBX, PHONE, "OPTIONS"), ArrowRow(PHONE, PBX, "200", "after {0.milliseconds:.0f} ms"),
    ),
    events.CallStarted: (ArrowRow(PHONE, PBX, "INVITE {0.to}"),),
    events.CallAnswered: (ArrowRow(PBX, PHONE, "{0.to} answers"),),
    events.LineHungUp: (ArrowRow(PHONE, PBX, "BYE"),),
}  # fmt: skip
"""The arrows for each kind of event; an event of any other kind is shown as a note."""

_REPORTS = (
    events.LineRegistered,
    events.LineAuthenticated,
    events.LineChallenged,
    events.RegistrationRefused,
)
_OUTCOMES = (FileSent, FileNotFound, FileRefused, TransferFailed)
_OF_A_PHONE, _OF_A_PBX = ("REGISTER", "SUBSCRIBE", "PUBLISH"), ("OPTIONS", "NOTIFY")


def arrows_of(found: Sequence[Event]) -> Iterator[Arrow | Note]:
    """Yield the arrows for the events of one phone, which are sorted by time."""
    addresses = {getattr(event, "address", "") for event in found}
    seen_at = [event.at for event in found if isinstance(event, SipSeen)]
    requested: dict[str, int] = {}
    for event in found:
        if isinstance(event, SipSeen):
            yield _sip(event, addresses)
        elif isinstance(event, _REPORTS) and _was_seen(event.at, seen_at):
            continue
        elif (steps := STEPS.get(type(event))) is None:
            yield Note(event.at, describe(event), event=event)
        else:
            yield from _implied(event, requested)
            yield from (_arrow(step, event) for step in steps)


def _was_seen(at: float, seen_at: Sequence[float]) -> bool:
    return any(abs(each - at) <= REPORT_SECONDS for each in seen_at)


def _arrow(step: ArrowRow, event: Event, at: float | None = None) -> Arrow:
    words, detail = step.words.format(event), step.detail.format(event)
    if detail.startswith("-1 "):  # -1 stands for a size that was not measured
        detail = ""
    at = event.at if at is None else at
    return Arrow(
        at, step.source, step.target, plain(words, LONGEST_WORDS), plain(detail, LONGEST_WORDS), event=event
    )


def _implied(event: Event, requested: dict[str, int]) -> Iterator[Arrow]:
    """Yield the request that belongs to an outcome, unless an earlier event reported the request."""
    if isinstance(event, FileRequested):
        requested[event.name] = requested.get(event.name, 0) + 1
    elif isinstance(event, events.AddressOffered) and event.implied_discover:
        yield _arrow(STEPS[events.DiscoverReceived][0], event)
    elif isinstance(event, _OUTCOMES):
        if requested.get(event.name):
            requested[event.name] -= 1
        else:
            at = event.at - event.seconds if isinstance(event, FileSent) else event.at
            yield _arrow(STEPS[FileRequested][0], event, at)


def _sip(event: SipSeen, addresses: set[str]) -> Arrow:
    """Return a SIP message as an arrow; the arrow of a response shows the port to which it was sent."""
    is_from_phone = _is_from_phone(event, addresses)
    ends = (PHONE, PBX) if is_from_phone else (PBX, PHONE)
    words = f"{event.status} ({event.method})" if event.status else f"{event.method} {event.extension}"
    port = (event.source if is_from_phone else event.destination).rpartition(":")[2]
    details = [f"{'from' if is_from_phone else 'to'} port {port}"] if port else []
    if event.authorized:
        words += " with password"
    elif event.method == "REGISTER" and not event.status and event.contact:
        details.append(f"listens at {event.contact.rpartition(':')[2]}")
    return Arrow(
        event.at, *ends, plain(words, LONGEST_WORDS), plain(", ".join(details), LONGEST_WORDS), event=event
    )


def _is_from_phone(event: SipSeen, addresses: set[str]) -> bool:
    """Return whether the phone sent the message.

    An address shows it if one is known to be the phone's. Otherwise the method shows which side sends such a
    request.
    """
    if event.method in _OF_A_PHONE:
        return not event.status
    if event.source.rpartition(":")[0] in addresses - {""}:
        return True
    if event.destination.rpartition(":")[0] in addresses - {""}:
        return False
    return (event.method in _OF_A_PBX) == bool(event.status)
