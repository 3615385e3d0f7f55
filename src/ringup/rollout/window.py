"""The hours in which phones may restart, in the site's time zone."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from ringup.errors import Problem, SiteErrors

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """The span from one time of day to another; it may end on the next day."""

    begin: time
    end: time

    def contains(self, now: float, zone: str) -> bool:
        """Return whether `now`, in Unix seconds, is in the window; `zone` is the IANA name of the window's
        time zone.
        """
        here = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(zone)).time()
        if self.begin <= self.end:
            return self.begin <= here < self.end
        return here >= self.begin or here < self.end


def window(text: str) -> Window:
    """Read a text like ``22:00-05:00``; raises SiteErrors."""
    match = _HOURS.fullmatch(text)
    if match is None or match.groups()[:2] == match.groups()[2:]:
        what = f"{text!r} is not two different times of the day."
        raise SiteErrors([Problem("--window", what, "Write it like 22:00-05:00.")])
    hours = [int(number) for number in match.groups()]
    return Window(time(hours[0], hours[1]), time(hours[2], hours[3]))


def is_inside(text: str, now: float, zone: str) -> bool:
    """Return whether `now` is inside the window with this text; an empty text contains every time."""
    return not text or window(text).contains(now, zone)
