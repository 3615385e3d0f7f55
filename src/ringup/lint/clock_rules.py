"""C33x: rules about summer time: fields that exclude each other, and rules that do not fit the time zone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ringup.finding import NOTE, WARNING
from ringup.lint.bundle import Bundle, PhoneSettings
from ringup.lint.finding import CodedRule, Occurrence, for_each, seen
from ringup.lint.kinds import ContentKind
from ringup.lint.phone_rules import complete_phones, phones
from ringup.lint.value_faults import fault_of
from ringup.phone.parameters import MONTHS, PARAMETERS

EDGES = ("start", "stop")
AMERICA = ("EST", "CST", "MST", "PST")
EUROPE = ("CET", "MET", "EET", "WET", "GMT")
NOWHERE = frozenset({"JST"})
"""Time zones of countries without summer time."""
LAST = 8
"""The week number that means the last week of a month."""
SUNDAY = ("", "1", "Sun", "Sunday")


class ClockChange(NamedTuple):
    """A change of the clock, on a Sunday."""

    month: int
    week: int


@dataclass(frozen=True, slots=True)
class SummerTime:
    """The summer time of a region."""

    start: ClockChange
    stop: ClockChange
    cure: str


_US = SummerTime(
    ClockChange(3, 2),
    ClockChange(11, 1),
    "Begin on the second Sunday of March, stop on the first of November.",
)
_EU = SummerTime(
    ClockChange(3, LAST),
    ClockChange(10, LAST),
    "Begin on the last Sunday of March, stop on the last of October.",
)
RULE_OF: Mapping[str, SummerTime] = {**dict.fromkeys(AMERICA, _US), **dict.fromkeys(EUROPE, _EU)}
"""The summer time that applies to most phones with this zone: the United States' rule since 2007, or
Europe's.
"""
_OTHERS: Mapping[tuple[int, int], str] = {
    (4, 10): "is the rule of the United States before 2007",
    (3, 10): "is Europe's rule",
    (3, 11): "is the rule of the United States",
}


def _exclusive(phone: PhoneSettings) -> Iterator[Occurrence]:
    for edge in EDGES:
        day = phone.values.get(f"dst_{edge}_day", "")
        week, weekday = f"dst_{edge}_week_of_month", f"dst_{edge}_day_of_week"
        if day.strip("0") and (phone.values.get(week, "").strip("0") or phone.values.get(weekday)):
            message = f"dst_{edge}_day excludes {week} and {weekday}; the day counts."
            file, line = phone.place(f"dst_{edge}_day")
            yield seen(file, line, message, "Write 0 for the day, or leave the others empty.")


def _is_on(phone: PhoneSettings) -> bool:
    return phone.values.get("dst_auto_adjust", "1") == "1"


def _not_the_zones(phone: PhoneSettings) -> Iterator[Occurrence]:
    zone = phone.values.get("time_zone", "").upper()
    if not _is_on(phone) or not any(name.startswith("dst_") for name in phone.values):
        return
    file, line = phone.place("dst_start_month" if "dst_start_month" in phone.values else "dst_auto_adjust")
    if zone in NOWHERE:
        yield seen(file, line, f"{zone} knows no summer time.", "Write dst_auto_adjust: 0.")
    rule = RULE_OF.get(zone)
    if rule is None or "dst_start_month" not in phone.values:
        return  # another rule reports a missing month
    if what := _difference(phone, rule):
        yield seen(file, line, f"{what}, not that of {zone}.", rule.cure)


def _difference(phone: PhoneSettings, rule: SummerTime) -> str:
    """Return the difference between the phone's summer time and its zone's; empty if there is none."""
    months = _month(phone, "dst_start_month"), _month(phone, "dst_stop_month")
    if 0 in months:
        return ""  # another rule reports an invalid month
    if months != (rule.start.month, rule.stop.month):
        why = _OTHERS.get(months, "is another region's rule")
        return f"Summer time from {MONTHS[months[0] - 1]} to {MONTHS[months[1] - 1]} {why}"
    for edge, week in (("start", rule.start.week), ("stop", rule.stop.week)):
        if what := _other_day(phone, edge, week):
            return what
    return ""


def _other_day(phone: PhoneSettings, edge: str, right: int) -> str:
    verb = "begins" if edge == "start" else "stops"
    if day := phone.values.get(f"dst_{edge}_day", "").strip("0"):
        return f"Summer time that {verb} on day {day} of the month is a rule by date"
    name = f"dst_{edge}_week_of_month"
    week = phone.values.get(name) or PARAMETERS[name].default or ""
    if week.isascii() and week.isdigit() and week.lstrip("0") != str(right):
        return f"Summer time that {verb} in week {week} of the month is another region's rule"
    weekday = phone.values.get(f"dst_{edge}_day_of_week", "")
    if weekday not in SUNDAY and fault_of(f"dst_{edge}_day_of_week", weekday) is None:
        return f"Summer time that {verb} on {weekday} is another region's rule"
    return ""


def _month(phone: PhoneSettings, name: str) -> int:
    """Return the month, 1 to 12; 0 for a value that is not a month, which another rule reports."""
    text = phone.values.get(name) or PARAMETERS[name].default or ""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 2 else 0
    names = [month[:3] for month in MONTHS]
    short = text.capitalize()
    return names.index(short[:3]) + 1 if short[:3] in names else 0


def _built_in_rule(phone: PhoneSettings) -> Iterator[Occurrence]:
    zone = phone.values.get("time_zone", "")
    if zone and _is_on(phone) and "dst_start_month" not in phone.values:
        message = (
            "Summer time is on without a rule: the phone's own is that of the United States before 2007."
        )
        file, line = phone.place("time_zone")
        yield seen(file, line, message, "Set the dst_ parameters, or dst_auto_adjust: 0.")


def _complete(bundle: Bundle) -> Iterator[PhoneSettings]:
    """Yield the phones for which both settings files are in the bundle.

    Otherwise a value in SIPDefault.cnf may be overridden by the file that is missing.
    """
    return (
        phone
        for phone in complete_phones(bundle)
        if bundle.is_complete or phone.own.kind is ContentKind.PHONE
    )


def _no_zone(phone: PhoneSettings) -> Iterator[Occurrence]:
    if not phone.values.get("time_zone"):
        message = "time_zone is in neither file: the phone shows the time of the zone in its flash."
        file = phone.default or phone.own
        line = file.values["time_zone"].number if "time_zone" in file.values else 0
        yield seen(file, line, message, "Set time_zone, to CET or EST for example.")


RULES: tuple[CodedRule, ...] = (
    CodedRule("C331", WARNING, "summer time set by day and by week", for_each(phones, _exclusive)),
    CodedRule("C332", WARNING, "summer time of another region", for_each(phones, _not_the_zones)),
    CodedRule("C334", WARNING, "no time zone", for_each(_complete, _no_zone)),
    CodedRule("C333", NOTE, "summer time without a rule", for_each(complete_phones, _built_in_rule)),
)
