"""Texts as a search compares them: without case and accents, and as the keys of a phone that spell them."""

import re
import unicodedata

_WRITTEN_AS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "å": "a", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
"""Letters that no decomposition turns into ASCII."""
_WORD = re.compile(r"[a-z0-9]+")
_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
"""The key of each letter (ITU-T E.161)."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case and ASCII; letters of other scripts are left out."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_WRITTEN_AS))
    return tuple(_WORD.findall("".join(each for each in plain if not unicodedata.combining(each))))


def keys(word: str) -> str:
    """Return the digits that spell a word on the keypad: ``anna`` is 2662."""
    return word.translate(_KEYS)
