"""Read SIPDefault.cnf and SIP<MAC>.cnf as the phone does, by the rules of Cisco's parser.

One `name: value` per line; `#` begins a comment line and `;` a trailing comment; values are bare or in double
quotes (P-CNF-1). Integers are digits only. A string that fills its buffer is refused completely, not
shortened. After a refused value, the parameter keeps its previous value. No function raises an exception:
every refusal is a `Rejection`, like a line in the phone's log.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ringup.emulator.cnf_parameters import DEFAULTS, PARAMETERS, check, numbered

UNPROVISIONED = "UNPROVISIONED"
LINES = {"7940": 2, "7960": 6}
"""Number of lines per model (AG); values for further lines are ignored."""
_BLANKS = " \t\r"


@dataclass(frozen=True, slots=True)
class Rejection:
    """One line of a `.cnf` file that the phone rejected, and the reason."""

    file: str
    line: int
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class CnfReading:
    """The contents of one `.cnf` file as the phone reads it."""

    settings: Mapping[str, str]
    """Accepted values by their names in lower case; an empty text clears a value."""
    rejections: tuple[Rejection, ...]


def read(data: bytes, file: str) -> CnfReading:
    """Read one `.cnf` file; `file` is its name, which each rejection repeats."""
    settings: dict[str, str] = {}
    rejections: list[Rejection] = []
    for number, line in enumerate(data.decode("latin-1").split("\n"), start=1):
        text = line.strip(_BLANKS)
        if not text or text.startswith(("#", ";")):
            continue
        key, taken = _read_line(text)
        if isinstance(taken, str):
            settings[key.lower()] = taken
        else:
            rejections.append(Rejection(file, number, key, taken.reason))
    return CnfReading(settings, tuple(rejections))


def effective(settings: Mapping[str, str], key: str) -> str:
    """Return the value in effect: the stored one, or the phone's default if the stored one is empty or
    missing.
    """
    stem = numbered(key).stem
    return settings.get(key.lower(), "") or DEFAULTS.get(key.lower(), DEFAULTS.get(stem, ""))


def provisioned_lines(settings: Mapping[str, str], model: str) -> list[int]:
    """Return the numbers of the lines that have a name and a proxy. [R] Without its own, a line has line 1's
    proxy.
    """
    proxy_of_line_1 = effective(settings, "proxy1_address")
    return [
        number
        for number in range(1, LINES.get(model, 1) + 1)
        if effective(settings, f"line{number}_name")
        and (effective(settings, f"proxy{number}_address") or proxy_of_line_1)
    ]


@dataclass(frozen=True, slots=True)
class _ValueRefused:
    reason: str


def _read_line(text: str) -> tuple[str, str | _ValueRefused]:
    """Return the name and value of one line, or the reason why the line has none."""
    key, colon, rest = text.partition(":")
    key = key.strip(_BLANKS)
    if not colon:
        return key[:40], _ValueRefused("the line has no colon")
    parameter = PARAMETERS.get(numbered(key.lower()).stem)
    if parameter is None:
        return key[:40], _ValueRefused("no such parameter")
    value = _value(rest.strip(_BLANKS))
    if value is None:
        return key, _ValueRefused("the quote is not closed")
    if value.upper() == UNPROVISIONED:
        return key, "0" if parameter.is_integer else ""
    complaint = check(parameter, value)
    return (key, value) if complaint is None else (key, _ValueRefused(complaint))


def _value(rest: str) -> str | None:
    """Return the value after the colon, without quotes and comment; None if a quote is not closed."""
    if not rest.startswith('"'):
        return rest.partition(";")[0].strip(_BLANKS)
    value, quote, _ = rest[1:].partition('"')
    return value if quote else None
