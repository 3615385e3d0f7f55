"""Read the frames on the phones' network as they pass: CDP announcements, and SIP messages of failed
registrations.

A registration that succeeds at the first try is not reported here, because the PBX reports it. SIP messages
are reported in three cases: an answer goes to a port on which the phone does not listen, the PBX refuses the
phone, or no answer comes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ringup.engine.rates import TokenBucket
from ringup.engine.voice_vlan import PLATFORM
from ringup.errors import WireError
from ringup.events import CdpSeen, Event, SipSeen
from ringup.evidence.observation import remember
from ringup.evidence.sip_messages import sip_seen
from ringup.evidence.voice_vlans import VoiceVlans
from ringup.wire import cdp, sip
from ringup.wire.captured import ETHERNET, CapturedCdp, CapturedUdp, captured

METHODS = ("REGISTER", "INVITE", "NOTIFY")
"""The SIP methods whose requests and responses are read."""
ANSWERED_SECONDS = 4.0
"""Seconds after which a REGISTER without a final answer is reported: the phone has then sent it four times
(RFC 3261 §17.1.2.2).
"""
CDP_HOLD_SECONDS = 180.0
"""Seconds without a CDP announcement after which the next one means that the phone had lost its link
(P-CDP-6).
"""
MOST_HELD = 12
"""Maximum number of messages that are kept per phone until the outcome is known, and of ports in its
Contacts.
"""
PER_MINUTE = 20.0
"""Maximum number of reported messages per phone and minute."""
LONGEST_TEXT = 80
"""Maximum length of a text in an event, because a host on the network may send any text."""
CHALLENGES = (401, 407)


@dataclass(slots=True)
class _Phone:
    """The SIP messages of one phone that were seen and not yet reported or forgotten."""

    told: TokenBucket
    held: list[SipSeen] = field(default_factory=list)
    """The messages of a registration whose outcome is not known yet."""
    contacts: set[str] = field(default_factory=set)
    """The ports in the phone's Contact headers."""
    was_told: bool = False
    """True if messages were reported since the last success; then the next success is reported as well."""


class LiveReader:
    """Reads frames in the order of their arrival. Its memory is bounded."""

    def __init__(self, mac_of: Callable[[str], str]) -> None:
        """`mac_of` returns the MAC of the phone that has an address; empty if none has it."""
        self._mac_of = mac_of
        self._phones: dict[str, _Phone] = {}
        self._announced: dict[str, CdpSeen] = {}
        self._vlans = VoiceVlans()

    @property
    def is_waiting(self) -> bool:
        """Return whether a registration waits for its answer, so that `due` must be called."""
        return any(phone.held for phone in self._phones.values())

    def read(self, at: float, frame: bytes) -> list[Event]:
        """Return the events in a frame that arrived at this time (Unix seconds); none for a damaged frame."""
        content = captured(ETHERNET, frame)
        if isinstance(content, CapturedCdp):
            return self._cdp(at, content)
        return self._sip(at, content) if isinstance(content, CapturedUdp) else []

    def due(self, at: float) -> list[Event]:
        """Return the messages of registrations that got no final answer in time."""
        late = [p for p in self._phones.values() if p.held and at - p.held[0].at >= ANSWERED_SECONDS]
        return [event for phone in late for event in self._tell(phone, at)]

    def forget_open_registrations(self) -> None:
        """Forget the registrations that wait for an answer, because their answers can no longer be heard."""
        for phone in self._phones.values():
            phone.held = []

    def _cdp(self, at: float, content: CapturedCdp) -> list[Event]:
        try:
            announced = cdp.parse(content.data)
        except WireError:
            return []
        if not announced.is_of_a_phone:
            return [*self._vlans.answers(at, announced)] if announced.platform != PLATFORM else []
        if not content.mac:
            return []
        self._vlans.note_query(at, content.mac, announced)
        texts = (announced.device, announced.platform, announced.software, announced.port)
        device, platform, software, port = (text[:LONGEST_TEXT] for text in texts)
        facts = (announced.voice_vlan, announced.milliwatts)
        event = CdpSeen(at, content.mac, device, platform, software, port, *facts)
        before = self._announced.get(event.mac)
        remember(self._announced, event.mac, event)
        return [] if before and _is_the_same(before, event) else [event]

    def _sip(self, at: float, datagram: CapturedUdp) -> list[Event]:
        try:
            message = sip.parse(datagram.payload)
        except WireError:
            return []
        source = f"{datagram.source}:{datagram.source_port}"
        seen = sip_seen(at, message, source, f"{datagram.destination}:{datagram.destination_port}")
        if seen.method not in METHODS:
            return []
        for address in (datagram.source, datagram.destination):
            if mac := self._mac_of(address):
                return self._of_phone(_bounded(seen, mac), is_from_phone=address == datagram.source)
        return []

    def _of_phone(self, seen: SipSeen, *, is_from_phone: bool) -> list[Event]:
        phone = self._phones.get(seen.mac)
        if phone is None:
            phone = _Phone(TokenBucket(PER_MINUTE, PER_MINUTE / 60))
            remember(self._phones, seen.mac, phone)
        if is_from_phone and seen.contact and not seen.status:
            if len(phone.contacts) >= MOST_HELD:  # only a host with forged Contacts has so many
                phone.contacts.clear()
            phone.contacts.add(_port(seen.contact))
        phone.held = [*phone.held, seen][-MOST_HELD:]
        port = _port(seen.destination)
        if not is_from_phone and port not in (phone.contacts or {port}):
            return self._tell(phone, seen.at)
        if seen.method != "REGISTER":
            phone.held = [each for each in phone.held if each.method == "REGISTER"]
        elif seen.status >= 300 and (seen.status not in CHALLENGES or _answers_a_password(phone, seen)):
            return self._tell(phone, seen.at)
        elif 200 <= seen.status < 300:
            return self._end(phone, seen)
        return []

    def _end(self, phone: _Phone, seen: SipSeen) -> list[Event]:
        """Forget the messages of a registration that succeeded; return its last message if a failure was
        reported before.
        """
        was_told, phone.was_told = phone.was_told, False
        phone.held, phone.contacts = [], {_port(seen.destination)}
        return [seen] if was_told else []

    def _tell(self, phone: _Phone, at: float) -> list[Event]:
        told: list[Event] = [event for event in phone.held if phone.told.take(at)]
        phone.held, phone.was_told = [], True
        return told


def _is_the_same(before: CdpSeen, event: CdpSeen) -> bool:
    facts = ("device_id", "platform", "version", "port", "voice_vlan", "milliwatts")
    is_recent = 0 <= event.at - before.at < CDP_HOLD_SECONDS
    return is_recent and all(getattr(before, name) == getattr(event, name) for name in facts)


def _answers_a_password(phone: _Phone, seen: SipSeen) -> bool:
    """Return whether this challenge is the reply to a REGISTER that already contained a password."""
    requests = [each for each in phone.held if not each.status and each.call_id == seen.call_id]
    return bool(requests) and requests[-1].authorized


def _bounded(seen: SipSeen, mac: str) -> SipSeen:
    texts: Mapping[str, str] = {
        name: getattr(seen, name)[:LONGEST_TEXT] for name in ("extension", "contact", "user_agent", "call_id")
    }
    return SipSeen(
        seen.at, mac, seen.source, seen.destination, seen.method, seen.status,
        texts["extension"], texts["contact"], texts["user_agent"], seen.authorized, texts["call_id"],
    )  # fmt: skip


def _port(address: str) -> str:
    return address.rpartition(":")[2]
