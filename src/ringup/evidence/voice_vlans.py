"""Match the CDP announcements of switches to the phones that asked for a voice VLAN (P-CDP-4)."""

from collections.abc import Iterator

from ringup.events import VoiceVlanAnswered
from ringup.evidence.observation import remember
from ringup.wire.cdp import HOLD_SECONDS, NO_VLAN, Announcement

ANSWERED_SECONDS = 2.0
"""Maximum seconds from a phone's query to the answer: a switch answers at once (P-CDP-4)."""
LONGEST_TEXT = 80
"""Maximum length of a switch's name, because any host may send any name."""


class VoiceVlans:
    """The voice VLAN queries of one network segment, and their answers. Its memory is bounded."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}
        self._told: dict[str, VoiceVlanAnswered] = {}

    def note_query(self, at: float, mac: str, announced: Announcement) -> None:
        """Note that a phone asked for its voice VLAN in an announcement, at `at` in Unix seconds."""
        if announced.asks_for_vlan and mac:
            remember(self._asked, mac, at)

    def answers(self, at: float, announced: Announcement) -> Iterator[VoiceVlanAnswered]:
        """Yield an event for each phone that asked within ANSWERED_SECONDS, unless it got the same answer
        before.
        """
        by = f"{announced.device} ({announced.platform})"[:LONGEST_TEXT]
        for mac, asked_at in list(self._asked.items()) if announced.voice_vlan != NO_VLAN else ():
            if not 0 <= at - asked_at <= ANSWERED_SECONDS:
                continue
            del self._asked[mac]
            event, before = VoiceVlanAnswered(at, mac, by, announced.voice_vlan), self._told.get(mac)
            remember(self._told, mac, event)
            if before is None or not _is_the_same(before, event):
                yield event


def _is_the_same(before: VoiceVlanAnswered, event: VoiceVlanAnswered) -> bool:
    is_recent = 0 <= event.at - before.at < HOLD_SECONDS
    return is_recent and (before.by, before.vlan) == (event.by, event.vlan)
