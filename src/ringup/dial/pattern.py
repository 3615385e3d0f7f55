"""What a phone's dial template makes of the keys pressed: which rule leads, when it dials, and what.

Strategy: each MATCH is a small machine that takes one key at a time and never goes back, so its state says
all that matters (where it stands, how many literals it took). The rules' states together decide; the search
of `dial_search` walks those same states. Source: P-DIAL-1 to P-DIAL-20.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cache

DEFAULT_TIMEOUT = 10
"""Seconds: of a rule that names none, and while no rule is complete."""

MOST_GROUPS = 5
LONGEST_NUMBER = 255
"""Characters of a dial string."""

KEYS = "0123456789*+"
"""What a dot takes; ``#`` dials at once unless a rule names it."""


@dataclass(frozen=True, slots=True)
class Template:
    """One rule of a phone's dial template."""

    match: str
    timeout: int = DEFAULT_TIMEOUT
    """Seconds after the last key; 0 dials at once."""
    line: int = 0
    """0: every line."""
    user: str = ""
    """``phone``, ``ip`` or nothing."""
    rewrite: str = ""
    route: str = "default"
    tones: tuple[str, ...] = ()
    """The secondary dial tones, one a comma."""
    at: int = 0
    """Where it stands in its file; 0: in none."""


class Class(IntEnum):
    """Between rules with as many literals the higher class wins."""

    STAR = 1
    DOTS = 2
    LITERAL = 3


class _Kind(Enum):
    LITERAL = "literal"
    DOT = "dot"
    STAR = "star"


@dataclass(frozen=True, slots=True)
class _Element:
    kind: _Kind
    letter: str = ""
    """Of a literal."""
    until: str = ""
    """Of a star: the next literal, at which it stops."""


@dataclass(frozen=True, slots=True)
class State:
    """How far one rule has come: `taken` elements, the last of which may be a star that takes more."""

    taken: int = 0
    in_star: bool = False


START = State()


@dataclass(frozen=True, slots=True)
class RuleState:
    """What one rule says to the keys so far."""

    complete: bool
    score: int
    """Literals matched; dots and stars count nothing."""
    kind: Class
    """Of what was matched so far: the last dot or star decides."""


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


# --- one rule ---------------------------------------------------------------------------------------------


def literals(match: str) -> str:
    """The literal characters of a MATCH, in their order."""
    return "".join(element.letter for element in _elements(match) if element.kind is _Kind.LITERAL)


def class_of(match: str) -> Class:
    """What kind of pattern it is."""
    kinds = {element.kind for element in _elements(match)}
    if _Kind.STAR in kinds:
        return Class.STAR
    return Class.DOTS if _Kind.DOT in kinds else Class.LITERAL


def step(match: str, state: State, key: str) -> State | None:
    """The state after one more key; None when the rule is out."""
    elements = _elements(match)
    if state.in_star:
        star = elements[state.taken - 1]
        if key not in (star.until, "#"):
            return state
    if state.taken == len(elements):
        return None
    element = elements[state.taken]
    if element.kind is _Kind.LITERAL:
        return State(state.taken + 1) if key == element.letter else None
    if element.kind is _Kind.DOT:
        return State(state.taken + 1) if key in KEYS else None
    return State(state.taken + 1, in_star=True) if key != "#" else None


def standing(match: str, state: State) -> RuleState:
    """Whether the rule is complete there, what it scores, and the class of what it has matched."""
    elements = _elements(match)
    matched = elements[: state.taken]
    score = sum(element.kind is _Kind.LITERAL for element in matched)
    wild = [element.kind for element in matched if element.kind is not _Kind.LITERAL]
    kind = Class.LITERAL if not wild else Class.STAR if wild[-1] is _Kind.STAR else Class.DOTS
    return RuleState(state.taken == len(elements), score, kind)


def fit(match: str, keys: str) -> RuleState | None:
    """What one rule says to these keys; None when it does not fit."""
    states = _states(match, keys)
    return None if states is None else standing(match, states[-1])


def number_of_groups(match: str) -> int:
    """Runs of dots, and stars: more than MOST_GROUPS cannot be told apart."""
    return len(set(_group_of_elements(match)) - {0})


def rewritten(template: Template, keys: str) -> str:
    """What a complete rule dials for these keys; without USER."""
    if not template.rewrite:
        return keys[:LONGEST_NUMBER]
    groups = _groups(template.match, keys)
    values = {"s": keys, "0": keys, **{str(index): text for index, text in enumerate(groups, 1)}}
    matched = iter("".join(groups))
    written = ""
    letters = iter(template.rewrite)
    for letter in letters:
        if letter == ".":
            written += next(matched, "")
        elif letter == "%":
            name = next(letters, "%")
            written += values.get(name, name)
        else:
            written += letter
    return written[:LONGEST_NUMBER]


