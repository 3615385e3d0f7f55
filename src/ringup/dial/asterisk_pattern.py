"""Asterisk's extension patterns: what they match, numbers that they match, and phones' templates for them.

``X`` is 0-9, ``Z`` 1-9, ``N`` 2-9, ``[15-7]`` a set, ``.`` one or more of anything, ``!`` none or more;
hyphens only please the eye. An extension that does not begin with ``_`` is literal. A phone knows ``.`` for
one digit and a star for the rest: a class smaller than X is spelt out digit by digit, or widened, and that is
said. Source: Asterisk's documentation, "Pattern Matching"; P-DIAL-7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

from ringup.dial.pattern import KEYS
from ringup.dial.template_file import LONGEST_VALUE

DIGITS = "0123456789"
MOST_TEMPLATES = 10
"""A pattern is spelt out into so many templates at most; the phone's file has room for about 150."""

MOST_EXTRA_DIGITS = 8
"""How many more digits a sample has where any number may follow."""

_CLASSES = {"X": DIGITS, "Z": DIGITS[1:], "N": DIGITS[2:]}

Tail = Literal["", ".", "!"]


@dataclass(frozen=True, slots=True)
class AsteriskPattern:
    """An extension, position by position."""

    text: str
    """As it was written."""
    positions: tuple[str, ...]
    """What each takes, as a string of its characters."""
    tail: Tail = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """Templates for one pattern."""

    matches: tuple[str, ...] = ()
    """MATCH texts; none: it cannot be expressed."""
    note: str = ""
    """What was widened, spelt out or cannot be expressed; empty: it says the same."""


def parse(text: str) -> AsteriskPattern | None:
    """Read an extension; None for a pattern that Asterisk would not read either."""
    if not text.startswith("_"):
        return AsteriskPattern(text, tuple(text)) if text else None
    positions: list[str] = []
    position = 1
    while position < len(text):
        letter = text[position]
        position += 1
        if letter in (".", "!"):
            # Asterisk reads nothing after it.
            return AsteriskPattern(text, tuple(positions), "." if letter == "." else "!")
        if letter == "[":
            end = text.find("]", position)
            characters = _set(text[position:end]) if end > position else ""
            if not characters:
                return None
            positions.append(characters)
            position = end + 1
        elif letter != "-":
            positions.append(_CLASSES.get(letter.upper(), letter))
    return AsteriskPattern(text, tuple(positions)) if positions else None


def _set(text: str) -> str:
    """``15-7`` is 1, 5, 6 and 7; empty: a range that runs backwards."""
    characters: dict[str, None] = {}
    position = 0
    while position < len(text):
        first = text[position]
        if text[position + 1 : position + 2] == "-" and position + 2 < len(text):
            last = text[position + 2]
            if first > last:
                return ""
            characters.update(dict.fromkeys(map(chr, range(ord(first), ord(last) + 1))))
            position += 3
        else:
            characters[first] = None
            position += 1
    return "".join(characters)


def matches(pattern: AsteriskPattern, number: str) -> bool:
    """Whether Asterisk takes this number for this extension."""
    least = len(pattern.positions)
    if not pattern.tail and len(number) != least:
        return False
    if len(number) < least + (pattern.tail == "."):
        return False
    return all(key in characters for key, characters in zip(number, pattern.positions, strict=False))


def is_dialled(pattern: AsteriskPattern) -> bool:
    """Whether keys can give it at all: not ``s``, ``i`` or a name."""
    keys = {*KEYS, "#"}
    return all(keys & set(characters) for characters in pattern.positions)


def sample(pattern: AsteriskPattern, integers: Iterator[int]) -> str:
    """A number that the pattern matches, chosen by the integers; of keys that phones have."""
    number = "".join(_chosen(_keys_of(characters), next(integers)) for characters in pattern.positions)
    if pattern.tail:
        least = 1 if pattern.tail == "." or not number else 0
        extra = least + next(integers) % MOST_EXTRA_DIGITS
        number += "".join(_chosen(DIGITS, next(integers)) for _ in range(extra))
    return number


def _chosen(characters: str, integer: int) -> str:
    return characters[integer % len(characters)]


def _keys_of(characters: str) -> str:
    """Without what no key gives; raises ValueError if nothing remains (see `is_dialled`)."""
    keys = "".join(key for key in characters if key in {*KEYS, "#"})
    if not keys:
        raise ValueError(f"no key gives any of {characters!r}")
    return keys


def to_templates(pattern: AsteriskPattern, most: int = MOST_TEMPLATES) -> Converted:
    """The MATCH texts that take what the pattern takes, or more than that if spelling out takes too many."""
    if not is_dialled(pattern):
        return Converted(note="no keys give it")
    choices, widened, spelt_out = _choices(pattern, most)
    stems = ["".join(parts) for parts in product(*choices)]
    texts = [stem + end for stem in stems for end in _ENDS[pattern.tail] if stem + end]
    if any(len(text) > LONGEST_VALUE for text in texts):
        return Converted(note=f"a MATCH has {LONGEST_VALUE} characters at most")
    notes = []
    if spelt_out:
        notes.append(f"{', '.join(map(_named, dict.fromkeys(spelt_out)))} spelt out, {len(texts)} templates")
    if widened:
        further = " further on" if spelt_out else ""
        notes.append(f"{', '.join(map(_named, dict.fromkeys(widened)))}{further} widened to any digit")
    return Converted(tuple(texts), "; ".join(notes))


_ENDS: dict[Tail, tuple[str, ...]] = {"": ("",), ".": ("*",), "!": ("", "*")}


def _choices(pattern: AsteriskPattern, most: int) -> tuple[list[list[str]], list[str], list[str]]:
    """What stands for each position; the classes that were widened and those spelt out.

    From the left: first digits are what tells numbers apart.
    """
    choices: list[list[str]] = []
    widened, spelt_out = [], []
    count = len(_ENDS[pattern.tail])
    for characters in map(_keys_of, pattern.positions):
        if set(DIGITS) <= set(characters) <= set(KEYS):
            choices.append(["."])
        elif count * len(characters) <= most or not set(characters) <= set(KEYS):
            # A dot takes no "#": a class with one is spelt out whatever it costs.
            count *= len(characters)
            choices.append([_ESCAPED.get(key, key) for key in characters])
            spelt_out += [characters] if len(characters) > 1 else []
        else:
            choices.append(["."])
            widened.append(characters)
    return choices, widened, spelt_out


_ESCAPED = {"*": r"\*"}


def _named(characters: str) -> str:
    names = {digits: name for name, digits in _CLASSES.items()}
    return names.get(characters, f"[{characters}]")
