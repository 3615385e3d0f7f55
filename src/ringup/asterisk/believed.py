"""Ask Asterisk over its manager interface what it believes about lines; both drivers give the same form.

Actions and fields as Asterisk 16 (both drivers) and 22 answer them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ringup.asterisk.control import Manager
from ringup.engine.ami import Answered
from ringup.errors import AmiRefused
from ringup.site.model import Driver, Site
from ringup.wire.ami import AmiMessage

UNKNOWN_ACTION = "Invalid/unknown command"
_ACTIONS: Mapping[Driver, tuple[str, str]] = {
    "pjsip": ("PJSIPShowEndpoint", "Endpoint"),
    "chan_sip": ("SIPshowpeer", "Peer"),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Where Asterisk calls a line."""

    uri: str
    """PJSIP: the URI as registered or rewritten; chan_sip: made of its address and port."""
    user_agent: str
    status: str


@dataclass(frozen=True, slots=True)
class Account:
    """One line: its options by ``object.Field``, like ``endpoint.Context``, and its contact."""

    options: Mapping[str, str]
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Believed:
    """Everything that was asked; an account that Asterisk does not have is not among `accounts`."""

    is_driver_loaded: bool = True
    has_context: bool = True
    has_voicemail: bool = True
    """True if Asterisk has loaded the application VoiceMailMain."""
    accounts: Mapping[str, Account] = field(default_factory=dict)
    boxes: frozenset[str] = frozenset()
    """Like ``201@ringup``."""
    dials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The arguments of Dial for each extension of the context, like ``PJSIP/201,20``."""


async def believed(manager: Manager, site: Site, extensions: Iterable[str]) -> Believed:
    """Ask about these lines; raises OutsideError when the connection ends."""
    accounts: dict[str, Account] = {}
    action, name = _ACTIONS[site.pbx.driver]
    for extension in extensions:
        try:
            answer = await manager.action(action, [(name, extension)])
        except AmiRefused as error:
            if UNKNOWN_ACTION in error.answer:
                return Believed(is_driver_loaded=False)
            continue
        accounts[extension] = pjsip_account(answer) if site.pbx.driver == "pjsip" else sip_account(answer)
    rows = await _listed(manager, "ShowDialPlan", [("Context", site.pbx.context)])
    boxes = await _listed(manager, "VoicemailUsersList")
    has_voicemail = await has_application(manager, "VoiceMailMain")
    return Believed(
        has_context=bool(rows),
        has_voicemail=has_voicemail,
        accounts=accounts,
        boxes=frozenset(f"{each.get('VoiceMailbox')}@{each.get('VMContext')}" for each in boxes),
        dials=dials(rows),
    )


async def has_application(manager: Manager, name: str) -> bool:
    """Return whether a module brought this application; the console refuses to show one that is not there."""
    try:
        await manager.command(f"core show application {name}")
    except AmiRefused as error:
        if "permission" in error.answer.lower():
            raise
        return False
    return True


async def _listed(
    manager: Manager, action: str, fields: Iterable[tuple[str, str]] = ()
) -> tuple[AmiMessage, ...]:
    """Return the events of a list; none where Asterisk has nothing to list, or not the action."""
    try:
        return (await manager.action(action, fields)).listed
    except AmiRefused:
        return ()


def pjsip_account(answer: Answered) -> Account:
    """Read the events of PJSIPShowEndpoint."""
    options: dict[str, str] = {}
    contact = None
    for event in answer.listed:
        if event.get("Event") == "ContactStatusDetail":
            contact = Contact(event.get("URI"), event.get("UserAgent"), event.get("Status"))
        kind = event.get("ObjectType")
        options |= {f"{kind}.{name}": value for name, value in event.fields if kind and name != "Password"}
    return Account(options, contact)


def sip_account(answer: Answered) -> Account:
    """Read the response of SIPshowpeer."""
    peer = answer.response
    options = {f"peer.{name}": value for name, value in peer.fields}
    if peer.get("Address-Port", "0") == "0":
        return Account(options)
    uri = f"sip:{peer.get('ObjectName')}@{peer.get('Address-IP')}:{peer.get('Address-Port')}"
    return Account(options, Contact(uri, peer.get("SIP-Useragent"), peer.get("Status")))


def dials(rows: Iterable[AmiMessage]) -> Mapping[str, tuple[str, ...]]:
    """Return what the Dial steps of each extension dial."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row.get("Application") == "Dial":
            found[row.get("Extension")] = (*found.get(row.get("Extension"), ()), row.get("AppData"))
    return found
