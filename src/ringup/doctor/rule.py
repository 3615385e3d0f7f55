"""CauseRule: a table row with the texts about one cause, and the function that finds its signs in the
evidence.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ringup.doctor.evidence import Evidence
from ringup.doctor.verdict import Confidence, Verdict
from ringup.events import Event
from ringup.journey.describe import plain


@dataclass(frozen=True, slots=True)
class Sign:
    """Evidence that one cause applies: the events, the confidence, and values for the texts."""

    confidence: Confidence
    events: tuple[Event, ...] = ()
    words: Mapping[str, object] = field(default_factory=dict)
    """The values for the names in braces in the rule's texts; `mac` is always among them."""


@dataclass(frozen=True, slots=True)
class CauseRule:
    """The rule for one cause of a phone's problem.

    A name in braces in its texts is replaced by a value of the sign.
    """

    code: str
    what: str
    shared: str
    """The problem in words that fit every phone with this cause; a number of phones ("3 phones: ") precedes
    it.
    """
    cause: str
    cure: str
    commands: tuple[str, ...]
    find: Callable[[Evidence], Iterable[Sign]]
    """Pure function that yields the signs of this cause; it raises NotKnown, through `known`, if a fact is
    missing.
    """
    source: str
    """The numbers of the facts on which the rule is based, or the observation that led to it."""
    apart: str = ""
    after: tuple[str, ...] = ()
    """Codes of rules that explain the same signs better: if one of them applies, this rule is not
    evaluated.
    """

    def verdict(self, sign: Sign, mac: str) -> Verdict:
        """Return the verdict for a sign: the rule's texts, filled with the sign's values."""
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
