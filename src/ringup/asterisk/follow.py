"""Turn Asterisk's manager events into events about the site's phones: one row per kind of event.

Recorded with Asterisk 16 (chan_sip and PJSIP) and 22 (PJSIP); the recordings are the tests' data. What they
taught: PJSIP says nothing but that a login succeeded when a contact is registered again unchanged, as after a
restart; chan_sip cannot tell an unknown account from a wrong password; a channel is the caller's when its
Uniqueid is its Linkedid; voicemail that answers is not an answered call.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ringup.events import (
    CallAnswered,
    CallEnded,
    CallStarted,
    Event,
    LineAuthenticated,
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
"""ChannelState: the phone has dialled; both sides talk."""

_CHANNEL = re.compile(r"(?:PJSIP|SIP)/(.+)-[0-9a-f]{8}")
_PEER = re.compile(r"SIP/(.+)")
_SIP_SERVICES = ("SIP", "PJSIP")


@dataclass(frozen=True, slots=True)
class _Seen:
    """One manager event with what is known about our lines."""

    event: AmiMessage
    owners: Mapping[str, str]
    """Extension to MAC."""
    mac_of: Callable[[str], str]
    """Address to MAC; empty for a stranger's."""
    at: float

    def get(self, name: str) -> str:
        return self.event.get(name)

    def line(self, extension: str) -> tuple[float, str, str] | None:
        """The first three fields of an event about one of our lines."""
        mac = self.owners.get(extension)
        return None if mac is None else (self.at, mac, extension)

    def line_of_channel(self, name: str) -> tuple[float, str, str] | None:
        """The line whose channel this is."""
        channel = _CHANNEL.fullmatch(self.get(name))
        return self.line(channel[1]) if channel else None


def happenings(
    event: AmiMessage,
    owners: Mapping[str, str],
    at: float,
    *,
    mac_of: Callable[[str], str] = lambda _address: "",
) -> list[Event]:
    """What the event says about the lines of `owners` (extension to MAC); most events say nothing.

    `mac_of` (address to MAC, or "") names the phone that tries an account which does not exist.
    """
    row = _ROWS.get(event.get("Event"))
    return list(row(_Seen(event, owners, mac_of, at))) if row else []


def _contact_status(seen: _Seen) -> Iterator[Event]:
    """PJSIP: a contact came, went, or changed its answer to OPTIONS."""
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
    """chan_sip; PJSIP sends this too, but its ContactStatus says more."""
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


def _logged_in(seen: _Seen) -> Iterator[Event]:
    if seen.get("Service") == "PJSIP" and (line := seen.line(seen.get("AccountID"))):
        yield LineAuthenticated(*line, _address(seen.get("RemoteAddress")))


def _refused(reason: str) -> Callable[[_Seen], Iterator[Event]]:
    def row(seen: _Seen) -> Iterator[Event]:
        # The manager interface reports its own failed logins by the same events.
        if seen.get("Service") not in _SIP_SERVICES:
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
    """A phone has dialled: its own channel rings at the dial plan (chan_sip says so in a second event)."""
    line = seen.line_of_channel("Channel")
    if line is not None and seen.get("ChannelState") == RING and seen.get("Exten"):
        yield CallStarted(*line, seen.get("Exten"))


def _dial_end(seen: _Seen) -> Iterator[Event]:
    """The far end picked up: told of both sides, so far as they are ours."""
    if seen.get("DialStatus") != "ANSWER":
        return
    if (caller := seen.line_of_channel("Channel")) is not None:
        yield CallAnswered(*caller, seen.get("Exten"))
    if (called := seen.line_of_channel("DestChannel")) is not None:
        yield CallAnswered(*called, seen.get("CallerIDNum"))


def _hangup_request(seen: _Seen) -> Iterator[Event]:
    """One end hung up; a busy phone that refuses a call sends this too, while its channel rings."""
    line = seen.line_of_channel("Channel")
    if line is not None and _took_part(seen):
        yield LineHungUp(*line)


def _hangup(seen: _Seen) -> Iterator[Event]:
    """A channel ended; one that was called and never picked up took part in nothing."""
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
    """A count, a time in milliseconds or microseconds; -1 and nonsense count as 0."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _address(text: str) -> str:
    """The address in ``IPV4/UDP/127.0.0.12/46881``."""
    parts = text.split("/")
    return parts[2] if len(parts) == 4 else text
