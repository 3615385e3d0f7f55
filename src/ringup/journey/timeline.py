"""The timeline of a phone's last boot: each stage, what should have come next, and what actually came."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ringup.events import Event
from ringup.journey.follow import follow
from ringup.journey.overdue import duration, longest_seconds
from ringup.journey.record import Journey
from ringup.journey.stages import Stage, stage


class ReachedStage(NamedTuple):
    """A stage that a phone reached."""

    stage: Stage
    at: float
    """The time at which the phone reached the stage, in Unix seconds."""


class TimelineStep(NamedTuple):
    """One stage, with the expected and the actual next event."""

    stage: Stage
    at: float
    expected: str
    """The event that should come next, with its limit in seconds; empty if nothing has to come."""
    actual: str
    """The event that came, with its delay in seconds; empty if none has come yet."""
    is_late: bool
    """True if the event came too late, or not at all."""


def passed(events: Iterable[Event], mac: str) -> tuple[ReachedStage, ...]:
    """Return the stages that the phone passed in its last boot, in order."""
    journey, found = Journey(mac), list[ReachedStage]()
    for event in events:
        before, journey = journey, follow(journey, event)
        if journey.boots != before.boots and before.boots:
            found = []
        if journey.stage != before.stage or (not found and journey.stage != "new"):
            found.append(ReachedStage(stage(journey.stage), journey.since))
    return tuple(found)


def timeline(events: Iterable[Event], mac: str, now: float) -> tuple[TimelineStep, ...]:
    """Return the steps of the phone's last boot at `now`, in Unix seconds."""
    stages = passed(events, mac)
    return tuple(_step(here, stages[n + 1 :], now) for n, here in enumerate(stages))


def _step(here: ReachedStage, later: Sequence[ReachedStage], now: float) -> TimelineStep:
    at, following = here.stage, later[0] if later else None
    lasted = (following.at if following else now) - here.at
    longest = longest_seconds(at.key)
    is_late = bool(longest) and lasted > longest
    return TimelineStep(at, here.at, _expected(at), _actual(following, lasted, is_late=is_late), is_late)


def _expected(at: Stage) -> str:
    if not at.next or not at.seconds:
        return ""
    titles = " or ".join(f'"{stage(key).title}"' for key in at.next)
    return f"{titles} within {duration(at.seconds)}"


def _actual(following: ReachedStage | None, lasted: float, *, is_late: bool) -> str:
    if following is not None:
        return f'"{following.stage.title}" after {_short(lasted)}'
    return f"nothing for {_short(lasted)}" if is_late else ""


def _short(seconds: float) -> str:
    return f"{seconds:.1f} s" if 0 <= seconds < 10 else duration(seconds)
