"""Numbers as people write them, as they are plainly, and as the site dials them."""

import re
from collections.abc import Iterable, Iterator

from ringup.directory.entry import Entry

LEAST, MOST = 1, 31
"""Number of digits: a Directory has 32 characters for one (P-XML-15), and an outside number gets a prefix."""

_FILLING = re.compile(r"[\s()/.–-]|\(0\)")
_NUMBER = re.compile(r"\+?[0-9*#]+")
_PUBLIC = re.compile(r"\+?[0-9]+")


def plain_number(text: str) -> str:
    """Return a number without the spaces and signs between its digits; empty for any other text."""
    plain = _FILLING.sub("", text.replace("(0)", ""))
    return plain if _NUMBER.fullmatch(plain) and LEAST <= len(plain) <= MOST else ""


def dialled(
    entries: Iterable[Entry], prefix: str, inside: frozenset[str], country: str = ""
) -> Iterator[Entry]:
    """Yield the entries as the site dials them: a number that is not an extension gets the outside prefix.

    `country` has two letters (ISO 3166-1), or is empty. A number that is then too long for a phone's
    Directory is left out.
    """
    for entry in entries:
        if entry.number in inside:
            yield entry
        elif len(number := prefix + from_country(entry.number, country)) <= MOST:
            yield Entry(entry.name, number)


def from_country(number: str, country: str) -> str:
    """Return the digits with which a telephone of this country dials a number.

    ``+49301234567`` is 0301234567 in Germany and 0049301234567 in France. Without a country, and for other
    text than a possible public number, the number stays as it is.
    """
    if not country or not _PUBLIC.fullmatch(number):
        return number
    import phonenumbers  # its tables take memory, and most sites need none

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return number
    written = phonenumbers.format_out_of_country_calling_number(parsed, country)
    return "".join(each for each in written if each.isdigit()) or number
