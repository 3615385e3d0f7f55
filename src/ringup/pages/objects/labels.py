"""Texts as a phone can show them: one space between words, ISO-8859-1, and not longer than their place."""

import unicodedata

from ringup.pages.objects.limits import URL

_CUT = ".."
"""Ends a text that was too long; ISO-8859-1 has no character for three dots."""
_WRITTEN_AS = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "•": "*",
        "€": "EUR", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "œ": "oe", "Œ": "OE", "→": "->",
        "←": "<-",
    }
)  # fmt: skip
"""Characters that no decomposition turns into ISO-8859-1."""
_UNKNOWN = "?"


def label(text: str, longest: int) -> str:
    """Return a text on one line, in characters of every phone (P-XML-6, P-XML-23), cut if it is too long."""
    return _cut(" ".join(latin(text).split()), longest)


def lines(text: str, longest: int) -> str:
    """Return a text with its line ends, in characters of every phone, cut if it is too long."""
    rows = (" ".join(row.split()) for row in latin(text).splitlines())
    return _cut("\n".join(rows), longest)


def latin(text: str) -> str:
    """Return a text in ISO-8859-1: accents stay where it has them, and go where it has not."""
    return "".join(_of_latin(each) for each in unicodedata.normalize("NFC", text).translate(_WRITTEN_AS))


def _of_latin(character: str) -> str:
    if character in "\n\t" or " " <= character <= "~" or "\xa0" <= character <= "\xff":
        return character
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Mn"):
        return ""
    plain = unicodedata.normalize("NFKD", character)
    kept = "".join(each for each in plain if " " <= each <= "~")
    return kept or (" " if character.isspace() else _UNKNOWN)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - len(_CUT)].rstrip() + _CUT


def url(text: str) -> str:
    """Return a URL unchanged; raises ValueError for a URL that a phone would not accept (P-XML-12)."""
    if not text or len(text) > URL:
        raise ValueError(f"a URL has 1 to {URL} characters, not {len(text)}")
    if not all("!" <= each <= "~" for each in text):
        raise ValueError(f"a URL is of visible ASCII characters: {text!r}")
    return text
