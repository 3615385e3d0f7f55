"""The page about the mailboxes of the phone's lines: the number of messages, the callers, and the number to
dial.
"""

from collections.abc import Iterator

from ringup.asterisk.mailbox import MessageBox, VoiceMessage, mailbox_of
from ringup.pages.answers import Shown, sentence
from ringup.pages.objects.labels import is_dialable
from ringup.pages.objects.limits import DIRECTORY_ENTRIES
from ringup.pages.objects.values import Directory, DirectoryEntry, Text
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.service import service

TITLE = "Messages"
_DAY_MONTH_HOUR = 16
"""Number of characters of Asterisk's date up to the minute: ``Fri Nov 27 04:00``."""


@service(TITLE, name="messages")
def messages(caller: KnownCaller) -> Shown:
    """Show the messages; if the user dials an entry, the voicemail plays them."""
    lines = [line for line in caller.phone.lines if line.voicemail]
    if not lines:
        return sentence(caller.say(TITLE), caller.say("This phone has no mailbox."))
    entries: list[str] = []
    new = 0
    for line in lines:
        box = mailbox_of(caller.sources.pbx, line.extension, caller.site.pbx.context)
        entries += _rows(caller, line.extension, box)
        new += box.new
    number = caller.site.pbx.messages
    if not is_dialable(number):
        return Text("\n".join(entries), caller.say(TITLE), caller.say("{new} new.", new=new))
    shown = [DirectoryEntry(each, number) for each in entries[:DIRECTORY_ENTRIES]]
    return Directory(shown, caller.say(TITLE), caller.say("{new} new. Dial to hear them.", new=new))


def _rows(caller: KnownCaller, extension: str, box: MessageBox) -> Iterator[str]:
    yield caller.say("{line}: {new} new, {old} old", line=extension, new=box.new, old=box.old)
    for each in sorted(box.messages, key=lambda message: not message.is_new):
        yield _row(caller, each)


def _row(caller: KnownCaller, message: VoiceMessage) -> str:
    who, new = message.caller or caller.say("unknown"), "* " if message.is_new else ""
    return f"{new}{message.date[4:_DAY_MONTH_HOUR]} {who} {message.seconds}s"
