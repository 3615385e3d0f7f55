"""Make a phone compare its files with the server's: Asterisk sends the phone a NOTIFY with the event
check-sync.

For this, PJSIP has the action PJSIPNotify with an endpoint, and chan_sip has SIPnotify with a peer. Both
accept the event as a variable, so Asterisk's configuration needs no section for it. Source: Asterisk's
res_pjsip_notify.c and chan_sip.c, versions 16 and 22; P-SYNC-1.
"""

from typing import NamedTuple

from ringup.asterisk.channel_names import extension_of
from ringup.asterisk.control import Manager
from ringup.site.model import Driver

EVENT = ("Variable", "Event=check-sync")


class Notify(NamedTuple):
    """The manager action with which a driver sends a NOTIFY."""

    action: str
    field: str
    """The name of the action's field that names the line."""


NOTIFIES: dict[Driver, Notify] = {
    "pjsip": Notify("PJSIPNotify", "Endpoint"),
    "chan_sip": Notify("SIPnotify", "Channel"),
}


async def check_sync(manager: Manager, driver: Driver, extension: str) -> None:
    """Send a check-sync to the phone that registered this line; raises AmiRefused or OutsideError.

    If this returns, Asterisk has accepted the order; it does not show that the phone received the NOTIFY.
    """
    notify = NOTIFIES[driver]
    await manager.action(notify.action, [(notify.field, extension), EVENT])


async def busy_extensions(manager: Manager) -> frozenset[str]:
    """Return the extensions that have a channel, even if it is only ringing; raises OutsideError."""
    answered = await manager.action("CoreShowChannels")
    return frozenset(extension_of(event.get("Channel")) for event in answered.listed) - {""}
