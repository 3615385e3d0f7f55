"""C33x: summer time: fields that exclude each other, and rules that are not the zone's."""

from collections.abc import Iterator
from dataclasses import dataclass

from ringup.lint.bundle import PhoneFiles
from ringup.lint.finding import Rule, Seen, for_each, seen
from ringup.lint.phone_rules import phones, whole_phones
from ringup.phone.parameters import MONTHS, PARAMETERS

EDGES = ("start", "stop")
AMERICA = frozenset({"EST", "CST", "MST", "PST"})
EUROPE = frozenset({"CET", "MET", "EET", "WET", "GMT"})
NOWHERE = frozenset({"JST"})
"""Zones whose countries know no summer time."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Months of the changes that cannot be right in these zones, and what would be."""

    zones: frozenset[str]
    months: tuple[int, int]
    why: str
    cure: str


_US = "Begin on the second Sunday of March, stop on the first of November."
_EU = "Begin on the last Sunday of March, stop on the last of October."
_WRONG = (
    _Wrong(AMERICA, (4, 10), "is the rule of the United States before 2007", _US),
    _Wrong(AMERICA, (3, 10), "is Europe's rule", _US),
    _Wrong(EUROPE, (4, 10), "is the rule of the United States before 2007", _EU),
    _Wrong(EUROPE, (3, 11), "is the rule of the United States", _EU),
)
"""Only rules that are known to be another region's: other countries with these clocks have their own."""


def _exclusive(phone: PhoneFiles) -> Iterator[Seen]:
    for edge in EDGES:
        day = phone.values.get(f"dst_{edge}_day", "")
        week, weekday = f"dst_{edge}_week_of_month", f"dst_{edge}_day_of_week"
        if day.strip("0") and (phone.values.get(week, "").strip("0") or phone.values.get(weekday)):
            message = f"dst_{edge}_day excludes {week} and {weekday}; the day counts."
            file, line = phone.place(f"dst_{edge}_day")
            yield seen(file, line, message, "Write 0 for the day, or leave the others empty.")


def _is_on(phone: PhoneFiles) -> bool:
    return phone.values.get("dst_auto_adjust", "1") == "1"


def _not_the_zones(phone: PhoneFiles) -> Iterator[Seen]:
    zone = phone.values.get("time_zone", "").upper()
    if not _is_on(phone) or not any(name.startswith("dst_") for name in phone.values):
        return
    file, line = phone.place("dst_start_month" if "dst_start_month" in phone.values else "dst_auto_adjust")
    if zone in NOWHERE:
        yield seen(file, line, f"{zone} knows no summer time.", "Write dst_auto_adjust: 0.")
    if "dst_start_month" not in phone.values:
        return  # another rule tells of it
    months = _month(phone, "dst_start_month"), _month(phone, "dst_stop_month")
    for wrong in _WRONG:
        if zone in wrong.zones and months == wrong.months:
            message = f"Summer time from {MONTHS[months[0] - 1]} to {MONTHS[months[1] - 1]} {wrong.why}"
            yield seen(file, line, f"{message}, not that of {zone}.", wrong.cure)


def _month(phone: PhoneFiles, name: str) -> int:
    """1 to 12; 0 for what is no month, of which another rule tells."""
    text = phone.values.get(name) or PARAMETERS[name].default or ""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 2 else 0
    names = [month[:3] for month in MONTHS]
    short = text.capitalize()
    return names.index(short[:3]) + 1 if short[:3] in names else 0


def _built_in_rule(phone: PhoneFiles) -> Iterator[Seen]:
    zone = phone.values.get("time_zone", "")
    if zone and _is_on(phone) and "dst_start_month" not in phone.values:
        message = (
            "Summer time is on without a rule: the phone's own is that of the United States before 2007."
        )
        file, line = phone.place("time_zone")
        yield seen(file, line, message, "Set the dst_ parameters, or dst_auto_adjust: 0.")


RULES: tuple[Rule, ...] = (
    Rule("C331", "warning", "summer time by day and by week", for_each(phones, _exclusive)),
    Rule("C332", "warning", "summer time of another region", for_each(phones, _not_the_zones)),
    Rule("C333", "note", "summer time without a rule", for_each(whole_phones, _built_in_rule)),
)
