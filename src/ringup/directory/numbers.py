"""Convert telephone numbers from the spelling of people to plain digits, and to the digits that the site
dials.
"""

import re
from collections.abc import Iterable, Iterator

from ringup.directory.entry import Entry

LEAST, MOST = 1, 31
"""Minimum and maximum number of digits.

A phone's Directory has 32 characters for a number (P-XML-15), and an outside number also gets a prefix.
"""

_FILLING = re.compile(r"[\s()/.–-]|\(0\)")
_NUMBER = re.compile(r"\+?[0-9*#]+")
_PUBLIC = re.compile(r"\+?[0-9]+")


def plain_number(text: str) -> str:
    """Return a number without the spaces and punctuation between its digits; empty for a text that is not a
    number.
    """
    plain = _FILLING.sub("", text.replace("(0)", ""))
    return plain if _NUMBER.fullmatch(plain) and LEAST <= len(plain) <= MOST else ""


def dialled(
    entries: Iterable[Entry], prefix: str, inside: frozenset[str], country: str = ""
) -> Iterator[Entry]:
    """Yield the entries with the numbers that the site dials.

    A number that is not an extension gets the outside prefix. It is left out if it is then too long for a
    phone's Directory. `country` is a code of two letters (ISO 3166-1), or empty.
    """
    for entry in entries:
        if entry.number in inside:
            yield entry
        elif len(number := prefix + from_country(entry.number, country)) <= MOST:
            yield Entry(entry.name, number)


def from_country(number: str, country: str) -> str:
    """Return the digits that a telephone in this country dials for a number.

    ``+49301234567`` is 0301234567 in Germany and 0049301234567 in France. The number stays unchanged if the
    country is empty, or if the number cannot be a public number.
    """
    if not country or not _PUBLIC.fullmatch(number):
        return number
    import phonenumbers  # its tables take memory, and most sites do not need them

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return number
    written = phonenumbers.format_out_of_country_calling_number(parsed, country)
    return "".join(each for each in written if each.isdigit()) or number
