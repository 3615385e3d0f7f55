"""The form of a rule: a table row with its texts, and the function that finds the signs of its cause."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ringup.doctor.evidence import Evidence
from ringup.doctor.verdict import Confidence, Verdict
from ringup.events import Event
from ringup.journey.describe import plain


@dataclass(frozen=True, slots=True)
class Sign:
    """The evidence for one cause."""

    confidence: Confidence
    events: tuple[Event, ...] = ()
    words: Mapping[str, object] = field(default_factory=dict)
    """The values for the names in the rule's texts; `mac` is always among them."""


@dataclass(frozen=True, slots=True)
class CauseRule:
    """One cause. A name in braces in its texts is replaced by the value of the sign."""

    code: str
    what: str
    shared: str
    """The problem in words that fit all phones with this cause; the number of phones precedes it: "3 phones:
    ".
    """
    cause: str
    cure: str
    commands: tuple[str, ...]
    find: Callable[[Evidence], Iterable[Sign]]
    """A pure function that yields the signs; it raises NotKnown, through `known`, if a fact is missing."""
    source: str
    """The numbers of the facts behind this rule, or the observation that led to it."""
    apart: str = ""
    after: tuple[str, ...] = ()
    """Codes of rules that explain the same signs: if one of them applies, this rule is not evaluated."""

    def verdict(self, sign: Sign, mac: str) -> Verdict:
        """Return the rule's texts, filled with the values of this sign."""
        words = {name: plain(str(value)) for name, value in sign.words.items()} | {"mac": mac}
        return Verdict(
            self.code,
            sign.confidence,
            self.what.format_map(words),
            self.shared.format_map(words),
            self.cause.format_map(words),
            self.cure.format_map(words),
            tuple(command.format_map(words) for command in self.commands),
            self.apart.format_map(words),
            sign.events,
        )
