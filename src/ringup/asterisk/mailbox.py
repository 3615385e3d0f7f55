"""Read the messages in a line's mailbox from Asterisk, and mark them as heard or as new.

Every version of Asterisk reports their number. Only 18.20, 20.5 and later list and move them, by the actions
VoicemailBoxSummary and VoicemailMove. The messages of an older Asterisk on this machine are read from its
files. Source: P-AST-29 to P-AST-31.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ringup.asterisk.asker import PbxAsker
from ringup.asterisk.voicemail_spool import messages_in
from ringup.errors import AmiRefused
from ringup.wire.ami import AmiMessage

NEW, OLD = "INBOX", "Old"
NEW_FOLDERS = (NEW, "Urgent")
"""Folders with messages that the user has not played yet."""
_OWN_FOLDERS = (*NEW_FOLDERS, OLD)
_NUMBER = re.compile(r"<([^>]*)>")
_NAME = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True)
class VoiceMessage:
    """One message in a mailbox."""

    is_new: bool
    caller: str
    """The caller's name, otherwise the caller's number; empty if Asterisk knows neither."""
    date: str
    """The date as Asterisk writes it: ``Fri Nov 27 04:00:00 AM UTC 2026``."""
    seconds: str
    folder: str = ""
    identity: str = ""
    """The name by which Asterisk moves the message; empty if this Asterisk cannot move messages."""


@dataclass(frozen=True, slots=True)
class MessageBox:
    """The numbers of messages; and the messages, if Asterisk lists them."""

    new: int
    old: int
    messages: Sequence[VoiceMessage] = ()


def mailbox_of(pbx: PbxAsker, extension: str, context: str, etc: str = "") -> MessageBox:
    """Return the mailbox of a line; raises OutsideError.

    `etc` is the folder of Asterisk's configuration files; empty: Asterisk runs on another machine.
    """
    counts = pbx.ask("MailboxCount", ("Mailbox", f"{extension}@{context}")).response
    new = _count(counts, "NewMessages") + _count(counts, "UrgMessages")
    try:
        listed = pbx.ask("VoicemailBoxSummary", ("Context", context), ("Mailbox", extension)).listed
        messages = [_listed(each) for each in listed if each.get("Folder") in _OWN_FOLDERS]
    except AmiRefused:  # an older Asterisk does not have this action
        messages = list(_spooled(Path(etc), extension, context)) if etc else []
    return MessageBox(new, _count(counts, "OldMessages"), messages)


def mark(pbx: PbxAsker, extension: str, context: str, message: VoiceMessage, *, new: bool) -> None:
    """Move a message to the folder of new messages or to that of old ones; Asterisk then updates the lamp.

    Raises AmiRefused if Asterisk cannot move it, and OutsideError.
    """
    pbx.ask(
        "VoicemailMove",
        ("Context", context),
        ("Mailbox", extension),
        ("Folder", message.folder),
        ("ID", message.identity),
        ("ToFolder", NEW if new else OLD),
    )


def _listed(row: AmiMessage) -> VoiceMessage:
    caller, date, seconds = row.get("CallerID"), row.get("Date"), row.get("Duration")
    return _message(row.get("Folder"), caller, date, seconds, row.get("ID"))


def _spooled(etc: Path, extension: str, context: str) -> Iterator[VoiceMessage]:
    for folder in _OWN_FOLDERS:
        for each in messages_in(etc, context, extension, folder):
            yield _message(folder, *(each.get(name, "") for name in ("callerid", "origdate", "duration")))


def _message(folder: str, who: str, date: str, seconds: str, identity: str = "") -> VoiceMessage:
    found = _NAME.search(who) or _NUMBER.search(who)
    caller = found[1] if found else who.replace("Unknown", "")
    return VoiceMessage(folder in NEW_FOLDERS, caller, date, seconds, folder, identity)


def _count(row: AmiMessage, name: str) -> int:
    text = row.get(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
