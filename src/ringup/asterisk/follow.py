"""Turn Asterisk's manager events into events about the site's phones: one row per kind of manager event.

The manager events were recorded with Asterisk 16 (chan_sip and PJSIP) and 22 (PJSIP), and the tests use these
recordings. They show four facts. If a contact registers again unchanged, as after a restart, PJSIP reports
only a successful login. chan_sip reports an unknown account in the same way as a wrong password. A channel
belongs to the caller if its Uniqueid is its Linkedid. A call that voicemail answers is not reported as
answered.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ringup.asterisk.channel_names import extension_of
from ringup.asterisk.register_query import OWN_CALL
from ringup.events import (
    CallAnswered,
    CallEnded,
    CallMissed,
    CallStarted,
    Event,
    LineAuthenticated,
    LineChallenged,
    LineHungUp,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    MessagesWaiting,
    RegistrationRefused,
)
from ringup.wire.ami import AmiMessage

RING, UP = "4", "6"
"""Values of ChannelState: the phone has dialled (RING), or the call was answered (UP)."""

_PEER = re.compile(r"SIP/(.+)")
_DEVICE = re.compile(r"Skinny/SEP([0-9A-Fa-f]{12})")
_SIP_SERVICES = ("SIP", "PJSIP")


@dataclass(frozen=True, slots=True)
class _Seen:
    """One manager event, together with the owners of the site's lines and addresses."""

    event: AmiMessage
    owners: Mapping[str, str]
    """The phone's MAC for each extension of the site."""
    mac_of: Callable[[str], str]
    """Returns the MAC of the phone that has this address; empty if the address is unknown."""
    at: float

    def get(self, name: str) -> str:
        return self.event.get(name)

    @property
    def is_ours(self) -> bool:
        """Return whether the event is about ringup's own query of a secret, and not about a phone."""
        return self.get("SessionID").startswith(OWN_CALL)

    def line(self, extension: str) -> tuple[float, str, str] | None:
        """Return the first three fields of an event about one of the site's lines."""
        mac = self.owners.get(extension)
        return None if mac is None else (self.at, mac, extension)

    def line_of_channel(self, name: str) -> tuple[float, str, str] | None:
        """Return the first three fields of an event about the line to which this channel belongs."""
        return self.line(extension_of(self.get(name)))

    def lines_of(self, mac: str) -> Iterator[tuple[float, str, str]]:
        """Yield the first three fields of events about all lines of a phone of the site."""
        return ((self.at, owner, extension) for extension, owner in self.owners.items() if owner == mac)


def happenings(
    event: AmiMessage,
    owners: Mapping[str, str],
    at: float,
    *,
    mac_of: Callable[[str], str] = lambda _address: "",
) -> list[Event]:
    """Return ringup's events for a manager event about the lines in `owners` (MACs by extension).

    Most manager events give no event. `mac_of` returns the MAC of an address, or an empty text. It identifies
    a phone that tries to register to an account that does not exist.
    """
    row = _ROWS.get(event.get("Event"))
    return list(row(_Seen(event, owners, mac_of, at))) if row else []


def _contact_status(seen: _Seen) -> Iterator[Event]:
    """Handle PJSIP's ContactStatus: a contact was added or removed, or its reply to OPTIONS changed."""
    if (line := seen.line(seen.get("AOR"))) is None:
        return
    match seen.get("ContactStatus"):
        case "NonQualified" | "Created" | "Updated":
            yield LineRegistered(*line, seen.get("URI"))
        case "Reachable":
            yield LineReachable(*line, _number(seen.get("RoundtripUsec")) / 1000)
        case "Unreachable":
            yield LineUnreachable(*line)
        case "Removed":
            yield LineUnregistered(*line)


def _peer_status(seen: _Seen) -> Iterator[Event]:
    """Handle PeerStatus of chan_sip and chan_skinny.

    PJSIP sends this event too, but its ContactStatus has more details.
    """
    if device := _DEVICE.fullmatch(seen.get("Peer")):
        yield from _device_status(seen, device[1].upper())
        return
    peer = _PEER.fullmatch(seen.get("Peer"))
    line = seen.line(peer[1]) if peer else None
    if line is None:
        return
    match seen.get("PeerStatus"):
        case "Registered":
            yield LineRegistered(*line, seen.get("Address"))
        case "Reachable" | "Lagged":
            yield LineReachable(*line, _number(seen.get("Time")))
        case "Unreachable":
            yield LineUnreachable(*line)
        case "Unregistered":
            yield LineUnregistered(*line, seen.get("Cause"))
        case "Rejected":
            yield RegistrationRefused(*line, seen.get("Cause") or "rejected")


