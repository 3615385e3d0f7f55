"""Make a dial template from existing rules and the numbers that a PBX accepts, and check that both agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ringup.dial.asterisk_pattern import DIGITS, AsteriskPattern, matches, sample, to_templates
from ringup.dial.decision import decide
from ringup.dial.dialling import Dialling, dial
from ringup.dial.pattern import KEYS, Class, Template, class_of, ends_in_comma
from ringup.dial.search import TemplateStates, early, is_catch_all, walk

SAMPLES = 200
"""Minimum number of sample numbers for all patterns together."""

SAMPLES_EACH = 3
"""Number of sample numbers for each pattern that stands for several numbers."""

FEWEST_TOGETHER = 3
"""Minimum number of extensions with the same length and first digit that are replaced by one template."""


@dataclass(frozen=True, slots=True)
class RequiredPattern:
    """One extension that a phone must be able to dial unchanged."""

    pattern: AsteriskPattern
    source: str
    """Where the extension comes from, like ``extensions.conf:12`` or ``line 201``."""


@dataclass(frozen=True, slots=True)
class MergedTemplate:
    """The new template, and remarks about it."""

    templates: tuple[Template, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A number that the PBX accepts and that the phone does not dial unchanged, and what the phone does
    instead.
    """

    number: str
    wanted: RequiredPattern
    dialling: Dialling

    def __str__(self) -> str:
        took = f"{self.wanted.pattern.text} ({self.wanted.source}) takes {self.number}"
        done = self.dialling
        if done.unused:
            return f"{took}; the phone dials {done.number} and ignores {done.unused}"
        return f"{took}; the phone dials {done.number or 'nothing'}"


def merge(
    base: Sequence[Template], wanted: Sequence[RequiredPattern], interdigit_seconds: int
) -> MergedTemplate:
    """Make a template from the rules of `base`, then rules for each required pattern, then the catch-alls of
    `base`.

    A rule dials at once only if no longer number can follow.
    """
    remarks: list[str] = []
    last = [rule for rule in base if is_catch_all(rule)]
    first = [rule for rule in base if not is_catch_all(rule)]
    own = len(first)
    converted = _converted([one for one in wanted if not _is_plain(one.pattern)], base)
    new = dict.fromkeys(match for one in converted for match in one.matches)
    first += [Template(match, interdigit_seconds if class_of(match) is Class.STAR else 0) for match in new]
    numbers = dict.fromkeys("".join(one.pattern.positions) for one in wanted if _is_plain(one.pattern))
    left = [number for number in numbers if not _is_dialled(first, number)]
    first += [Template(match, 0) for match in _together(left, remarks)]
    settled = _settled([*first, *last], own, len(first), interdigit_seconds, remarks)
    used = {rule.match for rule in settled}
    kept = [one.note for one in converted if one.note and (used & set(one.matches) or not one.matches)]
    return MergedTemplate(tuple(settled), (*kept, *remarks))


def _settled(
    templates: list[Template], own: int, count: int, interdigit_seconds: int, remarks: list[str]
) -> list[Template]:
    """Return the rules with their timeouts.

    The first `own` rules come from the base; those from index `count` on are its catch-alls.
    """
    made = walk(templates, 1)
    if made is None:
        remarks.append(f"too many rules to compare: each waits {interdigit_seconds} s")
        return [replace(rule, timeout=max(rule.timeout, interdigit_seconds)) for rule in templates]
    longer = _longer(templates, made, count)
    waiting = [
        replace(rule, timeout=interdigit_seconds) if index in longer else rule
        for index, rule in enumerate(templates)
    ]
    idle = _idle(waiting, made, own, count)
    remarks += [
        f"{templates[index].match} waits {interdigit_seconds} s: {number} could follow"
        for index, number in longer.items()
        if index not in idle
    ]
    return [rule for index, rule in enumerate(waiting) if index not in idle]


@dataclass(frozen=True, slots=True)
class _New:
    """The rules and remarks that one pattern adds."""

    matches: tuple[str, ...]
    note: str


