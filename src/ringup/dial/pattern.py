"""One rule of a dial template, and what it makes of the keys pressed.

Strategy: each MATCH is a small machine that takes one key at a time and never goes back, so its state says
all that matters (where it stands, how many literals it took). The states of all rules together decide
(`decision`); the search behind the lint walks those same states. Source: P-DIAL-6 to P-DIAL-22.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cache

DEFAULT_TIMEOUT = 10
"""Seconds: of a rule that names none, and while no rule is complete."""

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


class Kind(Enum):
    """What stands in a MATCH, apart from commas."""

    LITERAL = "literal"
    DOT = "dot"
    STAR = "star"


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a MATCH."""

    kind: Kind
    letter: str = ""
    """Of a literal."""
    until: str = ""
    """Of a star: the character that stands next in the MATCH, at which it stops if that is dialled."""
    joins: bool = False
    """Of a dot: whether a dot stands right before it."""
    commas: int = 0
    """How many commas stand before it in the MATCH; several in a row are one."""


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
    commas: int = 0
    """How many second dial tones it has given already."""
    is_at_comma: bool = False
    """Whether it gives one now."""


# Reading a MATCH, and walking it.


def elements(match: str) -> tuple[Element, ...]:
    """The pattern in pieces, without its commas: they take no key."""
    found, _ = _pattern(match)
    return found


def ends_in_comma(match: str) -> bool:
    """Whether a comma is left after the last element: such a rule waits for a key that it cannot take."""
    found, commas = _pattern(match)
    return commas > (found[-1].commas if found else 0)


def literals(match: str) -> str:
    """The literal characters of a MATCH, in their order."""
    return "".join(element.letter for element in elements(match) if element.kind is Kind.LITERAL)


def keys_named(match: str) -> set[str]:
    """The keys that are not like all others to it: its literals, and those at which its stars stop."""
    return {element.letter + element.until for element in elements(match)} - {""}


def class_of(match: str) -> Class:
    """What kind of pattern it is."""
    kinds = {element.kind for element in elements(match)}
    if Kind.STAR in kinds:
        return Class.STAR
    return Class.DOTS if Kind.DOT in kinds else Class.LITERAL


def step(match: str, state: State, key: str) -> State | None:
    """The state after one more key; None when the rule is out."""
    places = elements(match)
    if state.in_star:
        star = places[state.taken - 1]
        if key not in (star.until, "#"):
            return state
    if state.taken == len(places):
        return None
    element = places[state.taken]
    if element.kind is Kind.LITERAL:
        return State(state.taken + 1) if key == element.letter else None
    if element.kind is Kind.DOT:
        return State(state.taken + 1) if key in KEYS else None
    return State(state.taken + 1, in_star=True) if key != "#" else None


def states(match: str, keys: str) -> list[State] | None:
    """The state before the first key and after each; None when the rule does not fit."""
    found = [START]
    for key in keys:
        after = step(match, found[-1], key)
        if after is None:
            return None
        found.append(after)
    return found


def standing(match: str, state: State) -> RuleState:
    """Whether the rule is complete there, what it scores, and the class of what it has matched."""
    places, commas = _pattern(match)
    matched = places[: state.taken]
    score = sum(element.kind is Kind.LITERAL for element in matched)
    wild = [element.kind for element in matched if element.kind is not Kind.LITERAL]
    kind = Class.LITERAL if not wild else Class.STAR if wild[-1] is Kind.STAR else Class.DOTS
    given = matched[-1].commas if matched else 0
    is_at_end = state.taken == len(places)
    is_at_comma = (commas if is_at_end else places[state.taken].commas) > given
    return RuleState(is_at_end and not is_at_comma, score, kind, given, is_at_comma)


def fit(match: str, keys: str) -> RuleState | None:
    """What one rule says to these keys; None when it does not fit."""
    walked = states(match, keys)
    return None if walked is None else standing(match, walked[-1])


@cache
def _pattern(match: str) -> tuple[tuple[Element, ...], int]:
    """Its elements, and how many commas it has in all."""
    found: list[Element] = []
    commas, position = 0, 0
    while position < len(match):
        letter, before = match[position], match[position - 1 : position]
        if letter == "\\" and position + 1 < len(match):
            position += 1
            found.append(Element(Kind.LITERAL, match[position], commas=commas))
        elif letter == ".":
            joins = before == "." and found[-1].kind is Kind.DOT
            found.append(Element(Kind.DOT, joins=joins, commas=commas))
        elif letter == "*":
            found.append(Element(Kind.STAR, until=_character_at(match, position + 1), commas=commas))
        elif letter == ",":
            commas += commas == (found[-1].commas if found else 0)
        else:
            found.append(Element(Kind.LITERAL, letter, commas=commas))
        position += 1
    return tuple(found), commas


def _character_at(match: str, position: int) -> str:
    """The character there, or the one that is escaped there."""
    following = match[position : position + 2]
    return following[1:] if following.startswith("\\") else following[:1]