def with_user(number: str, user: str) -> str:
    """The number as USER changes it: the parameter goes inside a final ``>``."""
    if not user:
        return number
    return f"{number[:-1]};user={user}>" if number.endswith(">") else f"{number};user={user}"


@cache
def _elements(match: str) -> tuple[_Element, ...]:
    """The pattern in pieces; commas only give a tone."""
    found: list[_Element] = []
    position = 0
    while position < len(match):
        letter = match[position]
        if letter == "\\" and position + 1 < len(match):
            position += 1
            found.append(_Element(_Kind.LITERAL, match[position]))
        elif letter == ".":
            found.append(_Element(_Kind.DOT))
        elif letter == "*":
            found.append(_Element(_Kind.STAR))
        elif letter != ",":
            found.append(_Element(_Kind.LITERAL, letter))
        position += 1
    return tuple(_with_its_end(element, found[index:]) for index, element in enumerate(found))


def _with_its_end(element: _Element, following: Sequence[_Element]) -> _Element:
    if element.kind is not _Kind.STAR:
        return element
    until = next((other.letter for other in following if other.kind is _Kind.LITERAL), "")
    return _Element(_Kind.STAR, until=until)


def _states(match: str, keys: str) -> list[State] | None:
    """The state before the first key and after each."""
    states = [START]
    for key in keys:
        after = step(match, states[-1], key)
        if after is None:
            return None
        states.append(after)
    return states


@cache
def _group_of_elements(match: str) -> tuple[int, ...]:
    """The group of each element, from 1; 0 for literals."""
    numbers: list[int] = []
    before, group = _Kind.LITERAL, 0
    for element in _elements(match):
        if element.kind is _Kind.STAR or (element.kind is _Kind.DOT and before is not _Kind.DOT):
            group += 1
        numbers.append(0 if element.kind is _Kind.LITERAL else group)
        before = element.kind
    return tuple(numbers)


def _groups(match: str, keys: str) -> list[str]:
    """What the groups took; the fifth swallows the rest."""
    groups = [""] * MOST_GROUPS
    numbers = _group_of_elements(match)
    for key, state in zip(keys, (_states(match, keys) or [START])[1:], strict=False):
        if group := numbers[state.taken - 1]:
            groups[min(group, MOST_GROUPS) - 1] += key
    return groups


# --- all rules --------------------------------------------------------------------------------------------


def on_line(templates: Sequence[Template], line: int) -> list[tuple[int, Template]]:
    """The rules that count on a line, with their indices."""
    return [(index, rule) for index, rule in enumerate(templates) if rule.line in (0, line)]


def choose(standings: Sequence[tuple[int, RuleState]]) -> tuple[int, RuleState] | None:
    """Return the rule that leads, of those that fit, in file order; None where none fits.

    More literals win, then the better class of what was matched, then the first. A complete rule may also
    take the lead from an incomplete one with as many literals that stands before it, whatever its class: so
    a star is taken over an incomplete dot rule before it, but not over one behind it. Source: dialplan.c of
    SIPCC.
    """
    best_rule: tuple[int, RuleState] | None = None
    furthest = (0, 0)
    for index, one in standings:
        rank = (one.score, int(one.kind))
        if rank > furthest or (one.complete and one.score >= furthest[0] and _is_better(one, best_rule)):
            best_rule = index, one
        furthest = max(furthest, rank)
    return best_rule


def _is_better(complete: RuleState, best_rule: tuple[int, RuleState] | None) -> bool:
    """Compare a complete rule with a best rule that has as many literals."""
    return best_rule is None or not best_rule[1].complete or complete.kind > best_rule[1].kind


def decide(templates: Sequence[Template], keys: str, line: int = 1) -> Decision:
    """What the phone makes of the keys pressed so far on a line."""
    fits = ((index, fit(rule.match, keys)) for index, rule in on_line(templates, line))
    chosen = choose([(index, one) for index, one in fits if one is not None])
    if chosen is None:
        return Decision(None, False, 0, DEFAULT_TIMEOUT, keys)
    index, one = chosen
    if not one.complete:
        return Decision(index, False, one.score, DEFAULT_TIMEOUT, keys)
    return Decision(index, True, one.score, templates[index].timeout, rewritten(templates[index], keys))


def takes_hash(templates: Sequence[Template], keys: str, line: int = 1) -> bool:
    """Whether ``#`` after these keys is a key of some rule rather than "dial now"."""
    return any(fit(rule.match, f"{keys}#") is not None for _, rule in on_line(templates, line))
