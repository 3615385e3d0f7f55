"""Suggest time zones in place of one that the phone cannot follow, by similar clocks, then by distance.

Strategy: one suggestion has the same whole hour, one the hour below, and one the hour above. Zones with the
same hour are ranked. First come zones with the same summer time, then zones that change on the same days.
Then come zones that also have, or also lack, summer time, and at last the nearest on the map. All data comes
from the zone database, so the same database always gives the same suggestions.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from ringup.phone.clock import clock_settings
from ringup.site.zones import inhabited_zones, posix_rule

_RULE = re.compile(r"(?:<[^<>]+>|[A-Za-z]+)([+-]?)(\d{1,2})(?::(\d{2}))?(?::\d{2})?(.*)")
_PLACE = re.compile(r"([+-])(\d{2})(\d{2})(?:\d{2})?([+-])(\d{3})(\d{2})(?:\d{2})?")
_DAYS = re.compile(r"M\d+\.\d+\.\d+")

_SAME, _SAME_DAYS, _OTHER_DAYS, _ONLY_ONE = range(4)
_REMARKS = {_SAME: "", _SAME_DAYS: ", changing at another hour", _OTHER_DAYS: ", changing on other days"}


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """A zone that the phone can follow."""

    name: str
    minutes_east: int
    """Minutes east of Greenwich, in winter."""
    remark: str
    """How its summer time differs from that of the wanted zone; empty if it does not differ."""

    def __str__(self) -> str:
        return f"{self.name} ({_utc(self.minutes_east)}{self.remark})"


@dataclass(frozen=True, slots=True)
class _Zone:
    name: str
    minutes_east: int
    changes: str
    """The part of the rule after the standard time: the summer time and its dates; empty without summer
    time.
    """
    place: tuple[float, float] | None


def nearest(iana: str) -> list[ZoneChoice]:
    """Return up to three zones that the phone can follow, nearest first; raises ValueError for an unknown
    zone.
    """
    wanted = _zone(iana)
    below = wanted.minutes_east // 60 * 60
    hours = (below, below + 60) if wanted.minutes_east % 60 else (below, below - 60, below + 60)
    choices = []
    for minutes in hours:
        there = [zone for zone in _expressible() if zone.minutes_east == minutes and zone.name != iana]
        if there:
            best = min(
                there, key=lambda zone: (_difference(wanted, zone), _distance(wanted, zone), zone.name)
            )
            choices.append((best, _difference(wanted, best)))
    if not wanted.minutes_east % 60 and any(kind == _SAME for _, kind in choices[:1]):
        choices = choices[:1]
    return [ZoneChoice(zone.name, zone.minutes_east, _remark(zone, kind)) for zone, kind in choices]


def _remark(zone: _Zone, kind: int) -> str:
    if kind == _ONLY_ONE:
        return ", with summer time" if zone.changes else ", without summer time"
    return _REMARKS[kind]


@lru_cache
def _expressible() -> tuple[_Zone, ...]:
    found = []
    for name in inhabited_zones():
        try:
            clock_settings(posix_rule(name))
            found.append(_zone(name))
        except ValueError:
            continue
    return tuple(found)


def _zone(name: str) -> _Zone:
    rule = posix_rule(name)
    match = _RULE.fullmatch(rule)
    if match is None:
        raise ValueError(f"{rule!r} is not a POSIX time zone rule")
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return _Zone(name, minutes if match[1] == "-" else -minutes, match[4], _place_of(name, rule))


def _place_of(name: str, rule: str) -> tuple[float, float] | None:
    """Return a zone's latitude and longitude; the database may list them under another name of the zone."""
    zones = inhabited_zones()
    text = zones.get(name) or next((place for other, place in zones.items() if posix_rule(other) == rule), "")
    match = _PLACE.fullmatch(text)
    if match is None:
        return None
    south, degrees, minutes, west, east_degrees, east_minutes = match.groups()
    latitude = int(degrees) + int(minutes) / 60
    longitude = int(east_degrees) + int(east_minutes) / 60
    return (-latitude if south == "-" else latitude, -longitude if west == "-" else longitude)


def _difference(wanted: _Zone, other: _Zone) -> int:
    """Return the difference between the summer times of two zones; the names of the summer times do not
    matter.
    """
    ours, theirs = wanted.changes.partition(",")[2], other.changes.partition(",")[2]
    if ours == theirs:
        return _SAME
    if not (ours and theirs):
        return _ONLY_ONE
    return _SAME_DAYS if _DAYS.findall(ours) == _DAYS.findall(theirs) else _OTHER_DAYS


def _distance(one: _Zone, other: _Zone) -> float:
    """Return the distance along the surface of the earth, in radians."""
    if one.place is None or other.place is None:
        return math.pi
    (latitude, longitude), (there, east) = (map(math.radians, place) for place in (one.place, other.place))
    cosine = math.sin(latitude) * math.sin(there) + math.cos(latitude) * math.cos(there) * math.cos(
        longitude - east
    )
    return round(math.acos(max(-1.0, min(1.0, cosine))), 6)


def _utc(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