def _device_status(seen: _Seen, mac: str) -> Iterator[Event]:
    """Handle chan_skinny's event; a phone registers with all its lines, and the event does not have its
    address.
    """
    for line in seen.lines_of(mac):
        match seen.get("PeerStatus"):
            case "Registered":
                yield LineRegistered(*line, f"sccp:SEP{mac}")
            case "Unregistered":
                yield LineUnregistered(*line, seen.get("Cause"))


def _logged_in(seen: _Seen) -> Iterator[Event]:
    if seen.get("Service") == "PJSIP" and not seen.is_ours and (line := seen.line(seen.get("AccountID"))):
        yield LineAuthenticated(*line, _address(seen.get("RemoteAddress")))


def _challenged(seen: _Seen) -> Iterator[Event]:
    if (
        seen.get("Service") in _SIP_SERVICES
        and not seen.is_ours
        and (line := seen.line(seen.get("AccountID")))
    ):
        yield LineChallenged(*line, _address(seen.get("RemoteAddress")))


def _refused(reason: str) -> Callable[[_Seen], Iterator[Event]]:
    def row(seen: _Seen) -> Iterator[Event]:
        # Failed logins to the manager interface itself are reported by the same events.
        if seen.get("Service") not in _SIP_SERVICES or seen.is_ours:
            return
        extension = seen.get("AccountID")
        if (line := seen.line(extension)) is not None:
            yield RegistrationRefused(*line, reason)
            return
        address = _address(seen.get("RemoteAddress"))
        yield RegistrationRefused(
            seen.at, seen.mac_of(address), extension, f"unknown account, tried from {address}"
        )

    return row


def _state(seen: _Seen) -> Iterator[Event]:
    """Yield the start of a call: the phone has dialled, so its own channel is in the state Ring.

    chan_sip reports this state in a second event.
    """
    line = seen.line_of_channel("Channel")
    if line is not None and seen.get("ChannelState") == RING and seen.get("Exten"):
        yield CallStarted(*line, seen.get("Exten"))


def _dial_end(seen: _Seen) -> Iterator[Event]:
    """Yield events about the lines of the site when the called side was reached or not.

    If the call was answered, there is an event for each side that is a line of the site. If it was not
    answered, there is an event for the called line.
    """
    called = seen.line_of_channel("DestChannel")
    if seen.get("DialStatus") != "ANSWER":
        if called is not None:
            yield CallMissed(*called, seen.get("CallerIDNum").replace("<unknown>", ""))
        return
    if (caller := seen.line_of_channel("Channel")) is not None:
        yield CallAnswered(*caller, seen.get("Exten"))
    if called is not None:
        yield CallAnswered(*called, seen.get("CallerIDNum"))


def _hangup_request(seen: _Seen) -> Iterator[Event]:
    """Yield an event for the line that hung up.

    A busy phone that refuses a call causes this manager event too, but its channel has taken no part in the
    call.
    """
    line = seen.line_of_channel("Channel")
    if line is not None and _took_part(seen):
        yield LineHungUp(*line)


def _hangup(seen: _Seen) -> Iterator[Event]:
    """Yield the end of a call; a called channel that never answered had no call, so it gives no event."""
    line = seen.line_of_channel("Channel")
    if line is not None and _took_part(seen):
        yield CallEnded(*line, seen.get("Cause-txt"))


def _took_part(seen: _Seen) -> bool:
    return seen.get("Uniqueid") == seen.get("Linkedid") or seen.get("ChannelState") == UP


def _messages(seen: _Seen) -> Iterator[Event]:
    box = seen.get("Mailbox").partition("@")[0]
    if (line := seen.line(box)) is not None:
        new = seen.get("New") or seen.get("Waiting")
        yield MessagesWaiting(*line, _number(new), _number(seen.get("Old")))


_ROWS: Mapping[str, Callable[[_Seen], Iterator[Event]]] = {
    "ContactStatus": _contact_status,
    "PeerStatus": _peer_status,
    "SuccessfulAuth": _logged_in,
    "ChallengeSent": _challenged,
    "InvalidPassword": _refused("wrong password"),
    "ChallengeResponseFailed": _refused("wrong password"),
    "InvalidAccountID": _refused("unknown account"),
    "Newchannel": _state,
    "Newstate": _state,
    "DialEnd": _dial_end,
    "HangupRequest": _hangup_request,
    "Hangup": _hangup,
    "MessageWaiting": _messages,
}


def _number(text: str) -> int:
    """Return a number (a count, milliseconds or microseconds); -1 and invalid texts become 0."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _address(text: str) -> str:
    """Return the IP address in a text like ``IPV4/UDP/127.0.0.12/46881``."""
    parts = text.split("/")
    return parts[2] if len(parts) == 4 else text
