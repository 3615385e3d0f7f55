"""Spell texts for a screen that shows only Latin-1: the nearest spelling of each other character."""

import unicodedata
from collections.abc import Iterator

_CYRILLIC = (
    "а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh "
    "щ shch ы y э e ю yu я ya і i є ye ґ g ђ dj ј j љ lj њ nj ћ c џ dz й y ё yo ї yi ў u"
)
_GREEK = (
    "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"
)
_OTHERS = "ł l đ d ı i œ oe ħ h ŋ ng ŧ t ə a – - — - ‘ ' ’ ' ‚ ' “ ' ” ' „ ' ‹ ' › ' … ... € EUR • *"
_WORDS = f"{_CYRILLIC} {_GREEK} {_OTHERS}".split()
_SPELLINGS = {**dict(zip(_WORDS[::2], _WORDS[1::2], strict=True)), "ъ": "", "ь": ""}
"""Spellings of letters and signs that Unicode does not decompose into Latin-1."""


def not_shown(text: str) -> str:
    """Return the characters of a text that the phone cannot show, each once; empty if it can show all."""
    return "" if text.isascii() else "".join(dict.fromkeys(sign for sign in text if sign > "\xff"))


def nearest_spelling(text: str) -> str:
    """Return the text in Latin-1; characters without a near spelling stay unchanged."""
    return "".join(_spelt(unicodedata.normalize("NFC", text)))


def latin_bytes(text: str) -> bytes:
    """Encode a text for the phone in the nearest spelling; a character without one becomes a question
    mark.
    """
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return nearest_spelling(text).encode("latin-1", "replace")


def _spelt(text: str) -> Iterator[str]:
    for sign in text:
        if sign <= "\xff":
            yield sign
            continue
        found = _SPELLINGS.get(sign.lower())
        if found is None:
            bare = [part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part)]
            found = "".join(_SPELLINGS.get(part.lower(), part.lower()) for part in bare)
        yield sign if not_shown(found) else found.capitalize() if sign.isupper() else found
