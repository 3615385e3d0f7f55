"""The form of a rule: a row of sentences, and the function that finds the signs of its cause."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ringup.doctor.evidence import Evidence
from ringup.doctor.verdict import Confidence, Verdict
from ringup.events import Event
from ringup.journey.describe import plain


@dataclass(frozen=True, slots=True)
class Sign:
    """What shows that a cause fits."""

    confidence: Confidence
    events: tuple[Event, ...] = ()
    words: Mapping[str, object] = field(default_factory=dict)
    """The values of the row's sentences, by name; `mac` is always among them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One cause. A name in braces in its sentences stands for a value of the sign."""

    code: str
    what: str
    shared: str
    """What is wrong in words that fit all phones with this cause; "3 phones: " precedes it."""
    cause: str
    cure: str
    commands: tuple[str, ...]
    find: Callable[[Evidence], Iterable[Sign]]
    """Pure; raises NotKnown, through `known`, without its facts."""
    source: str
    """The facts that it rests on, by their numbers, or what it was seen with."""
    apart: str = ""
    after: tuple[str, ...] = ()
    """Codes of rules whose signs explain this one's: it is not looked at beside them."""

    def verdict(self, sign: Sign, mac: str) -> Verdict:
        """Return the row's sentences with the values of this sign."""
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
