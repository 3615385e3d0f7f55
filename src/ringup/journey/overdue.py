"""Decide whether a phone's next boot stage is overdue.

A journey reads no clock, so the caller passes the current time.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ringup.journey.record import Journey
from ringup.journey.stages import STAGES, Stage, stage
from ringup.journey.troubles import Trouble

TIMES_AS_LONG = 3.0
"""The factor by which a stage may last longer than usual.

A guess: the slowest of eight logged conversions took one and a half times as long as the quickest
(P-BOOT-21).
"""

SLACK_SECONDS = 30.0
"""Seconds by which any stage may last longer than usual.

A guess: a phone repeats a request without an answer after 4, 8 and 16 s. With this allowance, one lost
datagram does not make a stage overdue.
"""

ON_A_SLOW_LINE: Mapping[str, float] = {"loader": 240.0, "application": 600.0}
"""Seconds that a stage with a firmware file may last in any case, because the network may be slow.

The sizes are those of P-LOAD-10. The speed is a guess: 200 ms from a block to its ACK, and one block in fifty
is lost and repeated after 4 s. Then a loader of 131 KB with 256 blocks takes 71 s, and an application of 757
KB with 1,478 blocks takes 414 s. After that, the phone writes its flash memory (P-BOOT-21).
"""

KEY = "overdue"
"""The key of the trouble that an overdue stage becomes."""

SEEN_BY_THE_PBX = "registered"
"""The stage that only the PBX can report."""

CURES: Mapping[str, str] = {
    "new": "check that the phone has power, and that its switch port is in the phones' network",
    "on_the_wire": "see whether its VLAN is the one that ringup serves: ringup why {mac}",
    "wants_address": "see whether our offers can reach the phone: ringup check",
    "address": "see whether UDP port 69 is open for the phone's requests: ringup check",
    "hunt": "see the files that it requested: ringup status {mac}",
    "loader": "leave its power on for ten minutes, then restart it; see its files: ringup status {mac}",
    "application": "leave its power on for ten minutes, then restart it; see its files: ringup status {mac}",
    "sccp_start": "see whether Asterisk has loaded chan_skinny, and the phone's lines: ringup pbx verify",
    "sip_default": "see the files that it requested: ringup status {mac}",
    "own_file": "see whether its REGISTER can reach Asterisk: ringup check",
    "dial_plan": "see whether its REGISTER can reach Asterisk: ringup check",
}
"""What to do for a phone that is overdue in each stage; `{mac}` stands for the phone."""


class Overdue(NamedTuple):
    """A stage that lasts longer than it may."""

    stage: Stage
    seconds: float
    """Seconds since the phone reached the stage; negative if the clock was set back meanwhile."""
    longest: float
    """Maximum seconds that the stage may last."""

    @property
    def what(self) -> str:
        """Return a sentence with the stage, its duration and the next stage."""
        if self.seconds < 0:
            return f'"{self.stage.title}" since a time that is still to come: the clock was set back'
        titles = " or ".join(f'"{stage(key).title}"' for key in self.stage.next)
        return (
            f'"{self.stage.title}" for {duration(self.seconds)}: '
            f"{titles} usually follows within {duration(self.stage.seconds)}"
        )

    def trouble(self, mac: str) -> Trouble:
        """Return the overdue stage as a trouble of the phone `mac`."""
        return Trouble(KEY, self.stage.key, self.what, CURES[self.stage.key].format(mac=mac))


def longest_seconds(key: str, *, with_transfer: bool = True) -> float:
    """Return the maximum number of seconds that a stage may last; 0 if it may last for ever.

    Without `with_transfer`, the seconds count from the end of the file transfer in the stage.
    """
    usual = stage(key).seconds
    if not usual:
        return 0.0
    slow = ON_A_SLOW_LINE.get(key, 0.0) if with_transfer else 0.0
    return max(TIMES_AS_LONG * usual, usual + SLACK_SECONDS, slow)


def overdue(journey: Journey, now: float, *, sees_pbx: bool = True) -> Overdue | None:
    """Return the stage if it is overdue at `now`, in Unix seconds; None if the phone may still be in its
    stage.

    A phone that was never seen is not overdue, because it may have no power. `sees_pbx` is False if ringup
    does not know which phones are registered; then a phone that has its files is not overdue either.
    """
    return stage_overdue(journey.stage, journey.since, now, sees_pbx=sees_pbx)


def stage_overdue(
    key: str, since: float, now: float, *, sees_pbx: bool = True, longest: float | None = None
) -> Overdue | None:
    """Return the same as `overdue` for a phone that has been in the stage `key` since `since`.

    `longest` is the maximum number of seconds in the stage; None stands for the usual maximum.
    """
    longest = _LONGEST_SECONDS[key] if longest is None else longest
    lasts = now - since
    if not longest or not since or -SLACK_SECONDS <= lasts <= longest:
        return None
    here = stage(key)
    if not sees_pbx and SEEN_BY_THE_PBX in here.next:
        return None
    return Overdue(here, lasts, longest)


def duration(seconds: float) -> str:
    """Return a duration as text in a suitable unit: ``45 s``, ``3 min``, ``2 h``, ``5 d``."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


_LONGEST_SECONDS = {each.key: longest_seconds(each.key) for each in STAGES}
