"""Check the values of ``.cnf`` parameters: `check` returns the fault of a value, by the table `PARAMETERS`.

Source: P-CNF-6 to P-CNF-10. An integer has only digits, a keyword may be in upper or lower case, and an
address has four groups. A phone ignores a text that is too long entirely.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from ipaddress import AddressValueError, IPv4Address
from typing import NamedTuple

from ringup.phone.fault import FaultCode, ValueFault
from ringup.phone.firmware import check_load
from ringup.phone.parameter_rows import (
    MONTHS,
    PARAMETERS,
    UNPROVISIONED,
    WEEKDAYS,
    Parameter,
    ParameterKind,
)

__all__ = [
    "BOUND_TOGETHER",
    "MONTHS",
    "PARAMETERS",
    "UNPROVISIONED",
    "WEEKDAYS",
    "FaultCode",
    "Parameter",
    "ParameterKind",
    "ValueFault",
    "check",
    "check_together",
    "fault_of_text",
]

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_DIGITS = re.compile(r"[0-9]+")
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253}[A-Za-z0-9_.])?")
_NUMBERS_ONLY = re.compile(r"[0-9.]+")
_TIME = re.compile(r"([0-9]{1,2})(?:[:/]([0-9]{2}))?")
_ZONE = re.compile(r"[A-Z]{2,5}|-?[0-9]{1,2}")
_NUMERIC = frozenset({ParameterKind.INTEGER, ParameterKind.SWITCH, ParameterKind.PORT})
LARGEST_INTEGER = 2**31 - 1
"""The largest integer that the phone can hold: its integers are C ints."""

BOUND_TOGETHER = ("timer_t1", "timer_t2", "start_media_port", "end_media_port")
"""The parameters that `check_together` compares."""


def check(name: str, value: str) -> ValueFault | None:
    """Return the fault of this value for this parameter, with the limit and the cure, or None."""
    row = PARAMETERS.get(name)
    if row is None:
        return _unknown(name)
    return fault_of_text(name, value, row.longest) or _fault_of_kind(row, value)


def fault_of_text(name: str, value: str, longest: int | None = None) -> ValueFault | None:
    """Return the fault of a text that cannot be written into a line of a .cnf file, or None."""
    code = FaultCode.UNPRINTABLE
    if _UNPRINTABLE.search(value):
        return ValueFault(code, name, "contains a control character.", "Write plain text on one line.")
    if '"' in value:
        fact = "holds a double quote, which ends the value in the phone's file."
        return ValueFault(code, name, fact, "Leave it out.")
    if not value.isascii() and any(ord(character) > 0xFF for character in value):
        fact = "holds a character outside Latin-1, which the phone cannot show."
        return ValueFault(code, name, fact, "Replace it.")
    if longest is not None and len(value) > longest:
        fact = f"has {len(value)} characters; the phone takes {longest}."
        return ValueFault(FaultCode.TOO_LONG, name, fact, "Shorten it.")
    return None


def check_together(values: Mapping[str, str]) -> list[ValueFault]:
    """Return the contradictions between parameters that are each valid alone; a missing parameter has its
    default.
    """

    def number(name: str) -> int:
        text = values.get(name, "")
        return int(text if _DIGITS.fullmatch(text) else PARAMETERS[name].default or "0")

    faults = []
    if number("timer_t2") <= number("timer_t1"):
        fact = f"({number('timer_t2')}) must be more than timer_t1 ({number('timer_t1')})."
        faults.append(ValueFault(FaultCode.TIMERS_IN_WRONG_ORDER, "timer_t2", fact, "Raise it."))
    if number("end_media_port") <= number("start_media_port"):
        first, last = number("start_media_port"), number("end_media_port")
        fact, cure = f"({last}) must be more than start_media_port ({first}).", "Raise end_media_port."
        faults.append(ValueFault(FaultCode.PORTS_IN_WRONG_ORDER, "end_media_port", fact, cure))
    return faults


def _unknown(name: str) -> ValueFault:
    fact = "is not a parameter of these phones."
    lower = {known.lower(): known for known in PARAMETERS}
    if near := get_close_matches(name.lower(), lower, n=1):
        return ValueFault(FaultCode.MISSPELT_KEY, name, fact, f"Did you mean {lower[near[0]]}?")
    cure = "Use one of Cisco's .cnf keys, like telnet_level."
    return ValueFault(FaultCode.UNKNOWN_KEY, name, fact, cure)


def _fault_of_kind(row: Parameter, value: str) -> ValueFault | None:
    if row.kind in _NUMERIC:
        return _fault_of_number(row, value)
    if value in ("", UNPROVISIONED):
        return None
    if row.kind is ParameterKind.LOAD:
        return check_load(value)
    if row.kind is ParameterKind.CHOICE and value.lower() not in {known.lower() for known in row.values}:
        cure = f"It must be one of {', '.join(row.values)}."
        return ValueFault(FaultCode.NOT_A_CHOICE, row.name, f"is {value!r}.", cure)
    if row.kind in _READERS and not _READERS[row.kind](value):
        misread = _MISREAD[row.kind]
        return ValueFault(misread.code, row.name, f"is {value!r}{misread.needed}.", misread.cure)
    return None


def _fault_of_number(row: Parameter, value: str) -> ValueFault | None:
    if value == "" and row.may_be_empty:
        return None
    text = "0" if value == UNPROVISIONED else value
    least = 0 if row.least is None else row.least
    most = {ParameterKind.SWITCH: 1}.get(row.kind, LARGEST_INTEGER if row.most is None else row.most)
    limits = f"at least {least}" if most == LARGEST_INTEGER else f"from {least} to {most}"
    if not _DIGITS.fullmatch(text):
        cure = f"It must be a number {limits}, in digits only."
        return ValueFault(FaultCode.NOT_DIGITS, row.name, f"is {value!r}.", cure)
    fact = f"is {value}."
    if len(text) > len(str(LARGEST_INTEGER)) or not least <= int(text) <= most:
        return ValueFault(FaultCode.OUT_OF_RANGE, row.name, fact, f"It must be {limits}.")
    if row.values and str(int(text)) not in row.values:
        cure = f"It must be one of {', '.join(row.values)}."
        return ValueFault(FaultCode.OUT_OF_RANGE, row.name, fact, cure)
    if row.even and int(text) % 2:
        return ValueFault(FaultCode.ODD, row.name, fact, "It must be even.")
    return None


def is_address(text: str) -> bool:
    """Return whether a text is a dotted IPv4 address."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _is_host(text: str) -> bool:
    return is_address(text) if _NUMBERS_ONLY.fullmatch(text) else bool(_HOST.fullmatch(text))


