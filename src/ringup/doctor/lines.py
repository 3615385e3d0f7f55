"""The PBX's reports about each line of a phone, and the SIP messages, as the rules about registrations need
them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ringup.doctor.evidence import SERVICE, Evidence, PbxLine
from ringup.doctor.spans import about, late, of_kind, since_service
from ringup.errors import WireError
from ringup.events import (
    AddressLeased,
    Event,
    FileSent,
    LineAuthenticated,
    LineChallenged,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    RegistrationRefused,
    SipSeen,
)
from ringup.evidence.observation import is_address
from ringup.rule import Unknown, known
from ringup.wire.sip import parse_uri

WAITING = ("own_file", "dial_plan")
"""Boot stages after which a REGISTER should come next."""

_ABOUT_LINES = (*SERVICE, LineUnreachable, LineUnregistered, RegistrationRefused)


@dataclass(frozen=True, slots=True)
class LineEvents:
    """One line (extension), and the PBX's reports about it."""

    extension: str
    events: tuple[Event, ...]

    @property
    def last(self) -> Event | None:
        """Return the last report about the line."""
        return self.events[-1] if self.events else None

    def last_of(self, *kinds: type[Event]) -> Event | None:
        """Return the last report of these kinds about the line."""
        return next((event for event in reversed(self.events) if isinstance(event, kinds)), None)

    def refusals(self) -> tuple[RegistrationRefused, ...]:
        """Return the refusals of the line since the PBX last accepted it."""
        accepted = (LineRegistered, LineAuthenticated)
        last = max((n for n, event in enumerate(self.events) if isinstance(event, accepted)), default=-1)
        return of_kind(self.events[last + 1 :], RegistrationRefused)


def lines(evidence: Evidence) -> Iterator[LineEvents]:
    """Yield each line for which there is an event."""
    events = [event for event in evidence.events if isinstance(event, _ABOUT_LINES)]
    for extension in dict.fromkeys(event.extension for event in events):
        yield LineEvents(extension, tuple(event for event in events if event.extension == extension))


def port_of(contact: str) -> int:
    """Return the port in a contact, which is a URI or ``host:port``; 0 if it names no port."""
    try:
        return parse_uri(contact if contact.lower().startswith("sip") else f"sip:{contact}").port or 0
    except WireError:
        return 0


def is_waiting(evidence: Evidence) -> bool:
    """Return whether a REGISTER is overdue: the phone has had its file for longer than it needs to
    register.
    """
    return evidence.journey.stage in WAITING and late(evidence) is not None


def own_file_sent(evidence: Evidence) -> tuple[FileSent, ...]:
    """Return the last transfer of the phone's own file since it was last in service; empty if there was
    none.
    """
    own = about(since_service(evidence), evidence.mac, "own_file")
    return tuple(event for event in own if isinstance(event, FileSent))[-1:]


def stopped_at_its_file(evidence: Evidence) -> bool:
    """Return whether the transfer of its own file is the last that was seen of a phone.

    A phone requests the ring list within two seconds after its own file, before its first REGISTER (P-BOOT-8,
    P-RING-1). The name of that file contains no MAC: ringup assigns the request by the address that it leased
    to the phone.
    """
    own = own_file_sent(evidence)
    if not own or evidence.journey.stage != "own_file" or own[0] != evidence.events[-1]:
        return False
    return any(lease.address == own[0].address for lease in of_kind(evidence.events, AddressLeased))


def seen_sip(evidence: Evidence, method: str = "REGISTER") -> tuple[SipSeen, ...]:
    """Return the messages of this method that were seen since the phone was last in service."""
    return tuple(each for each in of_kind(since_service(evidence), SipSeen) if each.method == method)


def requests(seen: Sequence[SipSeen]) -> tuple[SipSeen, ...]:
    """Return the requests among these messages."""
    return tuple(each for each in seen if not each.status)


def is_behind_nat(request: SipSeen) -> bool:
    """Return whether a request comes from an address that is not the phone's own, which its Contact names."""
    source, contact = (side.rpartition(":")[0] for side in (request.source, request.contact))
    return is_address(source) and is_address(contact) and source != contact


def answers(seen: Sequence[SipSeen], *statuses: int) -> tuple[SipSeen, ...]:
    """Return the answers among these messages: all of them, or those with these statuses."""
    return tuple(each for each in seen if each.status and (not statuses or each.status in statuses))


def challenges(evidence: Evidence) -> tuple[LineChallenged, ...]:
    """Return the challenges of the PBX that the phone has not answered since it last got its own file."""
    began = max((event.at for event in own_file_sent(evidence)), default=0.0)
    return tuple(each for each in of_kind(since_service(evidence), LineChallenged) if each.at >= began)


def pbx_line(evidence: Evidence, extension: str) -> PbxLine | None:
    """Return a line as the PBX has loaded it; None if the PBX was not asked, or does not have the line."""
    return None if isinstance(evidence.pbx, Unknown) else evidence.pbx.lines.get(extension)


def extensions(evidence: Evidence) -> tuple[str, ...]:
    """Return the extensions of the phone; raises NotKnown where the site was not read."""
    return tuple(line.extension for line in known(evidence.expected).lines)
