"""Convert texts to what a phone can show: one space between words, ISO-8859-1, and a maximum length."""

import unicodedata

from ringup.pages.objects.limits import TELEPHONE, URL

_CUT = ".."
"""The end of a text that was cut; ISO-8859-1 has no character for an ellipsis."""
_WRITTEN_AS = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "•": "*",
        "€": "EUR", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "œ": "oe", "Œ": "OE", "→": "->",
        "←": "<-",
    }
)  # fmt: skip
"""Replacements for characters that Unicode does not decompose into ISO-8859-1."""
_UNKNOWN = "?"
_KEYS = frozenset("0123456789*#+")


def label(text: str, longest: int) -> str:
    """Return a text as one line, in characters that every phone can show (P-XML-6, P-XML-23); a long text is
    cut.
    """
    return _cut(" ".join(latin(text).split()), longest)


def lines(text: str, longest: int) -> str:
    """Return a text with its line ends, in characters that every phone can show; a long text is cut."""
    rows = (" ".join(row.split()) for row in latin(text).splitlines())
    return _cut("\n".join(rows), longest)


def latin(text: str) -> str:
    """Return a text in ISO-8859-1; an accented letter that it lacks loses its accent."""
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
    """Return a URL unchanged; raises ValueError for a URL that a phone would reject (P-XML-12)."""
    if not text or len(text) > URL:
        raise ValueError(f"a URL has 1 to {URL} characters, not {len(text)}")
    if not all("!" <= each <= "~" for each in text):
        raise ValueError(f"a URL is of visible ASCII characters: {text!r}")
    return text


def is_dialable(number: str) -> bool:
    """Return whether a phone can dial this number from a page: letters have no key (P-XML-15)."""
    return 0 < len(number) <= TELEPHONE and not set(number) - _KEYS
