"""Asterisk's extension patterns: what each matches, sample numbers, and the phone's templates for each.

``X`` is 0-9, ``Z`` 1-9, ``N`` 2-9, and ``[15-7]`` a set. ``.`` stands for one or more characters of any kind,
``!`` for any number of them, even none. Asterisk ignores hyphens. An extension that does not begin with ``_``
is literal. A phone's template has only ``.`` for one digit and ``*`` for the rest. So a class smaller than X
becomes one template per digit, or it is widened to ``.`` with a note. Source: Asterisk's documentation,
"Pattern Matching"; P-DIAL-7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

from ringup.dial.pattern import KEYS
from ringup.dial.template_file import LONGEST_VALUE

DIGITS = "0123456789"
MOST_TEMPLATES = 10
"""Maximum number of templates for one pattern; the phone's file has space for about 150 templates."""

MOST_EXTRA_DIGITS = 8
"""Number of digits that follow the fixed ones in a sample number, if the pattern allows any number of
digits.
"""

_CLASSES = {"X": DIGITS, "Z": DIGITS[1:], "N": DIGITS[2:]}

Tail = Literal["", ".", "!"]


@dataclass(frozen=True, slots=True)
class AsteriskPattern:
    """One extension of Asterisk's dial plan, split into its positions."""

    text: str
    """The extension as it was written."""
    positions: tuple[str, ...]
    """The characters that each position accepts, in one string per position."""
    tail: Tail = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """The templates for one pattern."""

    matches: tuple[str, ...] = ()
    """The MATCH texts; empty if no template can express the pattern."""
    note: str = ""
    """Which parts of the pattern were widened or split, or cannot be expressed.

    Empty if the templates match exactly the same numbers as the pattern.
    """


def parse(text: str) -> AsteriskPattern | None:
    """Read an extension; return None for a pattern that Asterisk cannot read either."""
    if not text.startswith("_"):
        return AsteriskPattern(text, tuple(text)) if text else None
    positions: list[str] = []
    position = 1
    while position < len(text):
        letter = text[position]
        position += 1
        if letter in (".", "!"):
            # Asterisk ignores everything after this character.
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
    """Return the digits of a set: ``15-7`` is 1, 5, 6 and 7; a range like ``7-5`` is empty."""
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
    """Return whether this extension matches the number."""
    least = len(pattern.positions)
    if not pattern.tail and len(number) != least:
        return False
    if len(number) < least + (pattern.tail == "."):
        return False
    return all(key in characters for key, characters in zip(number, pattern.positions, strict=False))


def is_dialled(pattern: AsteriskPattern) -> bool:
    """Return whether a phone's buttons can dial the extension; ``s``, ``i`` and names cannot be dialled."""
    keys = {*KEYS, "#"}
    return all(keys & set(characters) for characters in pattern.positions)


def sample(pattern: AsteriskPattern, integers: Iterator[int]) -> str:
    """Return a number that the pattern matches; `integers` choose among the possible digits."""
    number = "".join(_chosen(_keys_of(characters), next(integers)) for characters in pattern.positions)
    if pattern.tail:
        least = 1 if pattern.tail == "." or not number else 0
        extra = least + next(integers) % MOST_EXTRA_DIGITS
        number += "".join(_chosen(DIGITS, next(integers)) for _ in range(extra))
    return number


def _chosen(characters: str, integer: int) -> str:
    return characters[integer % len(characters)]


def _keys_of(characters: str) -> str:
    """Return the positions, without characters that no button of a phone dials.

    Raises ValueError if a position is then empty (see `is_dialled`).
    """
    keys = "".join(key for key in characters if key in {*KEYS, "#"})
    if not keys:
        raise ValueError(f"no key gives any of {characters!r}")
    return keys


def to_templates(pattern: AsteriskPattern, most: int = MOST_TEMPLATES) -> Converted:
    """Return the MATCH texts that accept the same numbers as the pattern.

    They accept further numbers if one template per digit would exceed `most` templates.
    """
    if not is_dialled(pattern):
        return Converted(note="a phone cannot dial it")
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
    """Return the texts for each position, the classes that were widened, and the classes with one text per
    digit.

    The first positions get one text per digit before later ones, because the first digits distinguish numbers
    best.
    """
    choices: list[list[str]] = []
    widened, spelt_out = [], []
    count = len(_ENDS[pattern.tail])
    for characters in map(_keys_of, pattern.positions):
        if set(DIGITS) <= set(characters) <= set(KEYS):
            choices.append(["."])
        elif count * len(characters) <= most or not set(characters) <= set(KEYS):
            # A dot does not accept "#". So a class that contains "#" always becomes one template per digit.
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
