"""Apply the rules of a dial template as the phone does (P-DIAL-6 to P-DIAL-22, after Cisco's dialplan.c).

Strategy: each MATCH text is split into elements once. For the digits typed so far, each rule matches
completely, partially or not at all, with a number of matched literals. One function chooses the rule.
"""

from dataclasses import dataclass
from enum import IntEnum

from ringup.emulator.sip.dial_file import DEFAULT_TIMEOUT, DialPlan, TemplateEntry

GROUPS = 5


@dataclass(frozen=True, slots=True)
class DialDecision:
    """The phone's decision for the digits so far."""

    rule: TemplateEntry | None
    """The complete rule that would be used."""
    complete: bool
    """False while a rule with more literals may still match, or no rule is complete."""
    timeout: float
    """Seconds to wait for another digit; 0: dial now."""
    number: str
    """The number that would be dialled."""
    rewriter: TemplateEntry | None = None
    """The rule that determined the number; the number gets this rule's USER."""
    fits: bool = False
    """True if any rule fits the digits, complete or not."""


class _Class(IntEnum):
    """The class of a rule's match; among rules with equally many literals, the higher class wins."""

    STAR = 1
    DOTS = 2
    LITERAL = 3


@dataclass(frozen=True, slots=True)
class _Fit:
    """The match of one rule with the digits so far."""

    complete: bool
    literals: int
    groups: tuple[tuple[int, int], ...]
    """For each group: its position among the digits, and how many digits it has."""
    kind: _Class = _Class.LITERAL
    """The class of the match so far, decided by the last dot or star."""


_KINDS = {".": "dot", "*": "star", ",": "tone"}


def _elements(pattern: str) -> list[tuple[str, str]]:
    """Return kind and character of each element of a MATCH text. A comma is an element too, because a rule is
    not complete before its comma.
    """
    found: list[tuple[str, str]] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "\\":  # a backslash escapes the next character; at the end it is a literal
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
    """Return how many digits a star accepts: one or more, never a ``#``, up to the next character of the
    pattern.

    That character is compared literally. A dot or a comma after the star is never dialled, so neither stops
    the star. A second star stops the first at a dialled star.
    """
    until = following[0][1] if following else ""
    length = 0
    while length < len(rest) and rest[length] != "#" and (length == 0 or rest[length] != until):
        length += 1
    return length


def _take(groups: list[tuple[int, int]], position: int, length: int, *, is_new: bool) -> None:
    """Note the digits that a dot or a star matched.

    After the fifth group the phone notes only the lengths, and adds them to the fifth group. It does not
    count the first digit of each further group.
    """
    if is_new and len(groups) < GROUPS:
        groups.append((position, length))
    else:
        start, before = groups[-1]
        groups[-1] = (start, before + length - is_new)


def match(plan: DialPlan, digits: str, line: int = 1) -> DialDecision:
    """Choose the rule for the digits that were typed so far on a line.

    As in dialplan.c of SIPCC, two records are kept while the rules are tried in their order: the furthest
    match of any rule, and the complete rule that was chosen. A rule with a further match than all before
    discards the chosen rule. A complete rule is chosen if no chosen rule has as many literals and as good a
    class. The number is written when a rule is chosen; discarding the rule does not change the number.
    """
    furthest, longest, taken = (0, 0), 0, 0
    best: TemplateEntry | None = None
    written: tuple[TemplateEntry, str] | None = None
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
    """Return whether ``#`` after these digits is a digit of a rule; otherwise it means "dial now"."""
    typed = digits + "#"
    return any(
        rule.line in (0, line) and _fit(_elements(rule.match), typed) is not None for rule in plan.rules
    )


def rewritten(rule: TemplateEntry, digits: str, groups: tuple[tuple[int, int], ...]) -> str:
    """Return the number that a complete rule dials."""
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
            following = next(letters, "")  # a % at the end adds nothing
            parts.append(numbered.get(following, following))
        else:
            parts.append(letter)
    return "".join(parts) or digits  # A REWRITE that writes nothing leaves the digits in the phone's buffer.
