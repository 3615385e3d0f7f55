"""Make a phone compare its files with the server's: Asterisk sends it a NOTIFY check-sync.

PJSIP has the action PJSIPNotify with an endpoint, chan_sip has SIPnotify with a peer. Both take the event as
a variable, so that Asterisk's configuration needs no section for the event. Source: Asterisk's
res_pjsip_notify.c and chan_sip.c, versions 16 and 22; P-SYNC-1.
"""

from typing import NamedTuple

from ringup.asterisk.channel_names import extension_of
from ringup.asterisk.control import Manager
from ringup.site.model import Driver

EVENT = ("Variable", "Event=check-sync")


class Notify(NamedTuple):
    """A driver's action that sends a NOTIFY."""

    action: str
    field: str
    """The field of the action that holds the line."""


NOTIFIES: dict[Driver, Notify] = {
    "pjsip": Notify("PJSIPNotify", "Endpoint"),
    "chan_sip": Notify("SIPnotify", "Channel"),
}


async def check_sync(manager: Manager, driver: Driver, extension: str) -> None:
    """Send a check-sync to the phone that registered this line; raises AmiRefused, or OutsideError.

    Success means that Asterisk will send it, not that the phone received it.
    """
    notify = NOTIFIES[driver]
    await manager.action(notify.action, [(notify.field, extension), EVENT])


async def busy_extensions(manager: Manager) -> frozenset[str]:
    """Return the extensions that have a channel, ringing ones included; raises OutsideError."""
    answered = await manager.action("CoreShowChannels")
    return frozenset(extension_of(event.get("Channel")) for event in answered.listed) - {""}
