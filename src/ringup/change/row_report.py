"""Describe the effect of each row of an imported table on the phones' files and on Asterisk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ringup.change.plan import Plan
from ringup.site.model import Line, Phone, Site

if TYPE_CHECKING:
    from ringup.change.file_diff import FileDiff

_SIGNS = {"added": "+", "changed": "~", "unchanged": "="}

_OF_ASTERISK = {
    "secret": "password",
    "auth_name": "user name",
    "name": "caller name",
    "voicemail": "mailbox",
    "voicemail_pin": "voicemail PIN",
}
"""Fields of a line that Asterisk's files contain, with names for people."""


@dataclass(frozen=True, slots=True)
class RowReport:
    """The effect of the rows about one phone; secrets are not shown."""

    places: tuple[str, ...]
    """The file and line of each row, like ``phones.csv:14``."""
    mac: str
    kind: Literal["added", "changed", "unchanged"]
    phone: tuple[str, ...]
    """The phone's files, with the numbers of added and removed lines."""
    restarts: bool
    asterisk: tuple[str, ...]
    """Asterisk's endpoints and mailboxes for this phone."""

    def __str__(self) -> str:
        head = f"{self.places[0]}: {_SIGNS[self.kind]} {self.mac}"
        if self.kind == "unchanged":
            return f"{head} unchanged"
        restart = ("restart",) if self.restarts else ()
        sides = (("phone", (*self.phone, *restart)), ("PBX", self.asterisk))
        return " | ".join([head, *(f"{side}: {', '.join(what) or 'nothing'}" for side, what in sides)])


def row_reports(
    plan: Plan, before: Site, after: Site, places: Mapping[str, tuple[str, ...]]
) -> Iterator[RowReport]:
    """Yield a report for each phone in `places`, which contains the file and lines of the rows by MAC."""
    old, new = ({phone.mac: phone for phone in site.phones} for site in (before, after))
    files: dict[str, list[FileDiff]] = {}
    for file in plan.files:
        if file.side == "phone":
            files.setdefault(_mac_in(file.name, new), []).append(file)
    restarts = frozenset(plan.restarts)
    for mac, own in places.items():
        was, becomes = old.get(mac), new[mac]
        yield RowReport(
            places=own,
            mac=mac,
            kind="added" if was is None else "unchanged" if was == becomes else "changed",
            phone=tuple(map(_in_words, files.get(mac, ()))),
            restarts=mac in restarts,
            asterisk=tuple(_on_asterisk(was, becomes)),
        )  # fmt: skip


def _in_words(file: "FileDiff") -> str:
    return f"{file.name} {file.kind} (+{file.added} -{file.removed})"


def _mac_in(name: str, phones: Mapping[str, Phone]) -> str:
    """Return the MAC in a file's name, such as SIP001646C0FFEE.cnf; empty if it contains none."""
    stem = name.partition(".")[0][-12:]
    return stem if stem in phones else ""


def _on_asterisk(was: Phone | None, becomes: Phone) -> Iterator[str]:
    old = {line.extension: line for line in was.lines} if was else {}
    new = {line.extension: line for line in becomes.lines}
    for extension, line in new.items():
        if extension not in old:
            yield f"{extension} endpoint{' and mailbox' if line.voicemail else ''} added"
        elif changed := _changed(old[extension], line):
            yield f"{extension} {' and '.join(changed)} changed"
    for extension in old:
        if extension not in new:
            yield f"{extension} removed from this phone"


def _changed(was: Line, becomes: Line) -> list[str]:
    return [word for field, word in _OF_ASTERISK.items() if getattr(was, field) != getattr(becomes, field)]
