"""Make the lines of an imported phone from its own file and from the PBX's accounts with the same names."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from ringup.adoption.tree import ParameterEntry, Values
from ringup.adoption.values import LINES, refusal
from ringup.errors import Problem
from ringup.phone import cnf_text
from ringup.phone.forced_keys import is_secret
from ringup.phone.latin_letters import nearest_spelling, not_shown
from ringup.phone.parameters import UNPROVISIONED
from ringup.render.asterisk_text import can_hold_secret
from ringup.site.model import LONGEST_DISPLAY_NAME, Driver, Line
from ringup.site.secret_faults import fault_of_secret

PHONE = "phone"
"""The word for the owner of `phone_password`; every other password belongs to a line."""
_NOTHING = ParameterEntry("", "")
_UNFIT = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\"]")


@dataclass(frozen=True, slots=True)
class PbxAccount:
    """The PBX's account of one line."""

    name: str
    """The name of the account, with which the phone registers."""
    secret: str
    caller_name: str
    has_mailbox: bool
    driver: Driver
    where: str
    """The file and line of the account."""
    auth_name: str = ""
    """The user name for authentication; empty if it is the account's name."""


def note_of_secret(label: str, secret: str, where: str, command: str) -> Problem | None:
    """Return the problem, with its cure, for a password that is kept although phones cannot use it; else
    None.
    """
    fault = fault_of_secret(secret)
    if fault is None:
        return None
    mend = f"Set another password here and in the PBX: {command}"
    cure = f"It was kept unchanged{_left_out(label, secret)}. {mend}"
    return Problem(where, fault.of(f"{label}'s password").what, cure)


def _left_out(label: str, secret: str) -> str:
    """Return a text that names the files of ringup that cannot hold the password, and the effect on the
    phone.
    """
    files = []
    if cnf_text.row("line1_password", secret) is None:
        meaning = "gets the default password" if label == PHONE else "keeps its stored password"
        files.append(f"the phone's file (the phone {meaning})")
    if label != PHONE and not can_hold_secret(secret):
        files.append("the PBX's file (the line has no account there)")
    return f", but left out of {' and '.join(files)}, because no row can hold it" if files else ""


def lines_of(
    values: Values,
    accounts: Mapping[str, PbxAccount],
    extensions: dict[str, str],
    new_secret: Callable[[], str],
    notes: list[Problem],
) -> tuple[Line, ...]:
    """Return the lines in the order of their buttons; their extensions are added to `extensions`."""
    found: list[Line] = []
    for n in LINES:
        entry = _entry(values, f"line{n}_name")
        if not entry.value:
            continue
        if entry.value in extensions:
            what = f"line {entry.value} belongs to {extensions[entry.value]} already."
            notes.append(
                Problem(entry.where, what, "It was left out, because a line can be on one phone only.")
            )
            continue
        try:
            line = _line(n, values, accounts.get(entry.value), new_secret, notes)
        except ValidationError:
            what = f"line {n} is {entry.value!r}, which is not a valid extension."
            notes.append(Problem(entry.where, what, "It was left out."))
            continue
        extensions[entry.value] = entry.where
        found.append(line)
        if n != len(found):
            what = f"line {n} follows an empty line button."
            notes.append(Problem(entry.where, what, f"It moves to button {len(found)}."))
    return tuple(found)


def _line(
    n: int, values: Values, account: PbxAccount | None, new_secret: Callable[[], str], notes: list[Problem]
) -> Line:
    # A value that the phone or a record rejects is not used for the line. It is kept as a setting.
    values = {
        name: entry
        for name, entry in values.items()
        if is_secret(name) or not (refusal(name, entry.value) or _UNFIT.search(entry.value))
    }
    extension = _entry(values, f"line{n}_name").value
    auth_name = _entry(values, f"line{n}_authname", "line1_authname").value
    short_name = _entry(values, f"line{n}_shortname").value
    shown = _entry(values, f"line{n}_displayname").value
    name = _caller_name(account, notes) or shown
    if len(name) > LONGEST_DISPLAY_NAME and not shown:
        shown = name[:LONGEST_DISPLAY_NAME]
    return Line(
        extension=extension,
        name=_plain(name),
        secret=_secret(n, values, account, new_secret, notes),
        auth_name="" if auth_name == extension else auth_name,
        short_name="" if short_name == extension else short_name,
        display_name="" if shown == name else shown,
        voicemail=account.has_mailbox if account else True,
    )


def _caller_name(account: PbxAccount | None, notes: list[Problem]) -> str:
    """Return the PBX's caller ID name of a line, in characters that the phone can show."""
    name = account.caller_name if account else ""
    if account is None or not not_shown(name):
        return name
    spelling = nearest_spelling(name)
    is_shown = not not_shown(spelling)
    what = f"the name {name!r} of {account.name} has characters that the phone cannot show."
    notes.append(
        Problem(account.where, what, f"It is {spelling!r} here." if is_shown else "It was left out.")
    )
    return spelling if is_shown else ""


def _secret(
    n: int, values: Values, account: PbxAccount | None, new_secret: Callable[[], str], notes: list[Problem]
) -> str:
    entry = _entry(values, f"line{n}_password", "line1_password")
    name = _entry(values, f"line{n}_name")
    label, where = f"line {name.value}", entry.where or name.where
    if account is not None and entry.value and account.secret != entry.value:
        other = "has none" if not account.secret else "differs"
        what = f"{label}'s password {other} at {account.where}."
        notes.append(Problem(where, what, "The phone's password is kept; ringup now writes both files."))
    if kept := entry.value or (account.secret if account else ""):
        return kept
    notes.append(Problem(where, f"{label}'s password is missing.", "A new one was made."))
    return new_secret()


def _entry(values: Values, *names: str) -> ParameterEntry:
    """Return the first of these parameters that has a value."""
    found: Iterator[ParameterEntry] = (values[name] for name in names if name in values)
    return next((entry for entry in found if entry.value not in ("", UNPROVISIONED)), _NOTHING)


def _plain(text: str) -> str:
    return _UNFIT.sub("", text)
