"""Convert the timestamps in a file's lines to Unix seconds.

A timestamp without a year gets the latest year that is not after the file's own time. A timestamp without a
date gets the day of the line before; a clock that goes back by half a day begins a new day. A line without a
timestamp has the time of the line before it. In a file without any timestamp, each line is a millisecond
after the line before, so that only the order counts.
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo

from ringup.evidence.stamps import SECONDS, STAMP_FORMS, Elapsed, Moment, Stamp, StampForm

HEAD = 90
"""Number of characters at the beginning of a line that are searched for a timestamp; the message follows
them.
"""
TAIL = 30
"""Number of characters at the end of a line that are searched for Tftpd64's timestamp."""

_SECONDS = re.compile(r"\d\d(?:[.,]\d{1,9})?(?![\d:])", re.ASCII)
_ORDER_STEP = 0.001
"""Seconds between two lines of a file without timestamps."""
_DAY = 86_400.0
_LEAP_YEAR = 2024


class Clock:
    """Reads the timestamps of one file, line after line."""

    def __init__(self, zone: tzinfo, written: float) -> None:
        """`zone` applies to timestamps without a zone; `written` is when the file was last written (Unix
        seconds).
        """
        self._zone = zone
        self._written = datetime.fromtimestamp(written, zone)
        self._forms = list(STAMP_FORMS)
        self._hours: dict[tuple[int, ...], float] = {}
        self._day = 0.0
        """The beginning of the last day that a line named; 0: no line has named a day."""
        self._at = 0.0
        self._minute = ("", 0.0)
        """The last timestamp up to its seconds, as text, and the Unix time of that minute's second 0."""
        self.is_timed = False
        """True if any line had a timestamp."""
        self.offsets = set[int]()
        """The time zones that the timestamps named, in seconds east of UTC."""

    def read(self, line: str, number: int) -> tuple[float, bool]:
        """Return the time of the line with this number, and whether the line itself has a timestamp."""
        begin, minute = self._minute
        if begin and line.startswith(begin) and (seconds := _SECONDS.match(line, len(begin))):
            self._at = minute + float(seconds[0].replace(",", "."))
            return self._at, True
        stamp = self._stamp(line)
        if stamp is None:
            if not self.is_timed:
                self._at = number * _ORDER_STEP
            return self._at, False
        self.is_timed = True
        self._at = stamp
        return stamp, True

    def _stamp(self, line: str) -> float | None:
        head = line[:HEAD]
        for place, form in enumerate(self._forms):
            text = line[-TAIL:] if form.name == "Tftpd64" else head
            found = form.pattern.search(text)
            if found and (at := self._seconds(form.read(found))) is not None:
                self._remember_minute(form, found, at)
                if place:  # a file's lines are alike: try this format first from now on
                    self._forms.insert(0, self._forms.pop(place))
                return at
        return None

    def _remember_minute(self, form: StampForm, found: re.Match[str], at: float) -> None:
        if form.name == "Tftpd64" or SECONDS not in form.pattern.groupindex:
            self._minute = ("", 0.0)
            return
        start, end = found.span(SECONDS)
        self._minute = (found.string[:start], at - float(found.string[start:end].replace(",", ".")))

    def _seconds(self, stamp: Stamp) -> float | None:
        if isinstance(stamp, Elapsed):
            return stamp.seconds
        if stamp is None:
            return None
        if not stamp.month:
            return self._of_day(stamp)
        within = stamp.minute * 60 + stamp.second
        key = (stamp.year, stamp.month, stamp.day, stamp.hour, -1 if stamp.offset is None else stamp.offset)
        if key not in self._hours:
            begun = self._hour(stamp)
            if begun is None:
                return None
            if len(self._hours) > 2000:
                self._hours.clear()
            self._hours[key] = begun
            if stamp.offset is not None:
                self.offsets.add(stamp.offset)
        self._day = self._hours[key] - stamp.hour * 3600
        return self._hours[key] + within

    def _of_day(self, stamp: Moment) -> float:
        if not self._day:
            today = self._written.replace(hour=0, minute=0, second=0, microsecond=0)
            self._day = today.timestamp()
        at = self._day + stamp.hour * 3600 + stamp.minute * 60 + stamp.second
        if at < self._at - _DAY / 2:
            self._day += _DAY
            at += _DAY
        return at

    def _hour(self, stamp: Moment) -> float | None:
        """Return the Unix time at which the hour of this timestamp begins; None for a date that does not
        exist.
        """
        zone = self._zone if stamp.offset is None else timezone(timedelta(seconds=stamp.offset))
        latest = self._written + timedelta(days=1)
        years = (stamp.year,) if stamp.year else range(latest.year, latest.year - 5, -1)
        for year in years:
            try:
                begun = datetime(year, stamp.month, stamp.day, stamp.hour, tzinfo=zone)
                if stamp.year or begun <= latest:
                    return begun.timestamp()
            except (ValueError, OverflowError):
                continue
        return None
