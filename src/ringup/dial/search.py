"""Search all numbers for which a dial template could behave differently, so that the checks give no false
alarms.

Strategy: the states of all rules together form a machine with few states. Digits that no rule names are
equivalent, so one of them is enough. A breadth-first search reaches each state by its shortest number. If
there are too many states, the search ends without a result, and no finding is derived from it.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ringup.dial.decision import choose, on_line
from ringup.dial.pattern import (
    KEYS,
    START,
    Class,
    RuleState,
    State,
    Template,
    class_of,
    keys_named,
    literals,
    standing,
    step,
)

MOST_LINES = 6
"""Number of line buttons on a 7960; a rule for a higher LINE has no effect."""

MOST_STATES = 20_000
"""Maximum number of states; a template of 8 KB with a country's dial plan has a tenth of it."""

MOST_RULES = 1_000
"""Maximum number of rules; a file that a phone can read does not contain more."""

_States = tuple[tuple[int, State], ...]


@dataclass(slots=True)
class TemplateStates:
    """All states of a template on one line; a state is identified by its index, and 0 is the start."""

    numbers: list[str] = field(default_factory=lambda: [""])
    """The shortest number that leads to each state."""
    complete: list[tuple[int, ...]] = field(default_factory=list)
    """The rules that are complete in each state."""
    winner: list[int | None] = field(default_factory=list)
    """The complete rule that would dial in each state."""
    best_rule: list[int | None] = field(default_factory=list)
    """The best matching rule in each state, complete or not."""
    after: list[list[tuple[str, int]]] = field(default_factory=list)
    """For each state, the possible digits and the state to which each digit leads."""


@dataclass(frozen=True, slots=True)
class Early:
    """A rule that dials although a longer number is possible."""

    rule: int
    number: str
    """The number that the rule dials."""
    longer: str
    """A longer number that the caller might have meant."""
    longer_rule: int


def lines_of(templates: Iterable[Template]) -> list[int]:
    """Return the lines that must be searched: those that rules name, and one that no rule names.

    Lines that a phone does not have are left out.
    """
    keys = range(1, MOST_LINES + 1)
    named = {rule.line for rule in templates} & set(keys)
    other = [line for line in keys if line not in named][:1]
    return sorted({*named, *other})


def walk(templates: Sequence[Template], line: int, most: int = MOST_STATES) -> TemplateStates | None:
    """Search all states; return None if there are more than `most` states, or too many rules."""
    if len(templates) > MOST_RULES:
        return None
    rules = dict(on_line(templates, line))
    symbols = _symbols(rules.values())
    steps: dict[tuple[int, State, str], State | None] = {}
    standings: dict[tuple[int, State], RuleState] = {}
    found: dict[_States, int] = {tuple((index, START) for index in rules): 0}
    made, waiting = TemplateStates(), deque(found)
    while waiting:
        states = waiting.popleft()
        number = made.numbers[found[states]]
        _judge(made, rules, states, standings)
        made.after.append(following := [])
        for key in symbols:
            further = _further(rules, states, key, steps)
            if not further:
                continue
            if further not in found:
                if len(found) >= most:
                    return None
                found[further] = len(found)
                made.numbers.append(number + key)
                waiting.append(further)
            following.append((key, found[further]))
    return made


def _symbols(rules: Iterable[Template]) -> str:
    """Return the digits that rules name, and one digit that no rule names."""
    named = {key for rule in rules for key in keys_named(rule.match)}
    other = [key for key in KEYS if key not in named][:1]
    return "".join(sorted({*(named & {*KEYS, "#"}), *other}))


def _further(
    rules: dict[int, Template],
    states: _States,
    key: str,
    steps: dict[tuple[int, State, str], State | None],
) -> _States:
    further = []
    for index, state in states:
        place = (index, state, key)
        if place not in steps:
            steps[place] = step(rules[index].match, state, key)
        if (after := steps[place]) is not None:
            further.append((index, after))
    return tuple(further)


def _judge(
    made: TemplateStates,
    rules: dict[int, Template],
    states: _States,
    standings: dict[tuple[int, State], RuleState],
) -> None:
    here: list[tuple[int, RuleState]] = []
    for index, state in states:
        if (index, state) not in standings:
            standings[index, state] = standing(rules[index].match, state)
        here.append((index, standings[index, state]))
    chosen = choose(here)
    made.complete.append(tuple(index for index, one in here if one.complete))
    made.best_rule.append(chosen.best_rule if chosen else None)
    made.winner.append(chosen.best_rule if chosen and chosen.state.complete else None)


def never_used(walks: Sequence[TemplateStates], rule: int) -> bool:
    """Return whether this rule never dials a number."""
    return not any(rule in made.winner for made in walks)


def is_catch_all(template: Template) -> bool:
    """Return whether a rule is a star without literals, which takes every number that no other rule
    matches.
    """
    return class_of(template.match) is Class.STAR and not literals(template.match)


def early(templates: Sequence[Template], made: TemplateStates, claimants: Iterable[int]) -> list[Early]:
    """Return the rules that dial at once although a claimant could still match, each with its shortest
    example.

    The claimants are the rules whose numbers must not be cut short.
    """
    continuations = _continuations(made, frozenset(claimants))
    found: dict[int, Early] = {}
    # `made.numbers` cannot be used, because another rule may already dial on the shortest way to a state.
    numbers, waiting = {0: ""}, deque([0])
    while waiting:
        here = waiting.popleft()
        winner = made.winner[here]
        if winner is not None and templates[winner].timeout == 0:
            # The phone has dialled, so no digit follows. A line that dials without any digit is intended.
            if here and winner not in found and (further := _shortest(made, continuations, here)):
                found[winner] = Early(winner, numbers[here], numbers[here] + further.keys, further.rule)
            continue
        for key, after in made.after[here]:
            if after not in numbers:
                numbers[after] = numbers[here] + key
                waiting.append(after)
    return [found[rule] for rule in sorted(found)]


class _Continuation(NamedTuple):
    """The further digits that lead to a state in which a rule wins."""

    keys: str
    rule: int
    """Index of the rule that wins."""


def _shortest(
    made: TemplateStates, continuations: dict[int, _Continuation], here: int
) -> _Continuation | None:
    """Return the shortest further digits after which a claimant would dial, with this claimant; None if there
    are none.
    """
    further = [
        _Continuation(key + continuations[after].keys, continuations[after].rule)
        for key, after in made.after[here]
        if after in continuations
    ]
    return min(further, key=lambda one: len(one.keys), default=None)


def _continuations(made: TemplateStates, claimants: frozenset[int]) -> dict[int, _Continuation]:
    """Return, for each state, the digits to the nearest state in which a claimant wins, with this
    claimant.
    """
    before: list[list[tuple[str, int]]] = [[] for _ in made.numbers]
    for here, following in enumerate(made.after):
        for key, after in following:
            before[after].append((key, here))
    continuations = {
        here: _Continuation("", rule)
        for here, rule in enumerate(made.winner)
        if rule is not None and rule in claimants
    }
    waiting = deque(continuations)
    while waiting:
        here = waiting.popleft()
        keys, rule = continuations[here]
        for key, earlier in before[here]:
            if earlier not in continuations:
                continuations[earlier] = _Continuation(key + keys, rule)
                waiting.append(earlier)
    return continuations
