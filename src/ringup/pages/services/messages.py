"""The page about the mailboxes of the phone's lines: the number of messages, the callers, and the number to
dial.
"""

from collections.abc import Iterator

from ringup.asterisk.mailbox import MessageBox, VoiceMessage, mailbox_of, mark
from ringup.errors import AmiRefused
from ringup.pages.answers import Refreshed, Shown, sentence
from ringup.pages.objects.labels import is_dialable
from ringup.pages.objects.limits import DIRECTORY_ENTRIES, MENU_ITEMS
from ringup.pages.objects.values import Directory, DirectoryEntry, Menu, MenuItem, Text
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.service import service

TITLE = "Messages"
_NO_MAILBOX = "This phone has no mailbox."
_DAY_MONTH_HOUR = 16
"""Number of characters of Asterisk's date up to the minute: ``Fri Nov 27 04:00``."""


@service(TITLE, name="messages")
def messages(caller: KnownCaller) -> Shown:
    """Show the messages; if the user dials an entry, the voicemail plays them.

    The Update key leads to `messages_mark`.
    """
    boxes = _boxes(caller)
    if not boxes:
        return sentence(caller.say(TITLE), caller.say(_NO_MAILBOX))
    new = sum(box.new for box in boxes.values())
    entries = [row for extension, box in boxes.items() for row in _rows(caller, extension, box)]
    number = caller.site.pbx.messages
    if not is_dialable(number):
        return Text("\n".join(entries), caller.say(TITLE), caller.say("{new} new.", new=new))
    shown = [DirectoryEntry(each, number) for each in entries[:DIRECTORY_ENTRIES]]
    if not any(each.identity for box in boxes.values() for each in box.messages):
        return Directory(shown, caller.say(TITLE), caller.say("{new} new. Dial to hear them.", new=new))
    prompt = caller.say("{new} new. Dial, or Update: mark.", new=new)
    return Refreshed(Directory(shown, caller.say(TITLE), prompt), 0, caller.url("service/messages-mark"))


@service(TITLE, listed=False)
def messages_mark(caller: KnownCaller, extension: str = "", message: str = "", new: bool = False) -> Shown:
    """Show the messages as entries with which the user marks them as heard, or as new.

    The URL of an entry states the new state, because a phone may fetch the URL twice.
    """
    boxes = _boxes(caller)
    if not boxes:
        return sentence(caller.say(TITLE), caller.say(_NO_MAILBOX))
    prompt = "Select one to mark it."
    listed = boxes[extension].messages if extension in boxes else ()
    found = next((each for each in listed if message and each.identity == message), None)
    if found is not None and found.is_new != new:
        try:
            mark(caller.sources.pbx, extension, caller.site.pbx.context, found, new=new)
        except AmiRefused as refused:
            return sentence(
                caller.say(TITLE), caller.say("Asterisk does not mark it: {why}", why=refused.answer)
            )
        boxes, prompt = _boxes(caller), "Saved."
    items = [
        _to_mark(caller, own, each) for own, box in boxes.items() for each in _in_order(box) if each.identity
    ]
    if not items:
        return sentence(caller.say(TITLE), caller.say("There are no messages that this Asterisk can mark."))
    return Menu(items[:MENU_ITEMS], caller.say(TITLE), caller.say(prompt))


def _boxes(caller: KnownCaller) -> dict[str, MessageBox]:
    """Return the mailboxes of the phone's lines, by extension."""
    pbx, etc = caller.site.pbx, caller.site.pbx.etc
    return {
        line.extension: mailbox_of(caller.sources.pbx, line.extension, pbx.context, etc)
        for line in caller.phone.lines
        if line.voicemail
    }


def _rows(caller: KnownCaller, extension: str, box: MessageBox) -> Iterator[str]:
    yield caller.say("{line}: {new} new, {old} old", line=extension, new=box.new, old=box.old)
    for each in _in_order(box):
        yield f"{'* ' if each.is_new else ''}{_row(caller, each)}"


def _in_order(box: MessageBox) -> list[VoiceMessage]:
    return sorted(box.messages, key=lambda message: not message.is_new)


def _to_mark(caller: KnownCaller, extension: str, message: VoiceMessage) -> MenuItem:
    is_new = int(not message.is_new)
    url = caller.url("service/messages-mark", extension=extension, message=message.identity, new=is_new)
    state = caller.say("Heard" if message.is_new else "New")
    return MenuItem(f"{state}: {_row(caller, message)}", url)


def _row(caller: KnownCaller, message: VoiceMessage) -> str:
    who = message.caller or caller.say("unknown")
    return f"{message.date[4:_DAY_MONTH_HOUR]} {who} {message.seconds}s"
