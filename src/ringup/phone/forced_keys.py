"""Settings that the operator forces although the table of parameters refuses them; their names carry a mark.

The key of such a setting is stored with the mark, like ``force:reg.1.displayName``, at any level. So the mark
is visible wherever the setting is displayed, exported or listed in the history. Only the rendered file has
the key without the mark.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from ringup.phone import cnf_text
from ringup.phone.fault import FaultCode, ValueFault
from ringup.phone.parameters import PARAMETERS, check, fault_of_text

MARK = "force:"

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_SECRET = re.compile(r"(password|secret|passwd|pwd)$", re.IGNORECASE)


def bare(name: str) -> str:
    """Return the key without the mark, as it is written for the phone."""
    return name.removeprefix(MARK)


def is_forced(name: str) -> bool:
    """Return whether the key has the mark, so that the setting is kept although the table refuses it."""
    return name.startswith(MARK)


def other_spelling(name: str) -> str:
    """Return the key with the mark if it has none, and without the mark if it has one."""
    return bare(name) if is_forced(name) else MARK + name


HIDDEN_ENDING = (
    r"(?i:password|passwd|pwd|passphrase|passcode|secret|community|psk|(?<![A-Za-z])pin)s?[_.-]?[0-9]*"
)
"""A regular expression for the end of the keys whose values are hidden."""
_HIDDEN = re.compile(rf"{HIDDEN_ENDING}$")


@lru_cache(maxsize=4096)
def hides_value(name: str) -> bool:
    """Return whether the value of a key with this name is hidden in all views and encrypted in the
    database.
    """
    return bool(_HIDDEN.search(bare(name)))


def is_secret(name: str) -> bool:
    """Return whether the name of a key shows that it is a password, which a setting must not contain."""
    return bool(_SECRET.search(name))


def needs_force(name: str, value: str) -> bool:
    """Return whether a setting needs the mark.

    It does if the table refuses its key or value, or if ringup writes the key from a record.
    """
    row = PARAMETERS.get(name)
    return row is None or bool(row.record) or check(name, value) is not None


def marked(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings; those that need the mark have it."""
    return {
        MARK + name if not is_forced(name) and needs_force(name, value) else name: value
        for name, value in settings.items()
    }


def merged(levels: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Merge the settings of several levels, and keep their marks.

    If several levels have a key, the last level's value counts, whether the key is marked or not.
    """
    result: dict[str, str] = {}
    for level in levels:
        for name, value in level.items():
            result.pop(other_spelling(name), None)
            result[name] = value
    return result


def bare_values(*levels: Mapping[str, str]) -> dict[str, str]:
    """Return the settings without marks, as the phone gets them."""
    if not any(levels):  # as for most phones; each phone of a boot storm comes here twice
        return {}
    return {bare(name): value for name, value in merged(levels).items()}


def check_forced(name: str, value: str) -> ValueFault | None:
    """Return the fault of a setting that must not be set even with `force:`, or None."""
    key = bare(name)
    if not _KEY.fullmatch(key):
        cure = "Use letters, digits, _ . and -."
        return ValueFault(FaultCode.UNUSABLE_KEY, repr(key), "cannot be a key.", cure)
    row = PARAMETERS.get(key)
    if row is not None and "password" in key:
        fact = "is a password, which no view may show."
        return ValueFault(FaultCode.PASSWORD, key, fact, f"Set it as {row.record}.")
    if is_secret(key):
        fact = "looks like a password, and a setting is shown in every view."
        return ValueFault(FaultCode.PASSWORD, key, fact, "Leave it out.")
    if '"' in value and cnf_text.row(key, value) is None:
        fact = "holds a double quote where no line of the phone's file can hold one."
        return ValueFault(FaultCode.UNPRINTABLE, key, fact, "Leave it out.")
    return fault_of_text(key, value.replace('"', ""))
