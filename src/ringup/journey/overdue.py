"""Find out whether the next stage of a phone's boot is overdue.

A journey reads no clock, so the code that shows it passes the current time.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ringup.journey.record import Journey
from ringup.journey.stages import STAGES, Stage, stage
from ringup.journey.troubles import Trouble

TIMES_AS_LONG = 3.0
"""The factor by which a stage may exceed its usual duration. A guess: the slowest of eight logged conversions
took one and a half times as long as the quickest (P-BOOT-21).
"""

SLACK_SECONDS = 30.0
"""Seconds that any stage may last longer than usual. A guess: a phone repeats a request that got no answer
after 4, 8 and 16 s, so one lost datagram makes no stage overdue."""

ON_A_SLOW_LINE: Mapping[str, float] = {"loader": 240.0, "application": 600.0}
"""Seconds that a stage with a firmware file may last at least, because the file may travel on a slow line.

The sizes are those of P-LOAD-10. The line is a guess: 200 ms from a block to its ACK, one block of fifty lost
and repeated after 4 s. A loader of 131 KB has 256 blocks and takes 71 s, an application of 757 KB has 1,478
and takes 414 s; then the phone writes its flash memory (P-BOOT-21).
"""

KEY = "overdue"
"""The key of the trouble."""

SEEN_BY_THE_PBX = "registered"
"""The stage that only the PBX reports."""

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
"""The repair for a phone that is overdue in a stage; `{mac}` is the phone."""


class Overdue(NamedTuple):
    """A stage that lasts longer than it may."""

    stage: Stage
    seconds: float
    """Seconds since the phone reached the stage; below 0 if the clock was set back since."""
    longest: float
    """Maximum seconds in the stage."""

    @property
    def what(self) -> str:
        """Return the stage, its duration and the next stage as a sentence."""
        if self.seconds < 0:
            return f'"{self.stage.title}" since a time that is still to come: the clock was set back'
        titles = " or ".join(f'"{stage(key).title}"' for key in self.stage.next)
        return (
            f'"{self.stage.title}" for {duration(self.seconds)}: '
            f"{titles} usually follows within {duration(self.stage.seconds)}"
        )

    def trouble(self, mac: str) -> Trouble:
        """Return it as the trouble of the phone `mac`."""
        return Trouble(KEY, self.stage.key, self.what, CURES[self.stage.key].format(mac=mac))


def longest_seconds(key: str, *, with_transfer: bool = True) -> float:
    """Return the maximum number of seconds in a stage; 0: for ever.

    Without `with_transfer` they are counted from the end of the stage's transfer.
    """
    usual = stage(key).seconds
    if not usual:
        return 0.0
    slow = ON_A_SLOW_LINE.get(key, 0.0) if with_transfer else 0.0
    return max(TIMES_AS_LONG * usual, usual + SLACK_SECONDS, slow)


def overdue(journey: Journey, now: float, *, sees_pbx: bool = True) -> Overdue | None:
    """Return the overdue stage at `now`, in Unix seconds; None while the phone may stay in its stage.

    A phone that was never seen is not overdue, because it may have no power. Without `sees_pbx`, it is
    unknown whether a phone is registered, so a phone that has its files is not overdue either.
    """
    return stage_overdue(journey.stage, journey.since, now, sees_pbx=sees_pbx)


def stage_overdue(
    key: str, since: float, now: float, *, sees_pbx: bool = True, longest: float | None = None
) -> Overdue | None:
    """Return the result of `overdue` for a phone that has been in the stage `key` since then.

    `longest` are the seconds that it may last; None: as usual.
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
    """Return a duration in a suitable unit: ``45 s``, ``3 min``, ``2 h``, ``5 d``."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


_LONGEST_SECONDS = {each.key: longest_seconds(each.key) for each in STAGES}
