"""Answer phones' CDP queries for a voice VLAN, without a socket and a clock (P-CDP-4, P-CDP-6, P-CDP-14).

An announcement with a voice VLAN moves every Cisco phone that hears it. So the engine first only listens, for
longer than a switch is silent (P-CDP-6). While it hears a device that sends CDP and is not a phone, it sends
nothing: that device may be the switch that decides. Another ringup with the same voice VLAN does not count.

One announcement answers all queries before it. The engine sends at most one announcement per `LEAST_PAUSE`,
so that queries of forged phones cause little traffic; a query in the pause is answered at its end.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from ringup.errors import WireError
from ringup.events import VoiceVlanAnswered
from ringup.wire import cdp
from ringup.wire.captured import ETHERNET, CapturedCdp, captured
from ringup.wire.ipv4 import packed

LISTEN_FIRST = 61.0
"""Seconds after the start in which nothing is sent: a switch announces itself every 60 s (P-CDP-6)."""
REPEAT = 60.0
"""Seconds between two announcements while phones are heard (P-CDP-6)."""
LEAST_PAUSE = 0.1
"""Minimum seconds between two announcements. A guess: a phone waits 5 s for an answer (P-CDP-10)."""
MOST_PHONES = 2_000
"""Maximum number of phones whose last query is remembered: more than are on one segment."""
LONGEST_TEXT = 80
"""Maximum number of characters kept of a text that another device sent; any host may send any text."""
SWITCH_WITH_IGMP = 0x28
"""The capabilities of a Catalyst 2950 (P-CDP-12)."""
PLATFORM = "ringup"


class CdpIdentity(NamedTuple):
    """The sender as ringup's announcements describe it."""

    mac: str
    interface: str
    host: str
    version: str
    address: str = ""
    """The IPv4 address of the interface; empty: it has none."""


class OtherSpeaker(NamedTuple):
    """A device that sends CDP and is not a phone."""

    mac: str
    device: str
    platform: str
    voice_vlan: int
    """The voice VLAN that it announces; `cdp.NO_VLAN`: none."""


class VoiceVlan:
    """Answers CDP queries on one interface. All times are seconds of one clock that never goes back."""

    def __init__(self, vlan: int, identity: CdpIdentity, listen_first: float | None = None) -> None:
        """`vlan` is 1 to 4094, or one of `cdp.PRIORITY_ONLY` and `cdp.UNTAGGED`; `listen_first` replaces
        LISTEN_FIRST.
        """
        self.vlan = vlan
        self.other: OtherSpeaker | None = None
        """The device because of which nothing is sent; None: there is no such device."""
        self._identity = identity
        self._frame = cdp.frame(identity.mac, _announcement(vlan, identity))
        self.listen_first = LISTEN_FIRST if listen_first is None else listen_first
        """Seconds after the start in which nothing is sent."""
        self._begins = float("inf")
        self._next_at = self._heard_until = self._silent_until = float("-inf")
        self._last_sent = float("-inf")
        self._phones: OrderedDict[str, float] = OrderedDict()
        """By MAC: when each phone sent the last query that was answered."""
        self._asking: dict[str, float] = {}
        """By MAC: when each phone sent a query since the last announcement."""
        self._answered: list[str] = []

    def start(self, now: float) -> None:
        """Begin to listen."""
        self._begins = now + self.listen_first

    def receive(self, frame: bytes, now: float) -> list[bytes]:
        """Take a frame; return the frames to send."""
        content = captured(ETHERNET, frame)
        if not isinstance(content, CapturedCdp) or content.mac == self._identity.mac:
            return []
        try:
            announced = cdp.parse(content.data)
        except WireError:
            return []
        if not announced.is_of_a_phone:
            self._note_speaker(content.mac, announced, now)
        elif is_query(content.mac, announced) and cdp.checksum(content.data) == 0:
            self._note_query(content.mac, now)
        return self.wake(now)

    @property
    def wake_at(self) -> float | None:
        """Return the time of the next call of `wake`; None while nothing is due."""
        if self.other:
            return self._silent_until
        due = max(self._next_at, self._begins)
        return due if due <= self._heard_until else None

    def wake(self, now: float) -> list[bytes]:
        """Return the frames to send now: an announcement if one is due, else none."""
        if self.other and now >= self._silent_until:
            self.other = None
        due = self.wake_at
        if self.other or due is None or now < due:
            return []
        self._last_sent, self._next_at = now, now + REPEAT
        self._remember()
        return [self._frame]

    def take_events(self, at: float) -> Sequence[VoiceVlanAnswered]:
        """Return one event for each phone that was answered since the last call, and not in the 180 s before.

        `at` is the time of the events in Unix seconds.
        """
        macs, self._answered = self._answered, []
        by = f"{PLATFORM} on {self._identity.interface}"
        return [VoiceVlanAnswered(at, mac, by, self.vlan) for mac in macs]

    def _note_query(self, mac: str, now: float) -> None:
        self._heard_until = now + cdp.HOLD_SECONDS
        self._next_at = max(now, self._last_sent + LEAST_PAUSE)
        if len(self._asking) < MOST_PHONES:
            self._asking[mac] = now

    def _note_speaker(self, mac: str, announced: cdp.Announcement, now: float) -> None:
        if announced.platform == PLATFORM and announced.voice_vlan == self.vlan:
            return
        self._silent_until = max(self._silent_until, now + max(announced.hold_seconds, REPEAT))
        self._asking.clear()
        self.other = self.other or OtherSpeaker(
            mac, announced.device[:LONGEST_TEXT], announced.platform[:LONGEST_TEXT], announced.voice_vlan
        )

    def _remember(self) -> None:
        """Note the phones that an announcement answers."""
        for mac, asked_at in self._asking.items():
            before = self._phones.pop(mac, float("-inf"))
            self._phones[mac] = asked_at
            if asked_at - before > cdp.HOLD_SECONDS:
                self._answered.append(mac)
        self._asking.clear()
        while len(self._phones) > MOST_PHONES:
            self._phones.popitem(last=False)


def is_query(mac: str, announced: cdp.Announcement) -> bool:
    """Return whether a phone queries its own voice VLAN: its name ends in the MAC that sent the frame."""
    return announced.asks_for_vlan and bool(mac) and announced.device.upper().endswith(mac)


def _announcement(vlan: int, identity: CdpIdentity) -> bytes:
    """Return the records of an announcement, which are those of a Catalyst's answer (P-CDP-4, P-CDP-12)."""
    address = [packed(identity.address)] if identity.address else []
    return cdp.build(
        (
            (cdp.DEVICE, identity.host.encode()),
            (cdp.ADDRESSES, cdp.addresses(*address)),
            (cdp.PORT, identity.interface.encode()),
            (cdp.CAPABILITIES, SWITCH_WITH_IGMP.to_bytes(4, "big")),
            (cdp.SOFTWARE, identity.version.encode()),
            (cdp.PLATFORM, PLATFORM.encode()),
            (cdp.NATIVE_VLAN, (1).to_bytes(2, "big")),
            (cdp.DUPLEX, b"\x01"),
            (cdp.VOICE_VLAN, cdp.voice_vlan(vlan)),
            (cdp.TRUST, b"\x00"),
            (cdp.CLASS_OF_SERVICE, b"\x00"),  # not 0x80: checksums differ for such a last byte (P-CDP-7)
        )
    )
