"""Read the messages in a line's mailbox from Asterisk.

Every version of Asterisk reports their number. Only 18.20, 20.5 and later list them, by the action
VoicemailBoxSummary; 16 does not. Source: P-AST-29.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from ringup.asterisk.asker import PbxAsker
from ringup.errors import AmiRefused
from ringup.wire.ami import AmiMessage

NEW_FOLDERS = ("INBOX", "Urgent")
"""Folders with messages that the user has not played yet."""
_OWN_FOLDERS = (*NEW_FOLDERS, "Old")
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


@dataclass(frozen=True, slots=True)
class MessageBox:
    """The numbers of messages; and the messages, if Asterisk lists them."""

    new: int
    old: int
    messages: Sequence[VoiceMessage] = ()


def mailbox_of(pbx: PbxAsker, extension: str, context: str) -> MessageBox:
    """Return the mailbox of a line; raises OutsideError."""
    counts = pbx.ask("MailboxCount", ("Mailbox", f"{extension}@{context}")).response
    new = _count(counts, "NewMessages") + _count(counts, "UrgMessages")
    messages: list[VoiceMessage] = []
    with suppress(AmiRefused):  # an older Asterisk does not have this action
        listed = pbx.ask("VoicemailBoxSummary", ("Context", context), ("Mailbox", extension)).listed
        messages = [_message(each) for each in listed if each.get("Folder") in _OWN_FOLDERS]
    return MessageBox(new, _count(counts, "OldMessages"), messages)


def _message(row: AmiMessage) -> VoiceMessage:
    who = row.get("CallerID")
    found = _NAME.search(who) or _NUMBER.search(who)
    return VoiceMessage(
        row.get("Folder") in NEW_FOLDERS,
        found[1] if found else who.replace("Unknown", ""),
        row.get("Date"),
        row.get("Duration"),
    )


def _count(row: AmiMessage, name: str) -> int:
    text = row.get(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
