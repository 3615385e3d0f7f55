"""What all rules of a dial template say together: which one leads, when the phone dials, and what.

Source: P-DIAL-10 to P-DIAL-22.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ringup.dial.pattern import DEFAULT_TIMEOUT, Class, RuleState, Template, fit
from ringup.dial.rewriting import LONGEST_NUMBER, rewritten

DEFAULT_TONE = "Bellcore-Outside"
"""Of a comma without a TONE of its own."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What all rules together say to the keys so far."""

    best_rule: int | None
    """Index of the rule that leads; None: none fits."""
    complete: bool
    """False: the best rule wants more keys."""
    score: int
    timeout: int
    """Seconds until the phone dials, if no other key comes; 0: now."""
    number: str
    """What it dials then."""
    rewriter: int | None = None
    """The rule whose REWRITE and USER the number has: the best rule if it is complete, else the last that was
    before a better one took the lead."""
    tone: str = ""
    """The second dial tone that the phone gives now."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule that leads, by its index, and the rule that writes the number."""

    best_rule: int
    state: RuleState
    rewriter: int | None


def on_line(templates: Sequence[Template], line: int) -> list[tuple[int, Template]]:
    """The rules that count on a line, with their indices."""
    return [(index, rule) for index, rule in enumerate(templates) if rule.line in (0, line)]


def choose(standings: Sequence[tuple[int, RuleState]]) -> Choice | None:
    """Return the rule that leads, of those that fit, in file order; None where none fits.

    More literals win, then the better class of what was matched, then the first. A complete rule may also
    take the lead from an incomplete one with as many literals that stands before it, whatever its class: so
    a star is taken over an incomplete dot rule before it, but not over one behind it. Source: dialplan.c of
    SIPCC.
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
    """Compare a complete rule with a best rule that has as many literals."""
    return chosen is None or not chosen.state.complete or complete.kind > chosen.state.kind


def decide(templates: Sequence[Template], keys: str, line: int = 1) -> Decision:
    """What the phone makes of the keys pressed so far on a line."""
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
    """A comma of any rule that fits gives it, unless a rule is complete that does not end in a star."""
    is_done = state.complete and state.kind is not Class.STAR
    if is_done or not any(one.is_at_comma for one in standings):
        return ""
    return "".join(best_rule.tones[state.commas : state.commas + 1]) or DEFAULT_TONE


def takes_hash(templates: Sequence[Template], keys: str, line: int = 1) -> bool:
    """Whether ``#`` after these keys is a key of some rule rather than "dial now"."""
    return any(fit(rule.match, f"{keys}#") is not None for _, rule in on_line(templates, line))
