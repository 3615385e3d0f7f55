"""A rule, what it finds, and how rules are run; independent of what the rules are about.

The evidence may be any type. A fact that could not be looked up is an `Unknown` in it. A rule reaches its
facts through `known`, so a rule without facts is reported as not looked at, never as sound.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from ringup.errors import Problem
from ringup.finding import ORDER, Severity

State = Literal["sound", "found", "unknown", "waiting"]
"""unknown: a fact was not looked up; waiting: another finding explains it, or must be cured first."""

Evidence = TypeVar("Evidence")
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Unknown:
    """Takes the place of a fact that was not looked up."""

    why: str
    """Half a sentence without a full stop, like ``not installed``."""


class NotKnown(Exception):
    """A rule needs a fact that was not looked up."""


@dataclass(frozen=True, slots=True)
class Found:
    """One fault that a rule found."""

    what: str
    """A sentence, its subject included where the rule's own does not do."""
    cure: str
    """A sentence; one that ends with a colon is followed by `commands`."""
    commands: tuple[str, ...] = ()
    """Lines to type, in this order."""
    severity: Severity | None = None
    """The severity if it differs from the rule's; None: the rule's."""

    def __str__(self) -> str:
        return " ".join((self.what, self.cure, "; ".join(self.commands))).rstrip()


@dataclass(frozen=True, slots=True)
class Rule(Generic[Evidence]):
    """One row of a table of rules."""

    code: str
    """For scripts and searches: it never changes its meaning."""
    subject: str
    """The subject of the check, in at most 20 characters."""
    severity: Severity
    """Error: a phone fails; warning: something else does not work as it should, or soon will not."""
    find: Callable[[Evidence], Iterable[Found]]
    """Pure; raises NotKnown, through `known`, without its facts."""
    sound: Callable[[Evidence], str]
    """The text, in a few words, for a check that found no fault."""
    after: tuple[str, ...] = ()
    """Codes of rules whose findings explain this one's; it is not looked at beside them."""
    quick: bool = False
    """Needs no network and no waiting, so that a server can run it at its start."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one rule."""

    code: str
    subject: str
    state: State
    found: tuple[tuple[Severity, Found], ...] = ()
    note: str = ""
    """What was seen, or why nothing was looked at, or what comes first."""

    def problems(self, severity: Severity) -> list[Problem]:
        """Return the findings of this severity, for a log."""
        return [
            Problem(self.subject, found.what, " ".join((found.cure, "; ".join(found.commands))).rstrip())
            for each, found in self.found
            if each is severity
        ]

    @property
    def worst(self) -> Severity | None:
        """The worst severity of the findings."""
        return min((severity for severity, _ in self.found), key=ORDER.index, default=None)


def known(fact: Fact | Unknown) -> Fact:
    """Return the fact; raises NotKnown with the reason where it was not looked up."""
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
