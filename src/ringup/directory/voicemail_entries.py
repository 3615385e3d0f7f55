"""Read names and extensions from Asterisk's voicemail.conf: ``mailbox => PIN,name,email,pager,options``.

Only the mailbox and the name of a line are kept or appear in messages, because the line also holds the PIN.
"""

import re

from ringup.directory.entry import Entry
from ringup.errors import Problem, SiteErrors

SETTINGS = frozenset({"general", "zonemessages"})
"""Sections that hold options and not mailboxes."""
HIDDEN = "hidefromdir=yes"
"""The option of a mailbox that hides it from Asterisk's own directory."""

_SECTION = re.compile(r"\[([^\]]+)\]")
_MAILBOX = re.compile(r"([0-9]{1,31})\s*=>?(.*)")
_COMMENT = re.compile(r"(?<!\\);.*")


def is_voicemail(data: bytes) -> bool:
    """Return whether the first line that is not a comment begins a section."""
    lines = (_plain(line) for line in data.decode("utf-8-sig", errors="replace").splitlines())
    return _SECTION.match(next(filter(None, lines), "")) is not None


def read_voicemail(data: bytes, name: str) -> list[Entry]:
    """Return the mailboxes that have a name and are not hidden.

    Messages call the file `name`. Raises SiteErrors for a file without such a mailbox.
    """
    section = ""
    entries: list[Entry] = []
    for line in map(_plain, data.decode("utf-8-sig", errors="replace").splitlines()):
        if begun := _SECTION.match(line):
            section = begun[1]
        elif section not in SETTINGS and (mailbox := _MAILBOX.fullmatch(line)):
            fields = [field.strip() for field in mailbox[2].split(",")]
            options = ",".join(fields[4:]).casefold().replace(" ", "").split("|")
            if len(fields) > 1 and fields[1] and HIDDEN not in options:
                entries.append(Entry(fields[1], mailbox[1]))
    if not entries:
        raise SiteErrors([Problem(name, "no mailbox has a name.", "Name a file with mailboxes.")])
    return entries


def _plain(line: str) -> str:
    return _COMMENT.sub("", line).strip()
