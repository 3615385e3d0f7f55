"""Convert values to the form in which a phone uses them, so that two texts with the same meaning are equal.

Source: P-CNF-4, P-CNF-5 and P-PARAM-12. They state which texts clear a value, and which value a line or proxy
without its own value uses.
"""

from collections.abc import Mapping

from ringup.phone.clock import ABBREVIATIONS
from ringup.phone.forced_keys import is_secret
from ringup.phone.parameters import MONTHS, PARAMETERS, UNPROVISIONED, WEEKDAYS, ParameterKind

LINES = range(1, 7)
_NUMERIC = frozenset({ParameterKind.INTEGER, ParameterKind.SWITCH, ParameterKind.PORT})
_OFF_WITHOUT_SUMMER_TIME = tuple(
    name for name in PARAMETERS if name.startswith("dst_") and name != "dst_auto_adjust"
)


def effective(values: Mapping[str, str]) -> dict[str, str]:
    """Return each value in one spelling, without the values that have no effect."""
    result = {name: canonical(name, value) for name, value in values.items()}
    for n in LINES:
        if not result.get(f"line{n}_name"):
            for name in [name for name in result if name.startswith(f"line{n}_")]:
                del result[name]
            continue
        if result.get(f"line{n}_shortname") == "":
            result[f"line{n}_shortname"] = result[f"line{n}_name"]
        for part in ("authname", "password"):
            inherited = result.get(f"line1_{part}", "")
            if n > 1 and inherited and not result.get(f"line{n}_{part}"):
                result[f"line{n}_{part}"] = inherited
    for n in LINES[1:]:
        if result.get(f"proxy{n}_address") == "":
            result[f"proxy{n}_address"] = result.get("proxy1_address", "")
            if not result[f"proxy{n}_address"]:
                del result[f"proxy{n}_address"]
    if result.get("dst_auto_adjust") == "0":
        for name in _OFF_WITHOUT_SUMMER_TIME:
            result.pop(name, None)
    return result


def refusal(name: str, value: str) -> str | None:
    """Return why the phone ignores this value (P-CNF-6 to P-CNF-10), or None."""
    row = PARAMETERS.get(name)
    if row is None or value == UNPROVISIONED:
        return None
    if row.longest is not None and len(value) > row.longest:
        return f"{name} has {len(value)} characters; the phone takes {row.longest}."
    if row.kind in _NUMERIC and not (value.isascii() and value.isdigit()) and value:
        return f"{name} is {value!r}, not a number in digits only."
    return None


def overlaid(below: Mapping[str, str], above: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the default file after a phone's own file was read.

    A value of the own file replaces the default file's value, unless the phone rejects it. Passwords are
    compared as they are written, because a rejected password must be kept with every character.
    """
    return dict(below) | {
        name: value
        for name, value in above.items()
        if is_secret(name) or not (name in below and refusal(name, value))
    }


def accepted(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values that a phone accepts, and all passwords."""
    return {name: value for name, value in values.items() if is_secret(name) or refusal(name, value) is None}


def canonical(name: str, value: str) -> str:
    """Return the same spelling for all texts that mean the same to the phone."""
    row = PARAMETERS.get(name)
    if row is None:
        return value
    if value.upper() == UNPROVISIONED and row.kind in _NUMERIC:
        return "0"
    if value.upper() in ("", UNPROVISIONED) and row.kind not in _NUMERIC:
        # An empty value clears the parameter, and the phone returns to its default (SIPCC's text parser).
        value = "" if row.default in (None, UNPROVISIONED) else str(row.default)
    if row.kind in _NUMERIC:
        return "0" if not value and row.may_be_empty else value.lstrip("0") or value[-1:]
    if row.kind is ParameterKind.CHOICE:
        return value.lower()
    if row.kind is ParameterKind.MONTH:
        return _numbered(value, value.capitalize(), MONTHS)
    if row.kind is ParameterKind.WEEKDAY:
        return _numbered(value, value, WEEKDAYS)
    return _clock(value) if row.kind is ParameterKind.TIME else value


def hours_east(zone: str) -> str:
    """Return the hours east of UTC for a known abbreviation of a time zone; other texts stay unchanged."""
    return next((str(hours) for hours, name in ABBREVIATIONS.items() if name == zone), zone)


def _numbered(text: str, spelt: str, names: tuple[str, ...]) -> str:
    found = (str(number) for number, name in enumerate(names, 1) if spelt in (name, name[:3]))
    # "0" is not a month, and does not clear the value either.
    number = (text.lstrip("0") or text[-1:]) if text.isascii() and text.isdigit() else text
    return next(found, number)


def _clock(text: str) -> str:
    """Return the same text for ``2``, ``02/00`` and ``2:00``, which are the same time."""
    parts = text.replace("/", ":").split(":")
    if len(parts) > 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return text
    return f"{int(parts[0])}:{int(parts[1]) if len(parts) == 2 else 0:02}"