def _is_name_or_number(text: str, names: tuple[str, ...]) -> bool:
    if _DIGITS.fullmatch(text):
        return len(text) <= 2 and 1 <= int(text) <= len(names)
    return any(text in (name, name[:3]) for name in names)


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    return match is not None and int(match[1]) <= 23 and int(match[2] or 0) <= 59


_READERS: Mapping[ParameterKind, Callable[[str], bool]] = {
    ParameterKind.ADDRESS: is_address,
    ParameterKind.HOST: _is_host,
    ParameterKind.URL: lambda text: text.startswith("http://"),
    ParameterKind.MONTH: lambda text: _is_name_or_number(text.capitalize(), MONTHS),
    ParameterKind.WEEKDAY: lambda text: _is_name_or_number(text, WEEKDAYS),
    ParameterKind.TIME: _is_time,
    ParameterKind.ZONE: lambda text: _ZONE.fullmatch(text) is not None,
}
"""For each type of value, a function that returns whether the phone can read a text as this type."""


class _Misread(NamedTuple):
    """The fault of a text that does not have the form of its type."""

    code: FaultCode
    needed: str
    """The end of the sentence with the fact; may be empty."""
    cure: str


_MISREAD: Mapping[ParameterKind, _Misread] = {
    ParameterKind.ADDRESS: _Misread(
        FaultCode.NO_ADDRESS,
        ", not an address",
        "Write four numbers up to 255, like 192.168.1.10.",
    ),
    ParameterKind.HOST: _Misread(
        FaultCode.NO_HOST,
        ", neither an address nor a host name",
        "Write one like 192.168.1.10 or pbx.example.com.",
    ),
    ParameterKind.URL: _Misread(
        FaultCode.NO_URL, ", not a URL the phone can fetch", "It must begin with http://."
    ),
    ParameterKind.MONTH: _Misread(
        FaultCode.NO_MONTH,
        "",
        "It must be a month like April or Oct, or a number from 1 to 12.",
    ),
    ParameterKind.WEEKDAY: _Misread(
        FaultCode.NO_WEEKDAY,
        "",
        "It must be a day like Sunday or Sun, spelt exactly so, or a number from 1 (Sunday) to 7.",
    ),
    ParameterKind.TIME: _Misread(FaultCode.NO_TIME, "", "It must be an hour, or hh:mm like 02:00."),
    ParameterKind.ZONE: _Misread(
        FaultCode.NO_ZONE,
        "",
        "It must be an abbreviation like CET, or a whole number of hours.",
    ),
}
"""The fault of a text that the phone cannot read, for each type of value."""
