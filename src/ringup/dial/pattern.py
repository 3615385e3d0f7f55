"""One rule of a dial template, and its result for the digits pressed so far.

Strategy: each MATCH is a small state machine that takes one digit at a time and never goes back. Its state
consists of the position in the MATCH and the number of matched literals. The states of all rules together
decide what the phone does (`dial.decision`). The search behind the checks (`dial.search`) uses the same
states. Source: P-DIAL-6 to P-DIAL-22.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cache

DEFAULT_TIMEOUT = 10
"""Seconds that the phone waits if the rule has no TIMEOUT, or if no rule is complete."""

KEYS = "0123456789*+"
"""The digits that a dot accepts; ``#`` makes the phone dial at once, unless a rule contains it."""


@dataclass(frozen=True, slots=True)
class Template:
    """One rule of a phone's dial template."""

    match: str
    timeout: int = DEFAULT_TIMEOUT
    """Seconds from the last digit until the phone dials; 0 to dial at once."""
    line: int = 0
    """The line to which the rule applies; 0 for every line."""
    user: str = ""
    """``phone``, ``ip`` or empty."""
    rewrite: str = ""
    route: str = "default"
    tones: tuple[str, ...] = ()
    """The second dial tones, one for each comma."""
    at: int = 0
    """The line number of the rule in its file; 0 if the rule does not come from a file."""


class Class(IntEnum):
    """The class of a match; among rules with as many literals, the rule of the higher class wins."""

    STAR = 1
    DOTS = 2
    LITERAL = 3


class Kind(Enum):
    """The kinds of characters in a MATCH, apart from commas."""

    LITERAL = "literal"
    DOT = "dot"
    STAR = "star"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a MATCH."""

    kind: Kind
    letter: str = ""
    """The character, if the element is a literal."""
    until: str = ""
    """For a star, the next character of the MATCH: the star ends when this character is dialled."""
    joins: bool = False
    """For a dot, True if another dot stands directly before it."""
    commas: int = 0
    """Number of commas before this element in the MATCH; several commas in a row count as one."""


@dataclass(frozen=True, slots=True)
class State:
    """The progress of one rule: `taken` elements have matched.

    The last of them may be a star that accepts further digits.
    """

    taken: int = 0
    in_star: bool = False


START = State()


@dataclass(frozen=True, slots=True)
class RuleState:
    """The result of one rule for the digits so far."""

    complete: bool
    score: int
    """Number of matched literals; dots and stars do not count."""
    kind: Class
    """The class of the match so far; the last dot or star determines it."""
    commas: int = 0
    """Number of second dial tones that the rule has already played."""
    is_at_comma: bool = False
    """True if the rule plays a second dial tone now."""


# Reading a MATCH, and its states.


def elements(match: str) -> tuple[Element, ...]:
    """Return the elements of a MATCH; commas are left out, because they match no digit."""
    found, _ = _pattern(match)
    return found


def ends_in_comma(match: str) -> bool:
    """Return whether a comma follows the last element; such a rule waits for a digit that it cannot
    accept.
    """
    found, commas = _pattern(match)
    return commas > (found[-1].commas if found else 0)


def literals(match: str) -> str:
    """Return the literal characters of a MATCH, in order."""
    return "".join(element.letter for element in elements(match) if element.kind is Kind.LITERAL)


def keys_named(match: str) -> set[str]:
    """Return the digits that a MATCH distinguishes: its literals, and the digits at which its stars end."""
    return {element.letter + element.until for element in elements(match)} - {""}


def class_of(match: str) -> Class:
    """Return the class of a MATCH."""
    kinds = {element.kind for element in elements(match)}
    if Kind.STAR in kinds:
        return Class.STAR
    return Class.DOTS if Kind.DOT in kinds else Class.LITERAL


def step(match: str, state: State, key: str) -> State | None:
    """Return the state after one more digit; None if the rule no longer matches."""
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
    """Return the states before the first digit and after each digit; None if the rule does not match."""
    found = [START]
    for key in keys:
        after = step(match, found[-1], key)
        if after is None:
            return None
        found.append(after)
    return found


def standing(match: str, state: State) -> RuleState:
    """Return the result of one rule in this state."""
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
    """Return the result of one rule for these digits; None if the rule does not match."""
    walked = states(match, keys)
    return None if walked is None else standing(match, walked[-1])


@cache
def _pattern(match: str) -> tuple[tuple[Element, ...], int]:
    """Return the elements of a MATCH, and the number of its commas."""
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
    """Return the character at this position; after a backslash, the escaped character."""
    following = match[position : position + 2]
    return following[1:] if following.startswith("\\") else following[:1]
