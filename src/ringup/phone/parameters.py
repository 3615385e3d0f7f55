"""What a ``.cnf`` parameter may be: `PARAMETERS`, one row a key, and `check`, which says what is wrong.

Source: P-CNF-6 to P-CNF-10: digits only in integers, key words in any case, four groups in an address; a
text that is too long is rejected whole.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import AddressValueError, IPv4Address

from ringup.phone.firmware import check_load
from ringup.phone.parameter_rows import (
    MONTHS,
    PARAMETERS,
    UNPROVISIONED,
    WEEKDAYS,
    File,
    Kind,
    Parameter,
)

__all__ = [
    "BOUND_TOGETHER",
    "MONTHS",
    "PARAMETERS",
    "UNPROVISIONED",
    "WEEKDAYS",
    "File",
    "Kind",
    "Parameter",
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
_NUMERIC = frozenset({Kind.INTEGER, Kind.SWITCH, Kind.PORT})
LARGEST_INTEGER = 2**31 - 1
"""The phone's integers are C ints."""

BOUND_TOGETHER = ("timer_t1", "timer_t2", "start_media_port", "end_media_port")
"""What `check_together` looks at."""


def check(name: str, value: str) -> str | None:
    """What is wrong with this value of this parameter, as a sentence with the limit and the cure, or None."""
    row = PARAMETERS.get(name)
    if row is None:
        return f"{name} is not a parameter of these phones.{_suggestion(name)}"
    return fault_of_text(name, value, row.longest) or _fault_of_kind(row, value)


def fault_of_text(name: str, value: str, longest: int | None = None) -> str | None:
    """Faults that no line of a .cnf file may have."""
    if _UNPRINTABLE.search(value):
        return f"{name} holds a control character. Write plain text on one line."
    if '"' in value:
        return f"{name} holds a double quote, which ends the value in the phone's file. Leave it out."
    if not value.isascii() and any(ord(character) > 0xFF for character in value):
        return f"{name} holds a character outside Latin-1, which the phone cannot show. Replace it."
    if longest is not None and len(value) > longest:
        return f"{name} has {len(value)} characters; the phone takes {longest}. Shorten it."
    return None


def check_together(values: Mapping[str, str]) -> list[str]:
    """What is wrong between parameters that are each right alone; missing ones count with their defaults."""

    def number(name: str) -> int:
        text = values.get(name, "")
        return int(text if _DIGITS.fullmatch(text) else PARAMETERS[name].default or "0")

    faults = []
    if number("timer_t2") <= number("timer_t1"):
        faults.append(
            f"timer_t2 ({number('timer_t2')}) must be more than timer_t1 ({number('timer_t1')}). Raise it."
        )
    if number("end_media_port") <= number("start_media_port"):
        faults.append(
            f"end_media_port ({number('end_media_port')}) must be more than start_media_port "
            f"({number('start_media_port')}). Raise end_media_port."
        )
    return faults


def _suggestion(name: str) -> str:
    lower = {known.lower(): known for known in PARAMETERS}
    near = get_close_matches(name.lower(), lower, n=1)
    return f" Did you mean {lower[near[0]]}?" if near else " Use one of Cisco's .cnf keys, like telnet_level."


def _fault_of_kind(row: Parameter, value: str) -> str | None:
    if row.kind in _NUMERIC:
        return _fault_of_number(row, value)
    if value in ("", UNPROVISIONED):
        return None
    shown = f"{row.name} is {value!r}"
    if row.kind is Kind.CHOICE and value.lower() not in {known.lower() for known in row.values}:
        return f"{shown}; it must be one of {', '.join(row.values)}."
    if row.kind is Kind.ADDRESS and not _is_address(value):
        return f"{shown}, not an address: write four numbers up to 255, like 192.168.1.10."
    if row.kind is Kind.HOST and not _is_host(value):
        return f"{shown}, neither an address nor a host name: write one like 192.168.1.10 or pbx.example.com."
    if row.kind is Kind.URL and not value.startswith("http://"):
        return f"{shown}, not a URL the phone can fetch: it must begin with http://."
    if row.kind is Kind.LOAD:
        return check_load(value)
    return _fault_of_time(row, value)


def _fault_of_number(row: Parameter, value: str) -> str | None:
    if value == "" and row.may_be_empty:
        return None
    text = "0" if value == UNPROVISIONED else value
    least = 0 if row.least is None else row.least
    most = {Kind.SWITCH: 1}.get(row.kind, LARGEST_INTEGER if row.most is None else row.most)
    limits = f"at least {least}" if most == LARGEST_INTEGER else f"from {least} to {most}"
    if not _DIGITS.fullmatch(text):
        return f"{row.name} is {value!r}; it must be a number {limits}, in digits only."
    if len(text) > len(str(LARGEST_INTEGER)) or not least <= int(text) <= most:
        return f"{row.name} is {value}; it must be {limits}."
    if row.values and str(int(text)) not in row.values:
        return f"{row.name} is {value}; it must be one of {', '.join(row.values)}."
    if row.even and int(text) % 2:
        return f"{row.name} is {value}; it must be even."
    return None


def _fault_of_time(row: Parameter, value: str) -> str | None:
    if row.kind is Kind.MONTH and not _is_name_or_number(value.capitalize(), MONTHS):
        return f"{row.name} is {value!r}; it must be a month like April or Oct, or a number from 1 to 12."
    if row.kind is Kind.WEEKDAY and not _is_name_or_number(value, WEEKDAYS):
        return (
            f"{row.name} is {value!r}; it must be a day like Sunday or Sun, spelt exactly so, "
            "or a number from 1 (Sunday) to 7."
        )
    if row.kind is Kind.TIME and not _is_time(value):
        return f"{row.name} is {value!r}; it must be an hour, or hh:mm like 02:00."
    if row.kind is Kind.ZONE and not _ZONE.fullmatch(value):
        return f"{row.name} is {value!r}; it must be an abbreviation like CET, or a whole number of hours."
    return None


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _is_host(text: str) -> bool:
    return _is_address(text) if _NUMBERS_ONLY.fullmatch(text) else bool(_HOST.fullmatch(text))


def _is_name_or_number(text: str, names: tuple[str, ...]) -> bool:
    if _DIGITS.fullmatch(text):
        return len(text) <= 2 and 1 <= int(text) <= len(names)
    return any(text in (name, name[:3]) for name in names)


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    return match is not None and int(match[1]) <= 23 and int(match[2] or 0) <= 59