def _converted(wanted: Sequence[RequiredPattern], base: Sequence[Template]) -> list[_New]:
    """Return, for each pattern, the MATCH texts that the base does not have yet.

    Commas in a rule of the base do not matter, because they only play a tone.
    """
    known = {rule.match.replace(",", "") for rule in base if not ends_in_comma(rule.match)}
    found = []
    for one in wanted:
        converted = to_templates(one.pattern)
        new = tuple(match for match in converted.matches if match not in known)
        note = f"{one.source}: {one.pattern.text}: {converted.note}" if converted.note else ""
        if new or not converted.matches:
            found.append(_New(new, note))
    return found


def _is_dialled(templates: Sequence[Template], number: str) -> bool:
    """Return whether a complete rule matches this number when all its digits are pressed."""
    return decide(templates, number).complete


def _is_plain(pattern: AsteriskPattern) -> bool:
    """Return whether an extension is a number, not a pattern."""
    return not pattern.tail and all(len(one) == 1 and one in KEYS for one in pattern.positions)


def _together(numbers: Sequence[str], remarks: list[str]) -> Iterator[str]:
    """Replace several numbers with the same first digit and length by one template, and note that in
    `remarks`.
    """
    groups: dict[tuple[str, int], list[str]] = {}
    for number in numbers:
        groups.setdefault((number[0], len(number)), []).append(number)
    for (first, length), alike in groups.items():
        if len(alike) < FEWEST_TOGETHER or first not in DIGITS:
            yield from (number.replace("*", r"\*") for number in alike)
        else:
            match = first + "." * (length - 1)
            remarks.append(f"{len(alike)} extensions such as {alike[0]} put together as {match}")
            yield match


def _longer(templates: Sequence[Template], made: TemplateStates, count: int) -> dict[int, str]:
    """Return the rules that would cut short a number of one of the first `count` rules, each with that
    number.
    """
    found: dict[int, str] = {}
    # When one of these rules is made to wait, a later rule may be the one that cuts numbers short. So the
    # search is repeated.
    while True:
        now = [replace(rule, timeout=1) if index in found else rule for index, rule in enumerate(templates)]
        hasty = [one for one in early(now, made, range(count)) if now[one.rule].route != "emergency"]
        if not hasty:
            return found
        found.update({one.rule: one.longer for one in hasty})


def _idle(templates: Sequence[Template], made: TemplateStates, own: int, count: int) -> set[int]:
    """Return the new rules that are superfluous: wherever one matches, a rule of the base matches too, and
    waits no longer.

    The first `own` rules are the base's. If the base's rule rewrites a number, the number keeps that meaning,
    and the check with sample numbers reports the difference.
    """
    idle = set(range(own, count))
    for winner, complete in zip(made.winner, made.complete, strict=True):
        if winner in idle:
            others = [templates[index] for index in complete if index < own]
            wait = templates[winner].timeout
            if not any(other.timeout <= wait for other in others):
                idle.discard(winner)
    return idle


def disagreements(
    templates: Sequence[Template], wanted: Sequence[RequiredPattern], integers: Iterator[int]
) -> tuple[int, list[Disagreement]]:
    """Try sample numbers of the patterns.

    Return how many were tried, and those that the phone changes or cuts short.
    """
    tried = 0
    found: list[Disagreement] = []
    for one, number in _samples(wanted, integers):
        tried += 1
        done = dial(templates, number)
        if done.number != number or done.unused or not matches(one.pattern, number):
            found.append(Disagreement(number, one, done))
    return tried, found


def _samples(
    wanted: Sequence[RequiredPattern], integers: Iterator[int]
) -> Iterator[tuple[RequiredPattern, str]]:
    """Yield sample numbers of each pattern, one pattern after the other."""
    if not wanted:
        return
    each = max(SAMPLES_EACH, -(-SAMPLES // len(wanted)))
    for one in wanted:
        for _ in range(each):
            yield one, sample(one.pattern, integers)
