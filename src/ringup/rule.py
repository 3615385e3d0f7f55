"""Rules that judge evidence, their findings, and the functions that run them, for any subject.

The facts may be of any type. A fact that could not be looked up is an `Unknown`. A rule reads its facts
through `known`, so a rule that lacks a fact is reported as not checked, never as correct.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from ringup.errors import Problem
from ringup.finding import ORDER, Severity

State = Literal["sound", "found", "unknown", "waiting"]
"""The state of a rule's result.

`unknown`: a fact was not looked up. `waiting`: another finding explains this result, or must be cured first.
"""

Evidence = TypeVar("Evidence")
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for a fact that was not looked up."""

    why: str
    """The reason: half a sentence without a full stop, like ``not installed``."""


class NotKnown(Exception):
    """A rule needs a fact that was not looked up."""


@dataclass(frozen=True, slots=True)
class Found:
    """One fault that a rule found."""

    what: str
    """The fault, in a complete sentence."""
    cure: str
    """What to do, in a sentence; if it ends with a colon, `commands` follow."""
    commands: tuple[str, ...] = ()
    """Commands to type, in this order."""
    severity: Severity | None = None
    """The severity if it differs from the rule's; None: the rule's."""

    def __str__(self) -> str:
        return " ".join((self.what, self.cure, "; ".join(self.commands))).rstrip()


@dataclass(frozen=True, slots=True)
class Rule(Generic[Evidence]):
    """One row of a table of rules."""

    code: str
    """The code for scripts and searches; a code never changes its meaning."""
    subject: str
    """The subject of the check, in at most 20 characters."""
    severity: Severity
    """Error: a phone fails. Warning: something else fails, or a fault will occur soon."""
    find: Callable[[Evidence], Iterable[Found]]
    """A pure function that yields the faults; raises NotKnown, through `known`, if a fact is missing."""
    sound: Callable[[Evidence], str]
    """Returns the text, in a few words, that is shown when the rule finds no fault."""
    after: tuple[str, ...] = ()
    """Codes of rules whose findings explain the findings of this rule.

    If one of those rules has a finding, this rule is not run.
    """
    quick: bool = False
    """True if the rule needs no network and no waiting, so that a server can run it at its start."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one rule."""

    code: str
    subject: str
    state: State
    found: tuple[tuple[Severity, Found], ...] = ()
    note: str = ""
    """The facts that the rule saw, or the reason why it was not run, or the finding to cure first."""

    def problems(self, severity: Severity) -> list[Problem]:
        """Return the findings of this severity, for a log."""
        return [
            Problem(self.subject, found.what, " ".join((found.cure, "; ".join(found.commands))).rstrip())
            for each, found in self.found
            if each is severity
        ]

    @property
    def worst(self) -> Severity | None:
        """Return the worst severity of the findings."""
        return min((severity for severity, _ in self.found), key=ORDER.index, default=None)


def known(fact: Fact | Unknown) -> Fact:
    """Return the fact; raises NotKnown with the reason if the fact was not looked up."""
    if isinstance(fact, Unknown):
        raise NotKnown(fact.why)
    return fact


def judge(rules: Sequence[Rule[Evidence]], evidence: Evidence, ignored: Collection[str] = ()) -> list[Result]:
    """Return the result of each rule for the evidence, in the order of the rules."""
    results: dict[str, Result] = {}
    for rule in rules:
        if rule.code not in ignored:
            results[rule.code] = _result(rule, evidence, results)
    return list(results.values())


def _result(rule: Rule[Evidence], evidence: Evidence, before: dict[str, Result]) -> Result:
    for code in rule.after:
        if code in before and before[code].found:
            return Result(rule.code, rule.subject, "waiting", note=f"first: {before[code].subject}")
    try:
        found = tuple((each.severity or rule.severity, each) for each in rule.find(evidence))
        note = "" if found else rule.sound(evidence)
    except NotKnown as error:
        return Result(rule.code, rule.subject, "unknown", note=str(error))
    return Result(rule.code, rule.subject, "found" if found else "sound", found, note)
