"""Tell that the next stage of a phone's boot is overdue: silence is never a good sign.

A journey reads no clock, so whoever shows it brings the present.
"""

from typing import NamedTuple

from ringup.journey.record import Journey
from ringup.journey.stages import Stage, stage

TIMES_AS_LONG = 3.0
"""How many times its usual duration a stage may last. A guess: the slowest of eight logged conversions took
one and a half times as long as the quickest (P-BOOT-21)."""

SLACK_SECONDS = 30.0
"""Seconds that any stage may last longer than usual. A guess: a phone repeats a request that got no answer
after 4, 8 and 16 s, so one lost datagram makes no stage overdue."""


class Overdue(NamedTuple):
    """A stage that lasts longer than it may."""

    stage: Stage
    seconds: float
    """How long the phone has been in it; below 0 if the clock was set back since."""
    patience: float
    """How long it may be in it."""

    @property
    def what(self) -> str:
        """The fact in words."""
        if self.seconds < 0:
            return f'"{self.stage.title}" since a time that is still to come: the clock was set back'
        titles = " or ".join(f'"{stage(key).title}"' for key in self.stage.next)
        return (
            f'"{self.stage.title}" for {duration(self.seconds)}; '
            f"{titles} usually follows within {duration(self.stage.seconds)}"
        )


def patience(key: str) -> float:
    """Return how many seconds a phone may be in a stage; 0: for ever."""
    usual = stage(key).seconds
    return max(TIMES_AS_LONG * usual, usual + SLACK_SECONDS) if usual else 0.0


def overdue(journey: Journey, now: float) -> Overdue | None:
    """Return what is overdue at `now`, in Unix seconds; None while the phone may stay in its stage.

    A phone that was never seen is not overdue: nobody knows whether it has power.
    """
    longest = patience(journey.stage)
    lasts = now - journey.since
    if not longest or not journey.since or -SLACK_SECONDS <= lasts <= longest:
        return None
    return Overdue(stage(journey.stage), lasts, longest)


def duration(seconds: float) -> str:
    """Return a duration in the unit that fits: ``45 s``, ``3 min``, ``2 h``, ``5 d``."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
