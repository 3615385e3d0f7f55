"""The lines in modules.conf that switch off every voicemail module but one.

If Asterisk loads several, it has no application VoiceMailMain, and a call to the messages extension hangs up.
"""

import re
from difflib import unified_diff
from pathlib import Path

from ringup.asterisk.file_change import FileChange
from ringup.asterisk.operators_file import read_file, real_file
from ringup.errors import InstallError

MODULES_FILE = "modules.conf"
RIVALS = ("app_voicemail_imap.so", "app_voicemail_odbc.so")
"""The voicemail modules to switch off; app_voicemail.so stays."""

_MARK = b" ; ringup"
_LINES = tuple(f"noload => {name}".encode() + _MARK for name in RIVALS)
_HEADING = re.compile(rb"(?m)^[ \t]*\[modules\][^\n]*(\n|\Z)")


def without_rivals(etc: Path) -> FileChange | None:
    """Return the change of modules.conf that adds a ``noload`` line for each other voicemail module.

    None if it has these lines already.
    """
    path = real_file(etc / MODULES_FILE)
    before = read_file(path)
    heading = _HEADING.search(before or b"")
    if before is None or heading is None:
        raise InstallError(
            f"reading {path}", "it has no section [modules].", "Check that this is Asterisk's folder."
        )
    missing = [line for line in _LINES if not _has(before, line)]
    if not missing:
        return None
    head, gap = before[: heading.end()], b"" if heading[1] else b"\n"
    after = head + gap + b"".join(line + b"\n" for line in missing) + before[heading.end() :]
    return FileChange(path, before, after, backup=True)


def with_rivals(etc: Path) -> list[FileChange]:
    """Return the change of modules.conf that removes ringup's lines; the operator's own lines stay.

    Returns no change if the file has no lines of ringup.
    """
    path = real_file(etc / MODULES_FILE)
    before = read_file(path) or b""
    after = b"".join(row for row in before.splitlines(keepends=True) if row.rstrip(b"\r\n") not in _LINES)
    return [FileChange(path, before, after)] if after != before else []


def difference(change: FileChange) -> str:
    """Return the diff of a change of modules.conf in the format of `diff -u`."""
    before, after = (
        (text or b"").decode(errors="replace").splitlines() for text in (change.before, change.after)
    )
    return "\n".join(unified_diff(before, after, str(change.path), str(change.path), n=1, lineterm=""))


def _has(text: bytes, line: bytes) -> bool:
    name = line.removesuffix(_MARK).split()[-1]
    return re.search(rb"(?m)^[ \t]*noload[ \t]*=>?[ \t]*" + re.escape(name) + rb"\b", text) is not None
