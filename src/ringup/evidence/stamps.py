"""The table of timestamp formats in logs: one row per format, with the function that reads its parts.

Sources: RFC 3164 §4.1.2, RFC 3339, journalctl(1) "short…", Cisco IOS "service timestamps", and what the
programs of `forms.FORMS` print.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv ene gen янв", "feb fev fév févr фев", "mar mär mrz mars мар", "apr avr abr апр",
            "may mai mag maj mei май мая", "jun juin giu июн", "jul juil lug июл", "aug ago août aout авг",
            "sep sept set сен", "oct okt ott out окт", "nov ноя", "dec dez dic déc дек",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
"""Short names of months, as journalctl prints them in several languages."""


class Moment(NamedTuple):
    """The parts of a timestamp; 0 as year, month or day means that the timestamp does not contain it."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: float
    offset: int | None = None
    """Seconds east of UTC; None: the local time of the machine that wrote the log."""


class Elapsed(NamedTuple):
    """A timestamp in seconds: since 1970, or since the program started."""

    seconds: float


Stamp = Moment | Elapsed | None

SECONDS = "seconds"
"""The name of the pattern group with the seconds; within a minute, the text before this group stays the
same.
"""
_CLOCK = rf"(\d{{1,2}}):(\d\d):(?P<{SECONDS}>\d\d(?:[.,]\d{{1,9}})?)"
_ZONE = r"(?:\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?"
_WORD = r"([^\W\d_]{3,5})"


def _offset(text: str | None) -> int | None:
    if not text:
        return None
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if text[0] == "-" else seconds


def _moment(year: str, month: int, day: str, *clock: str | None) -> Moment | None:
    hour, minute, second, zone = (*clock, None)[:4]
    number = int(year) if year else 0
    number += 2000 if 0 < number < 100 else 0
    parts = (number, month, int(day or 0), int(hour or 0), int(minute or 0))
    if not (month <= 12 and parts[2] <= 31 and parts[3] < 24 and parts[4] < 60):
        return None
    return Moment(*parts, float((second or "0").replace(",", ".")), _offset(zone))


def _iso(found: re.Match[str]) -> Stamp:
    year, month, day, *clock = found.groups()
    return _moment(year, int(month), day, *clock)


def _named_month(found: re.Match[str]) -> Stamp:
    name, day, year, hour, minute, second, late_year, zone = found.groups()
    month = MONTHS.get(name.lower(), 0)
    return _moment(year or late_year or "", month, day, hour, minute, second, zone) if month else None


def _day_first(found: re.Match[str]) -> Stamp:
    day, name, year, *clock = found.groups()
    month = MONTHS.get(name.lower(), 0)
    return _moment(year, month, day, *clock) if month else None


def _numbers(found: re.Match[str]) -> Stamp:
    """Read a date like ``27.11.2026`` or ``11/27/26``: a first number above 12, or before a dot, is the
    day.
    """
    first, mark, second, year, hour, minute, seconds, half = found.groups()
    month_first = int(second) > 12 or (mark == "/" and int(first) <= 12 and (half or len(year) == 2))
    day, month = (second, first) if month_first else (first, second)
    if half:
        hour = str(int(hour) % 12 + (12 if half.upper() == "PM" else 0))
    return _moment(year, int(month), day, hour, minute, seconds)


def _tftpd64(found: re.Match[str]) -> Stamp:
    day, month, *clock = found.groups()
    return _moment("", int(month), day, *clock)


def _time_only(found: re.Match[str]) -> Stamp:
    return _moment("", 0, "", *found.groups())


def _elapsed(found: re.Match[str]) -> Stamp:
    whole, fraction = found.groups()
    if len(whole) == 13:
        return Elapsed(int(whole) / 1000)
    return Elapsed(float(f"{whole}.{fraction or 0}"))


class StampForm(NamedTuple):
    """One row of STAMP_FORMS: a timestamp format."""

    name: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Stamp]


STAMP_FORMS = tuple(
    StampForm(name, re.compile(pattern, re.ASCII if name != "syslog" else 0), read)
    for name, pattern, read in (
        ("ISO 8601", rf"(?<!\d)(\d{{4}})[-/](\d\d)[-/](\d\d)[T ,_]{{1,2}}{_CLOCK}{_ZONE}", _iso),
        ("syslog",
         rf"(?<!\w){_WORD}\.?[\s/]{{1,2}}(\d\d?)(?:,?\s(\d{{4}}))?,?\s{_CLOCK}(?:\s(\d{{4}})\b)?{_ZONE}",
         _named_month),
        ("day first", rf"(?<!\d)(\d\d?)[ /-]([A-Z][a-z]{{2}})[ /-](\d{{4}})[ :,]{{1,2}}{_CLOCK}{_ZONE}",
         _day_first),
        ("numbers",
         rf"(?<!\d)(\d\d?)([./-])(\d\d?)[./-](\d{{4}}|\d\d)[ ,;T]{{1,2}}{_CLOCK}(?:\s?([AaPp][Mm]))?",
         _numbers),
        ("Tftpd64", rf"\[(\d\d)/(\d\d) {_CLOCK}\]", _tftpd64),
        ("seconds", r"^\W{0,3}(1\d{9}|1\d{12})(?:[.,](\d{1,9}))?(?![\w.])", _elapsed),
        ("uptime", r"^\W{0,3}(?:\d+[\s,\"]+)?(\d{1,8})\.(\d{3,9})(?![\w.])", _elapsed),
        ("time only", rf"(?:^|[\s\[(\"*>]){_CLOCK}(?![\d:])", _time_only),
    )
)  # fmt: skip
"""The timestamp formats, the most specific first; the first that matches a line gives its time."""
