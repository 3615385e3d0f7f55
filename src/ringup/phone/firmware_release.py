"""Releases of 7940/7960 firmware, read from the names that people and files use for them.

Source: P-LOAD-1 to P-LOAD-7, with the source keys of docs/reference/phones.md.
"""

import re
from dataclasses import dataclass

from ringup.errors import Problem, SiteErrors
from ringup.phone.firmware import PROTOCOLS, check_load, protocol_of, release_of, right_name

Numbers = tuple[int, int]
"""The major and the minor release."""

ANY: Numbers = (99, 99)
FIRST_SIGNED = 5
"""The first major release in which all images are signed (68244; readme of SCCP 8.0(10))."""


@dataclass(frozen=True, slots=True)
class Release:
    """One firmware release."""

    protocol: str
    numbers: Numbers
    load: str
    """The load's name; ``zzww`` stands for digits that only the package itself shows."""

    @property
    def is_signed(self) -> bool:
        """Return whether a phone that runs this release no longer accepts unsigned images."""
        return self.numbers[0] >= FIRST_SIGNED

    def __str__(self) -> str:
        return f"{self.protocol} {self.numbers[0]}.{self.numbers[1]}"


KNOWN_LOADS: dict[tuple[str, Numbers], str] = {
    ("SIP", (2, 0)): "P0S30200",
    ("SIP", (2, 1)): "P0S30201",
    ("SIP", (2, 2)): "P0S30202",
    ("SIP", (2, 3)): "P0S30203",
    ("SCCP", (3, 3)): "P00303030300",
    ("SCCP", (5, 0)): "P00305000200",
    ("SCCP", (6, 0)): "P00306000100",
    ("SCCP", (7, 2)): "P00307020300",
    ("SCCP", (8, 0)): "P00308001000",
    ("SCCP", (8, 1)): "P00308010200",
}
"""Names of loads without dashes; for each SCCP release, the name that a source states (P-LOAD-2, P-LOAD-3).

The names of 2.0 and 2.1 are formed like those of 2.2 and 2.3 [I].
"""


def known(protocol: str, *releases: Numbers) -> tuple[Release, ...]:
    """Return these releases of one protocol, with the names of their loads."""
    return tuple(Release(protocol, numbers, _load_name(protocol, numbers)) for numbers in releases)


def _load_name(protocol: str, numbers: Numbers) -> str:
    major, minor = numbers
    if protocol == "SCCP":
        return KNOWN_LOADS.get((protocol, numbers), f"P003{major:02}{minor:02}zzww")
    prefix = next(key for key, name in PROTOCOLS.items() if name == protocol)
    return KNOWN_LOADS.get((protocol, numbers)) or right_name(f"{prefix}-{major:02}-{minor}-00")


SIP_RELEASES = known(
    "SIP",
    (2, 0), (2, 1), (2, 2), (2, 3), (3, 0), (3, 1), (4, 0), (4, 2), (4, 4), (5, 0), (5, 1), (5, 2), (5, 3),
    (6, 0), (6, 1), (6, 3), (7, 0), (7, 1), (7, 2), (7, 3), (7, 4), (7, 5), (8, 0), (8, 2), (8, 3), (8, 4),
    (8, 5), (8, 9), (8, 11), (8, 12),
)  # fmt: skip
"""Every SIP release that a source names (P-LOAD-7)."""
SCCP_RELEASES = known("SCCP", (3, 3), (5, 0), (6, 0), (7, 2), (8, 0), (8, 1))
"""The SCCP releases whose load a source names."""

_SPOKEN = re.compile(r"(sip|sccp|mgcp)[ -]?(\d{1,2})\.(\d{1,2})(?:\((\d{1,2})\))?", re.IGNORECASE)


def release(text: str) -> Release:
    """Read a release from a text like ``P0S3-8-12-00``, ``P0S30202``, ``P00305000200``, ``sip 4.4`` or ``sccp
    8.1(2)``.
    """
    spoken = _SPOKEN.fullmatch(text.strip())
    if spoken is not None:
        return _spoken(spoken)
    load = right_name(text.strip())
    numbers, protocol, fault = release_of(load), protocol_of(load), check_load(load)
    if numbers is None or protocol is None or fault:
        what = str(fault) if fault else f"{text!r} is not 7940/7960 firmware."
        raise SiteErrors([Problem("firmware", what, "Or write: sip 8.12")])
    return _bounded(Release(protocol, numbers, load), text)


def _spoken(match: re.Match[str]) -> Release:
    protocol, numbers = match[1].upper(), (int(match[2]), int(match[3]))
    load = _load_name(protocol, numbers)
    if match[4] and protocol == "SCCP":
        load = f"P003{numbers[0]:02}{numbers[1]:02}{int(match[4]):02}00"
    return _bounded(Release(protocol, numbers, load), match[0])


LAST_RELEASES: dict[str, Numbers] = {"SIP": (8, 12), "SCCP": (8, 99), "MGCP": ANY}
FIRST_RELEASES: dict[str, Numbers] = {"SIP": (2, 0), "SCCP": (0, 0), "MGCP": (0, 0)}
"""The first known release of each protocol.

2.0 is the oldest SIP release that a source describes; 8.12 is the last one (P-LOAD-7).
"""


def _bounded(found: Release, text: str) -> Release:
    first, last = FIRST_RELEASES[found.protocol], LAST_RELEASES[found.protocol]
    if not first <= found.numbers <= last:
        what = f"{text!r}: there is no {found}; {found.protocol} has {_dotted(first)} to {_dotted(last)}."
        raise SiteErrors([Problem("firmware", what, "Choose one of those.")])
    return found


def _dotted(numbers: Numbers) -> str:
    return f"{numbers[0]}.{'x' if numbers[1] == 99 else numbers[1]}"
