"""Verdict: one cause that fits the evidence, and its repair. Diagnosis: all verdicts for one phone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ringup.events import Event
from ringup.journey.overdue import Overdue
from ringup.journey.stages import Stage


class Confidence(StrEnum):
    """How far the evidence proves a cause, in falling order; the value is printed and is part of the JSON."""

    CERTAIN = "certain"
    """The evidence has no other explanation."""
    LIKELY = "likely"
    """Other explanations exist, but they are less frequent."""
    POSSIBLE = "possible"
    """The cause fits the evidence, but other causes fit it equally well."""


CERTAIN, LIKELY, POSSIBLE = Confidence
ORDER = tuple(Confidence)
"""The degrees of confidence, the most certain first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cause that fits the evidence, with its repair."""

    code: str
    """The cause's code, for scripts and searches; its meaning never changes."""
    confidence: Confidence
    what: str
    """The problem, as one sentence."""
    shared: str
    """The problem in words that fit every phone with this cause; reports about the fleet are grouped by it.
    """
    cause: str
    cure: str
    """The repair, as a sentence; if it ends with a colon, the commands in `commands` follow."""
    commands: tuple[str, ...]
    apart: str
    """The observation that distinguishes this cause from other causes that fit; empty: no other cause fits.
    """
    evidence: tuple[Event, ...]
    """The events that prove the cause, in the order of their times; empty: the absence of events proves it.
    """


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A fact that the doctor could not look up, and why."""

    subject: str
    """The program or machine that could have been asked, like "Asterisk"."""
    why: str
    """The reason why it was not asked, without a full stop."""
    command: str = ""
    """The command that asks it; empty if there is no such command."""

    @property
    def text(self) -> str:
        """Return subject, reason and command as one line."""
        return f"{self.subject}: {self.why}{f'. Run: {self.command}' if self.command else ''}"


State = Literal["in_service", "on_the_way", "too_early", "stuck", "never_heard"]
"""The state of a phone. on_the_way: it boots, and is not late. too_early: an error was seen a moment ago, and
may end without help. stuck: a cause was found, or a stage is overdue.
"""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The diagnosis of one phone: its stage, and each cause that may keep it there."""

    mac: str
    state: State
    stage: Stage
    since: float
    """The time at which the phone reached its stage, in Unix seconds; 0: the phone was never seen."""
    last_good: Event | None
    """The last event that shows progress."""
    expected_next: str
    """The titles of the stages that should follow; empty: no further stage is expected."""
    late: Overdue | None
    trouble: str
    """The trouble that `ringup watch` shows for the phone; empty if it shows none."""
    verdicts: tuple[Verdict, ...]
    """Each cause that fits, the most certain first; empty: the phone has no problem, or no known cause
    fits.
    """
    collect: tuple[str, ...]
    """Sentences and commands for collecting more evidence, if no cause is known."""
    not_asked: tuple[NotAsked, ...] = ()
    """Facts that the doctor did not look up, each with the reason; the cause may be among them."""

    @property
    def verdict(self) -> Verdict | None:
        """Return the verdict with the most certain cause; None without a verdict."""
        return self.verdicts[0] if self.verdicts else None

    @property
    def summary(self) -> str:
        """Return the diagnosis in one line."""
        if self.verdict:
            return self.verdict.what
        late = self.late.what if self.late else self.trouble
        return SUMMARIES[self.state].format(stage=self.stage.title, late=late, trouble=self.trouble)


SUMMARIES: dict[State, str] = {
    "in_service": "Nothing is wrong: it is {stage}.",
    "on_the_way": "It is booting: {stage}.",
    "too_early": "Too recent to judge: {trouble}.",
    "stuck": "No known cause. {late}.",
    "never_heard": "It has sent nothing to this server yet.",
}
"""The summary of a diagnosis without a verdict, by its state."""
