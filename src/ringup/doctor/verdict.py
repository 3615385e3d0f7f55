"""Verdict: one cause that fits the evidence, with its cure; and Diagnosis: all of them for one phone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ringup.events import Event
from ringup.journey.overdue import Overdue
from ringup.journey.stages import Stage


class Confidence(StrEnum):
    """How far the evidence proves the cause, from the surest; the value is what JSON and people read."""

    CERTAIN = "certain"
    """The evidence has no other explanation."""
    LIKELY = "likely"
    """Other explanations exist, and are rarer."""
    POSSIBLE = "possible"
    """It fits, and so do others."""


CERTAIN, LIKELY, POSSIBLE = Confidence
ORDER = tuple(Confidence)
"""From the surest."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cause that fits."""

    code: str
    """For scripts and searches: it never changes its meaning."""
    confidence: Confidence
    what: str
    """What is wrong, in one line."""
    shared: str
    """The same in words that fit every phone with this cause: the fleet is grouped by it."""
    cause: str
    cure: str
    """A sentence; one that ends with a colon is followed by `commands`."""
    commands: tuple[str, ...]
    apart: str
    """The one observation that tells this cause from others that fit; empty: there is no other."""
    evidence: tuple[Event, ...]
    """The events that prove it, in the order of their times; empty: it is the silence that proves it."""


State = Literal["in_service", "on_the_way", "too_early", "stuck", "never_heard"]
"""on_the_way: it boots and is not late; too_early: something went wrong a moment ago, and may end by itself;
stuck: a cause was found, or a stage is overdue."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What can be said about one phone."""

    mac: str
    state: State
    stage: Stage
    since: float
    """When it reached the stage, in Unix seconds; 0: it was never heard."""
    last_good: Event | None
    """The last event that went as it should."""
    expected_next: str
    """What should have come next; empty: nothing is due."""
    late: Overdue | None
    trouble: str
    """What the board says is wrong; empty: nothing."""
    verdicts: tuple[Verdict, ...]
    """Every cause that fits, the surest first; empty: none, or no known one."""
    collect: tuple[str, ...]
    """What to collect next where no cause is known: sentences and commands."""

    @property
    def verdict(self) -> Verdict | None:
        """The surest cause."""
        return self.verdicts[0] if self.verdicts else None

    @property
    def summary(self) -> str:
        """The diagnosis in one line."""
        if self.verdict:
            return self.verdict.what
        late = self.late.what if self.late else self.trouble
        return SUMMARIES[self.state].format(stage=self.stage.title, late=late, trouble=self.trouble)


SUMMARIES: dict[State, str] = {
    "in_service": "Nothing is wrong: it is {stage}.",
    "on_the_way": "It is on its way: {stage}.",
    "too_early": "Too early to say: {trouble}.",
    "stuck": "No known cause. {late}.",
    "never_heard": "It was never heard.",
}
"""The summary without a verdict."""
