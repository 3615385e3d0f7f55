"""Read the messages in a line's mailbox from the files of an Asterisk on this machine.

An Asterisk that does not list messages over its manager interface still writes one text file per message:
``<spool>/voicemail/<context>/<mailbox>/<folder>/msgNNNN.txt``. Source: P-AST-30.
"""

import re
from collections.abc import Iterator
from pathlib import Path

MOST_MESSAGES = 100
"""Maximum number of messages that are read per folder: Asterisk's own default for a mailbox."""
LARGEST_FILE = 4096
"""Maximum number of bytes that are read of a file; Asterisk writes some 400."""
_ETC = ("etc", "asterisk")
_SPOOL = "/var/spool/asterisk"
_SPOOL_SETTING = re.compile(r"(?m)^\s*astspooldir\s*=>?\s*(/[^;\r\n]*)")
_ROW = re.compile(r"(?m)^(\w+)=(.*)$")


def messages_in(etc: Path, context: str, mailbox: str, folder: str) -> Iterator[dict[str, str]]:
    """Yield the fields of each message in a folder of a mailbox, like ``callerid`` and ``origdate``.

    `etc` is Asterisk's folder of configuration files. Files that cannot be read are left out.
    """
    place = _spool(etc) / "voicemail" / context / mailbox / folder
    if mailbox in (".", ".."):
        return
    try:
        names = sorted(each for each in place.iterdir() if re.fullmatch(r"msg\d{4}\.txt", each.name))
    except OSError:  # no message yet, another machine, or no right to read
        return
    for name in names[:MOST_MESSAGES]:
        if fields := _fields(name):
            yield fields


def _spool(etc: Path) -> Path:
    """Return Asterisk's spool folder, which `asterisk.conf` names, below the root of its folders."""
    root = etc.parents[1] if etc.parts[-2:] == _ETC else Path("/")
    found = _SPOOL_SETTING.search(_text(etc / "asterisk.conf"))
    return root / (found[1].strip() if found else _SPOOL).lstrip("/")


def _fields(name: Path) -> dict[str, str]:
    return {key: value.strip() for key, value in _ROW.findall(_text(name))}


def _text(name: Path) -> str:
    try:
        with name.open("rb") as file:
            return file.read(LARGEST_FILE).decode("utf-8", "replace")
    except OSError:
        return ""
