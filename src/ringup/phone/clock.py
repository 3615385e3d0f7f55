"""Convert a time zone's POSIX rule to the phone's ``time_zone`` and ``dst_*`` parameters.

Source: P-CLOCK-3 to P-CLOCK-7 (AG2 3-26, CME-CFG) and POSIX.1-2017 §8.3 for the rule. Both the rule and the
phone state the hour of a change in the clock time before the change, so hours are copied unchanged. The phone
knows only full hours. It also knows only one change into summer time and one out of it, each on the n-th or
last weekday of a month. Any other rule raises ValueError.
"""

import re
from dataclasses import dataclass

from ringup.phone.parameters import MONTHS, WEEKDAYS

LAST_WEEK = 8
"""The phone's number for the last week of a month; POSIX has 5."""

DEFAULT_CHANGE = 7200
"""The time of a change for which a POSIX rule states no time, in seconds after midnight."""

ABBREVIATIONS: dict[int, str] = {
    # P-CLOCK-3 lists these:
    0: "GMT",
    1: "CET",
    9: "JST",
    -5: "EST",
    -8: "PST",
    # These are recalled [R], and so is the fact that a negative number works:
    -6: "CST",
    -7: "MST",
}
"""The phone's name for each number of hours east of Greenwich.

The name stands for standard time; the dst_* parameters add summer time.
"""

_NAME = r"(?:<[^<>]+>|[A-Za-z]+)"
_OFFSET = r"[+-]?\d{1,2}(?::\d{2}(?::\d{2})?)?"
_RULE = re.compile(rf"{_NAME}({_OFFSET})(?:{_NAME}({_OFFSET})?(?:,([^,]+),([^,]+))?)?")
_CHANGE = re.compile(r"M(\d{1,2})\.(\d)\.(\d)(?:/([+-]?\d{1,3}(?::\d{2}(?::\d{2})?)?))?")


@dataclass(frozen=True, slots=True)
class _ClockChange:
    """One of the two changes of a year."""

    month: int
    week: int
    weekday: int
    minute: int


def clock_settings(posix_rule: str) -> dict[str, str]:
    """Return the parameters for a rule like ``GMT0BST,M3.5.0/1,M10.5.0``.

    Raises ValueError, whose text names the part that the phone cannot express.
    """
    match = _RULE.fullmatch(posix_rule)
    if match is None:
        raise ValueError(f"{posix_rule!r} is not a POSIX time zone rule")
    standard = -_seconds(match[1])
    if match[3] is None:
        if re.search(r"\d(?:<|[A-Za-z])", posix_rule):
            raise ValueError(f"{posix_rule!r} does not say when summer time begins and ends")
        return {"time_zone": _zone(standard), "dst_auto_adjust": "0"}
    summer = -_seconds(match[2]) if match[2] else standard + 3600
    start, stop = _change(match[3]), _change(match[4])
    if summer < standard:
        # Ireland's rule treats winter time as the exception, but the phone can only add an hour.
        standard, summer, start, stop = summer, standard, stop, start
    return {
        "time_zone": _zone(standard),
        "dst_auto_adjust": "1",
        "dst_offset": _saving(summer - standard),
        **_parameters("start", start),
        **_parameters("stop", stop),
    }


def _seconds(text: str) -> int:
    """Return the number of seconds in a signed ``h[:mm[:ss]]``."""
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = [*map(int, text.lstrip("+-").split(":")), 0, 0][:3]
    return sign * (hours * 3600 + minutes * 60 + seconds)


def _clock(seconds: int) -> str:
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{abs(seconds) // 3600}:{abs(seconds) % 3600 // 60:02}"


def _zone(east: int) -> str:
    if east % 3600:
        raise ValueError(f"its clock is {_clock(east)} from Greenwich; the phone knows whole hours only")
    hours = east // 3600
    # A positive number is in LKML20's file (8, Singapore); a negative one is recalled [R].
    return ABBREVIATIONS.get(hours, str(hours))


def _saving(seconds: int) -> str:
    if seconds % 3600 or not seconds:
        raise ValueError(f"its summer time adds {_clock(seconds)}; the phone knows whole hours only")
    return str(seconds // 3600)


def _change(text: str) -> _ClockChange:
    match = _CHANGE.fullmatch(text)
    if match is None:
        raise ValueError(f"it changes on {text!r}; the phone knows only the n-th or last weekday of a month")
    month, week, weekday = int(match[1]), int(match[2]), int(match[3])
    if not (1 <= month <= 12 and 1 <= week <= 5 and weekday <= 6):
        raise ValueError(f"{text!r} is not a POSIX change of time")
    return _ClockChange(
        month, week, weekday, _minute(DEFAULT_CHANGE if match[4] is None else _seconds(match[4]))
    )


def _minute(seconds: int) -> int:
    """Return the minute of the day.

    Midnight at the end of the day becomes 23:59, the latest minute that the phone accepts.
    """
    if not 0 <= seconds <= 86_400 or seconds % 60:
        raise ValueError(f"it changes at {_clock(seconds)}, outside the day; the phone knows 0:00 to 23:59")
    return min(seconds // 60, 24 * 60 - 1)


def _parameters(edge: str, change: _ClockChange) -> dict[str, str]:
    return {
        f"dst_{edge}_month": MONTHS[change.month - 1],
        # 0 selects the form by week and weekday, whatever value the phone's flash contains.
        f"dst_{edge}_day": "0",
        f"dst_{edge}_day_of_week": WEEKDAYS[change.weekday][:3],
        f"dst_{edge}_week_of_month": str(LAST_WEEK if change.week == 5 else change.week),
        f"dst_{edge}_time": f"{change.minute // 60:02}:{change.minute % 60:02}",
    }
