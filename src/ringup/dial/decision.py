"""The decision of all rules of a dial template together: the best rule, when the phone dials, and which
number.

Source: P-DIAL-10 to P-DIAL-22.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ringup.dial.pattern import DEFAULT_TIMEOUT, Class, RuleState, Template, fit
from ringup.dial.rewriting import LONGEST_NUMBER, rewritten

DEFAULT_TONE = "Bellcore-Outside"
"""The second dial tone for a comma in a rule without TONE."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The phone's decision about the digits pressed so far."""

    best_rule: int | None
    """Index of the best matching rule; None if no rule matches."""
    complete: bool
    """False if the best rule needs more digits."""
    score: int
    timeout: int
    """Seconds until the phone dials if no further digit is pressed; 0 if it dials now."""
    number: str
    """The number that the phone then dials."""
    rewriter: int | None = None
    """Index of the rule whose REWRITE and USER determine the number.

    It is the best rule if that is complete. Otherwise it is the rule that was complete before a better match
    replaced it.
    """
    tone: str = ""
    """The second dial tone that the phone plays now; empty for none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The best matching rule with its state, and the rule that writes the number, both by their indices."""

    best_rule: int
    state: RuleState
    rewriter: int | None


def on_line(templates: Sequence[Template], line: int) -> list[tuple[int, Template]]:
    """Return the rules that apply to a line, with their indices."""
    return [(index, rule) for index, rule in enumerate(templates) if rule.line in (0, line)]


def choose(standings: Sequence[tuple[int, RuleState]]) -> Choice | None:
    """Return the best of the matching rules, which are given in the order of the file; None if no rule
    matches.

    The rule with the most literals wins. If several have as many, the rule of the higher class wins, then the
    first one. There is one exception: a complete rule may replace an earlier incomplete rule that has as many
    literals, whatever their classes. So a star wins over an incomplete dot rule that stands before it, but
    not over one that follows it. Source: dialplan.c of SIPCC.
    """
    chosen: Choice | None = None
    furthest = (0, 0)
    for index, one in standings:
        rank = (one.score, int(one.kind))
        if rank > furthest or (one.complete and one.score >= furthest[0] and _is_better(one, chosen)):
            before = None if chosen is None else chosen.rewriter
            chosen = Choice(index, one, index if one.complete else before)
        furthest = max(furthest, rank)
    return chosen


def _is_better(complete: RuleState, chosen: Choice | None) -> bool:
    """Return whether a complete rule replaces the best rule so far, if both have as many literals."""
    return chosen is None or not chosen.state.complete or complete.kind > chosen.state.kind


def decide(templates: Sequence[Template], keys: str, line: int = 1) -> Decision:
    """Return the phone's decision about the digits pressed so far on a line."""
    fits = ((index, fit(rule.match, keys)) for index, rule in on_line(templates, line))
    standings = [(index, one) for index, one in fits if one is not None]
    chosen = choose(standings)
    if chosen is None:
        return Decision(None, False, 0, DEFAULT_TIMEOUT, keys)
    best_rule, one, rewriter = templates[chosen.best_rule], chosen.state, chosen.rewriter
    timeout = best_rule.timeout if one.complete else DEFAULT_TIMEOUT
    number = keys[:LONGEST_NUMBER] if rewriter is None else rewritten(templates[rewriter], keys)
    tone = _tone(best_rule, one, [other for _, other in standings])
    return Decision(chosen.best_rule, one.complete, one.score, timeout, number, rewriter, tone)


def _tone(best_rule: Template, state: RuleState, standings: Sequence[RuleState]) -> str:
    """Return the second dial tone that sounds now; empty for none.

    The comma of any matching rule makes it sound, unless the best rule is complete and does not end in a
    star.
    """
    is_done = state.complete and state.kind is not Class.STAR
    if is_done or not any(one.is_at_comma for one in standings):
        return ""
    return "".join(best_rule.tones[state.commas : state.commas + 1]) or DEFAULT_TONE


def takes_hash(templates: Sequence[Template], keys: str, line: int = 1) -> bool:
    """Return whether a rule accepts ``#`` as the next digit; otherwise ``#`` makes the phone dial at once."""
    return any(fit(rule.match, f"{keys}#") is not None for _, rule in on_line(templates, line))
