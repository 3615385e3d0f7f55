"""Read from a request for a page which objects the phone can show, its display and its charset.

A 7940 or 7960 with SIP sends no headers about itself. So a request without these headers gets the objects of
XML 3.0 in ISO-8859-1 (P-XML-31). Later models list the objects that they can show in Accept (P-XML-28,
P-XML-29).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.datastructures import Headers

from ringup.pages.objects.limits import PANES, SMALLEST_PANE, Pane
from ringup.pages.objects.xml import LATIN

OBJECTS_OF_3_0 = frozenset({"Menu", "Text", "Input", "Directory", "Image", "GraphicMenu"})
"""The objects that every model with a display for pages can show (P-XML-1)."""
UNICODE = "UTF-8"

LONGEST_QUERY = 1024
"""Maximum number of characters of a query; a URL has up to 256, and each of five fields adds a few dozen."""
MOST_PARAMETERS = 32
"""Maximum number of parameters of a query."""

_OBJECT = re.compile(r"x-CiscoIPPhone/(\w+|\*)", re.ASCII | re.IGNORECASE)
_MODEL = re.compile(r"(?:CP-)?(\d{4})", re.ASCII)


class PageRequest(NamedTuple):
    """One request for a page."""

    address: str
    path: str
    query: Mapping[str, str]
    """The parameters by name; if a name occurs twice, the last value counts. A phone may append others
    (P-XML-29).
    """
    shows: frozenset[str] = OBJECTS_OF_3_0
    """The names of the objects that the phone can show."""
    charset: str = LATIN
    model: str = ""
    """The four digits of the model; empty if the phone does not state it."""
    pane: Pane = SMALLEST_PANE
    language: str = ""
    """The first language in Accept-Language, as the phone writes it."""


def page_request(address: str, path: str, query: bytes, headers: Headers) -> PageRequest:
    """Return the values in a request; invalid values never raise an error."""
    model = _first(_MODEL, headers.get("x-ciscoipphonemodelname", ""))
    return PageRequest(
        address,
        path,
        _parameters(query),
        _shown(headers.get("accept", "")),
        _charset(headers.get("accept-charset", "")),
        model,
        PANES.get(model, SMALLEST_PANE),
        headers.get("accept-language", "").split(",")[0].split(";")[0].strip()[:35],
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return found[1] if found else ""


def _parameters(query: bytes) -> Mapping[str, str]:
    text = query[:LONGEST_QUERY].decode("latin-1")
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except UnicodeDecodeError:  # a phone sends typed text in its own charset
        pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        pairs = []
    return MappingProxyType(dict(pairs))


def _shown(accept: str) -> frozenset[str]:
    named = {name.partition(";")[0] for name in _OBJECT.findall(accept)}
    return OBJECTS_OF_3_0 | named - {"*"}


def _charset(accepted: str) -> str:
    """Return UTF-8 if the phone prefers it to ISO-8859-1, or does not accept ISO-8859-1; otherwise
    ISO-8859-1.
    """
    weights: dict[str, float] = {}
    for part in accepted.lower().split(",")[:16]:
        name, _, parameters = part.partition(";")
        weights[name.strip()] = _weight(parameters)
    latin, unicode = weights.get(LATIN.lower(), 0.0), weights.get(UNICODE.lower(), 0.0)
    return UNICODE if unicode > latin else LATIN


def _weight(parameters: str) -> float:
    found = re.search(r"q=([01](?:\.\d{1,3})?)", parameters, re.ASCII)
    return float(found[1]) if found else 1.0
