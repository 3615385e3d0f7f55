"""The rules of a dial template as the phone applies them (P-DIAL-6 to P-DIAL-22, after Cisco's dialplan.c).

Strategy: a MATCH text becomes a list of elements once; for the digits typed so far every rule says none,
partial or complete, with the number of literal characters it matched, and one function picks the winner.
"""

from dataclasses import dataclass
from enum import IntEnum

from ringup.emulator.sip.dial_file import DEFAULT_TIMEOUT, DialPlan, DialRule

GROUPS = 5


@dataclass(frozen=True, slots=True)
class DialDecision:
    """What the phone makes of the digits so far."""

    rule: DialRule | None
    """The complete rule that would be used."""
    complete: bool
    """False while a rule with more literals may still come true, or none is complete."""
    timeout: float
    """Seconds to wait for another digit; 0 dials now."""
    number: str
    """What would be dialled."""
    rewriter: DialRule | None = None
    """The rule that wrote the number, and whose USER it gets."""
    fits: bool = False
    """Whether any rule fits the digits, complete or not."""


class _Class(IntEnum):
    """Between rules with equal literals the better class wins."""

    STAR = 1
    DOTS = 2
    LITERAL = 3


@dataclass(frozen=True, slots=True)
class _Fit:
    """How one rule fits the digits so far."""

    complete: bool
    literals: int
    groups: tuple[tuple[int, int], ...]
    """Where each began among the digits, and how many digits it was given."""
    kind: _Class = _Class.LITERAL
    """Of what was matched so far: a dot or a star that came last decides."""


_KINDS = {".": "dot", "*": "star", ",": "tone"}


def _elements(pattern: str) -> list[tuple[str, str]]:
    """Kind and character of each; a comma is one too, since a rule that stands before it is not complete."""
    found: list[tuple[str, str]] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "\\":  # escapes what follows; a trailing one stands for itself
            found.append(("literal", next(letters, "\\")))
        else:
            found.append((_KINDS.get(letter, "literal"), letter))
    return found


def _fit(elements: list[tuple[str, str]], digits: str) -> _Fit | None:
    position, literals, groups = 0, 0, list[tuple[int, int]]()
    wild = _Class.LITERAL
    for index, (kind, letter) in enumerate(elements):
        if position == len(digits):
            return _Fit(False, literals, tuple(groups), wild)
        if kind == "literal":
            if digits[position] != letter:
                return None
            position, literals = position + 1, literals + 1
        elif kind == "dot":
            if digits[position] not in "0123456789*+":
                return None
            is_in_run = elements[index - 1 : index] == [("dot", ".")] and digits[position] not in "*+"
            _take(groups, position, 1, is_new=not is_in_run)
            position, wild = position + 1, _Class.DOTS
        elif kind == "star":
            length = _star(digits[position:], elements[index + 1 : index + 2])
            if not length:
                return None
            _take(groups, position, length, is_new=True)
            position, wild = position + length, _Class.STAR
    return _Fit(True, literals, tuple(groups), wild) if position == len(digits) else None


def _star(rest: str, following: list[tuple[str, str]]) -> int:
    """How many a star takes: one or more, never a ``#``, up to the character behind it in the pattern.

    That character is compared as it is: a dot or a comma behind the star is not dialled, so it stops nothing;
    a second star stops the first at a star that is dialled.
    """
    until = following[0][1] if following else ""
    length = 0
    while length < len(rest) and rest[length] != "#" and (length == 0 or rest[length] != until):
        length += 1
    return length


def _take(groups: list[tuple[int, int]], position: int, length: int, *, is_new: bool) -> None:
    """Note what a dot or a star took.

    Past the fifth group the phone notes no beginning, only lengths, and adds them to the fifth; the first
    digit of each further group is not counted.
    """
    if is_new and len(groups) < GROUPS:
        groups.append((position, length))
    else:
        start, before = groups[-1]
        groups[-1] = (start, before + length - is_new)


def match(plan: DialPlan, digits: str, line: int = 1) -> DialDecision:
    """Decide which rule the digits typed so far on a line lead to.

    As in dialplan.c of SIPCC, two records are kept while the rules are tried in their order: the furthest
    that any rule has come, and the complete rule that is taken. A rule that comes further than all before
    takes the lead and voids the taken one; a complete rule is taken if no taken one has as many literals and
    as good a class. The number was written when a rule was taken: voiding that one does not write it anew.
    """
    furthest, longest, taken = (0, 0), 0, 0
    best: DialRule | None = None
    written: tuple[DialRule, str] | None = None
    for rule in plan.rules:
        fit = _fit(_elements(rule.match), digits) if rule.line in (0, line) else None
        if fit is None:
            continue
        if (fit.literals, int(fit.kind)) > furthest:
            furthest, taken, best = (fit.literals, int(fit.kind)), 0, rule
        if fit.complete and (fit.literals, int(fit.kind)) > (longest, taken):
            taken, best = int(fit.kind), rule
            written = (rule, rewritten(rule, digits, fit.groups))
        longest = max(longest, fit.literals)
    rewriter, number = written or (None, digits)
    if best is None or not taken:
        return DialDecision(None, False, DEFAULT_TIMEOUT, number, rewriter, best is not None)
    return DialDecision(best, True, best.timeout, number, rewriter, True)


def is_literal_hash(plan: DialPlan, digits: str, line: int = 1) -> bool:
    """Whether ``#`` after these digits is a digit of a rule rather than "dial now"."""
    typed = digits + "#"
    return any(
        rule.line in (0, line) and _fit(_elements(rule.match), typed) is not None for rule in plan.rules
    )


def rewritten(rule: DialRule, digits: str, groups: tuple[tuple[int, int], ...]) -> str:
    """The number that a complete rule dials."""
    if not rule.rewrite:
        return digits
    texts = [digits[start : start + length] for start, length in groups]
    matched = iter("".join(texts))
    numbered = {"s": digits, "0": digits} | {
        str(index + 1): texts[index] if index < len(texts) else "" for index in range(GROUPS)
    }
    parts: list[str] = []
    letters = iter(rule.rewrite)
    for letter in letters:
        if letter == ".":
            parts.append(next(matched, ""))
        elif letter == "%":
            following = next(letters, "")  # a % at the end is nothing
            parts.append(numbered.get(following, following))
        else:
            parts.append(letter)
    return "".join(parts) or digits  # what writes nothing leaves the digits in the phone's buffer
