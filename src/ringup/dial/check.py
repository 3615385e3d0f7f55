"""Find the faults of a dial template: those in its file, and rules that cannot work as intended.

There are no false alarms. A rule is reported as never used, or as dialling too early, only after a search
through all states of the template (`dial.search`). The finding then quotes a number that shows the fault.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ringup.dial.findings import finding
from ringup.dial.pattern import KEYS, Class, Template, class_of, ends_in_comma, literals
from ringup.dial.rewriting import MOST_GROUPS, number_of_groups
from ringup.dial.search import (
    MOST_LINES,
    MOST_STATES,
    TemplateStates,
    early,
    is_catch_all,
    lines_of,
    never_used,
    walk,
)
from ringup.dial.template_file import TemplateFile
from ringup.finding import Finding

ASTERISK_LETTERS = frozenset("XxZzNn[]!_")

EMERGENCY_NUMBERS = ("112", "911", "999", "000")
"""Numbers that a phone must dial at once, even if longer numbers begin with them.

They are checked with and without the prefix for an outside line.
"""


@dataclass(frozen=True, slots=True)
class DialCheck:
    """The findings, in the order of the lines in the file."""

    findings: tuple[Finding, ...]
    is_searched: bool
    """False if there were too many rules to compare them with each other."""


def lint(file: TemplateFile, most: int = MOST_STATES) -> DialCheck:
    """Return all faults of a template that was read."""
    rules = file.rules
    findings = [*file.findings, *(one for rule in rules for one in _of_one(rule))]
    twins = _twins(rules)
    findings += [_twin(rules[first], rules[second]) for second, first in twins.items()]
    walks = [walk(rules, line, most) for line in lines_of(rules)]
    finished = [one for one in walks if one is not None]
    is_searched = len(finished) == len(walks)
    if is_searched:
        findings += _never(rules, finished, twins)
        findings += _early(rules, finished)
    return DialCheck(tuple(sorted(findings, key=lambda one: (one.where, one.code))), is_searched)


def named(rules: Sequence[Template], index: int) -> str:
    """Return a rule's name for messages: its number, counted from 1, and its MATCH."""
    return f"rule {index + 1} ({_quoted(rules[index])})"


def _quoted(rule: Template) -> str:
    return f'MATCH="{rule.match}"'


# --- one rule ---------------------------------------------------------------------------------------------


def _of_one(rule: Template) -> Iterator[Finding]:
    letters = literals(rule.match)
    if foreign := [letter for letter in dict.fromkeys(letters) if letter in ASTERISK_LETTERS]:
        what = f"{_quoted(rule)}: a phone takes {' '.join(foreign)} literally"
        cure = "Write . for one digit, * for all that follow; or see `ringup dial generate`."
        yield finding("D301", rule.at, what, cure)
    elif undialled := [letter for letter in dict.fromkeys(letters) if letter not in {*KEYS, "#", "\\"}]:
        what = f"{_quoted(rule)}: no button dials {' '.join(map(repr, undialled))}"
        yield finding("D304", rule.at, what, "Remove it: only 0-9, *, + and # are dialled.")
    if _ends_in_backslash(rule.match):
        what = f"{_quoted(rule)}: the last \\ has no effect, and no button dials it"
        yield finding("D302", rule.at, what, "Remove it; a star that is dialled is written \\*.")
    if (count := number_of_groups(rule.match)) > MOST_GROUPS and "%" in rule.rewrite:
        what = f"{_quoted(rule)} has {count} groups; % gives only the first {MOST_GROUPS}"
        yield finding("D303", rule.at, what, f"Use {MOST_GROUPS} runs of dots and stars at most.")


def _ends_in_backslash(match: str) -> bool:
    return (len(match) - len(match.rstrip("\\"))) % 2 == 1


# --- rules among each other -------------------------------------------------------------------------------


def _twins(rules: Sequence[Template]) -> dict[int, int]:
    """Yield each rule with an earlier rule that has the same MATCH and applies to the same lines."""
    seen: dict[tuple[str, int], int] = {}
    twins: dict[int, int] = {}
    for index, rule in enumerate(rules):
        earlier = [seen[key] for key in ((rule.match, 0), (rule.match, rule.line)) if key in seen]
        if earlier:
            twins[index] = min(earlier)
        seen.setdefault((rule.match, rule.line), index)
    return twins


def _twin(first: Template, second: Template) -> Finding:
    what = f"{_quoted(second)} is already on line {first.at}; the first one wins"
    return finding("D203", second.at, what, "Remove one of them.")


def _never(
    rules: Sequence[Template], walks: Sequence[TemplateStates], twins: dict[int, int]
) -> Iterator[Finding]:
    for index, rule in enumerate(rules):
        if rule.line > MOST_LINES:
            what = f"{_quoted(rule)} is for line {rule.line}; a 7960 has {MOST_LINES}"
            yield finding("D201", rule.at, what, "Name another LINE, or none.")
        elif index not in twins and _is_diallable(rule) and never_used(walks, index):
            yield finding("D201", rule.at, *_why_never(rules, walks, index))


def _is_diallable(rule: Template) -> bool:
    """Return whether a phone can dial the MATCH; a rule that it cannot dial is reported by another
    finding.
    """
    return all(letter in {*KEYS, "#"} for letter in literals(rule.match))


def _why_never(rules: Sequence[Template], walks: Sequence[TemplateStates], index: int) -> tuple[str, str]:
    for made in walks:
        for number, complete, best_rule in zip(made.numbers, made.complete, made.best_rule, strict=True):
            if index in complete and best_rule is not None:
                what = (
                    f"{_quoted(rules[index])} never fires: {named(rules, best_rule)} wins, e.g. on {number}"
                )
                return what, "Remove it, give it more literals, or move it before that one."
    if ends_in_comma(rules[index].match):
        what = f"{_quoted(rules[index])} never fires: after its last comma the phone waits for another digit"
        return what, "Remove that comma, or write after it what follows."
    what = f"{_quoted(rules[index])} never fires: its star swallows what should follow it"
    return what, "Let a literal follow the star, or end with it."


def _early(rules: Sequence[Template], walks: Sequence[TemplateStates]) -> Iterator[Finding]:
    claimants = [index for index, rule in enumerate(rules) if not is_catch_all(rule)]
    seen: set[int] = set()
    for made in walks:
        for one in early(rules, made, claimants):
            rule = rules[one.rule]
            if one.rule in seen or _is_emergency(rule):
                continue
            seen.add(one.rule)
            what = (
                f"{_quoted(rule)} dials {one.number} at once, though {one.longer} "
                f"could follow by {named(rules, one.longer_rule)}"
            )
            yield finding("D202", rule.at, what, "Give it a TIMEOUT of some seconds.")


def _is_emergency(rule: Template) -> bool:
    if rule.route == "emergency":
        return True
    digits = literals(rule.match)
    is_one = any(digits.endswith(number) and len(digits) <= len(number) + 1 for number in EMERGENCY_NUMBERS)
    return is_one and class_of(rule.match) is Class.LITERAL
