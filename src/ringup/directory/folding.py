"""Convert texts for a search: to lower case without accents, or to the digits that spell them on a phone."""

import re
import unicodedata

_WRITTEN_AS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "å": "a", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
"""ASCII spellings of letters that Unicode does not decompose into ASCII letters."""
_WORD = re.compile(r"[a-z0-9]+")
_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
"""The digit of each letter on a telephone's keypad (ITU-T E.161)."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower-case ASCII; letters of other scripts are dropped."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_WRITTEN_AS))
    return tuple(_WORD.findall("".join(each for each in plain if not unicodedata.combining(each))))


def keys(word: str) -> str:
    """Return the digits that spell a word on the keypad: ``anna`` is 2662."""
    return word.translate(_KEYS)
