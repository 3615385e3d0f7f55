"""Read the accounts, mailboxes and dial plan that Asterisk has loaded, over its manager interface.

The result has the same form for both drivers. Actions and fields are those of Asterisk 16 (both drivers) and
22.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from ringup.asterisk.control import Manager
from ringup.engine.ami import Answered
from ringup.errors import AmiRefused
from ringup.site.model import Driver, Site
from ringup.wire.ami import AmiMessage

_READERS = ("res_config_pgsql.so", "res_config_odbc.so")
"""Modules with which Asterisk can read accounts from PostgreSQL; Debian's modules.conf switches both off."""

_SORCERY = "res_sorcery_realtime.so"
"""The module through which PJSIP reads its accounts from one of these modules."""

_HAS_CONNECTIONS = re.compile(r"active connections: [1-9]")


def missing_realtime(loaded: Container[str]) -> tuple[str, ...]:
    """Return the realtime modules that are missing among the `loaded` ones."""
    reader = () if any(each in loaded for each in _READERS) else _READERS[:1]
    return (*reader, *(() if _SORCERY in loaded else (_SORCERY,)))


UNKNOWN_ACTION = "Invalid/unknown command"
_ACTIONS: Mapping[Driver, tuple[str, str]] = {
    "pjsip": ("PJSIPShowEndpoint", "Endpoint"),
    "chan_sip": ("SIPshowpeer", "Peer"),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """The address to which Asterisk sends calls for a line."""

    uri: str
    """With PJSIP the registered or rewritten URI; with chan_sip a URI made from the peer's address and
    port.
    """
    user_agent: str
    status: str


@dataclass(frozen=True, slots=True)
class LoadedAccount:
    """One line's account: its contact, and its options by names like ``endpoint.Context``."""

    options: Mapping[str, str]
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """The data read from Asterisk; `accounts` contains only accounts that Asterisk has."""

    is_driver_loaded: bool = True
    missing_modules: tuple[str, ...] = ()
    """The modules that read the realtime tables and that Asterisk has not loaded."""
    has_realtime: bool = True
    """False if Asterisk is not connected to the realtime database."""
    has_context: bool = True
    has_voicemail: bool = True
    """True if Asterisk has loaded the application VoiceMailMain."""
    accounts: Mapping[str, LoadedAccount] = field(default_factory=dict)
    boxes: frozenset[str] = frozenset()
    """The mailboxes, like ``201@ringup``."""
    dials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The arguments of Dial for each extension of the context, like ``PJSIP/201,20``."""


async def read_loaded(manager: Manager, site: Site, extensions: Iterable[str]) -> LoadedConfig:
    """Read the data of these lines; raises OutsideError if the connection ends."""
    accounts = await read_accounts(manager, site.pbx.driver, extensions)
    if accounts is None:
        return LoadedConfig(is_driver_loaded=False)
    missing, connected = await _realtime(manager) if site.pbx.realtime else ((), True)
    rows = await _listed(manager, "ShowDialPlan", [("Context", site.pbx.context)])
    boxes = await _listed(manager, "VoicemailUsersList")
    has_voicemail = await has_application(manager, "VoiceMailMain")
    return LoadedConfig(
        missing_modules=missing,
        has_realtime=connected,
        has_context=bool(rows),
        has_voicemail=has_voicemail,
        accounts=accounts,
        boxes=frozenset(f"{each.get('VoiceMailbox')}@{each.get('VMContext')}" for each in boxes),
        dials=dials(rows),
    )


async def read_accounts(
    manager: Manager, driver: Driver, extensions: Iterable[str]
) -> dict[str, LoadedAccount] | None:
    """Return the accounts that Asterisk has, by extension; None if the driver is not loaded.

    Raises OutsideError when the connection ends.
    """
    accounts: dict[str, LoadedAccount] = {}
    action, name = _ACTIONS[driver]
    for extension in extensions:
        try:
            answer = await manager.action(action, [(name, extension)])
        except AmiRefused as error:
            if UNKNOWN_ACTION in error.answer:
                return None
            continue
        accounts[extension] = pjsip_account(answer) if driver == "pjsip" else sip_account(answer)
    return accounts


async def _realtime(manager: Manager) -> tuple[tuple[str, ...], bool]:
    """Return the modules of realtime that are not loaded, and whether Asterisk has the database."""
    lines = (await manager.command("module show")).splitlines()
    loaded = {line.split()[0] for line in lines if line.strip() and "Not Running" not in line}
    missing = missing_realtime(loaded)
    return missing, bool(missing) or await _is_connected(manager, loaded)


async def _is_connected(manager: Manager, loaded: Container[str]) -> bool:
    pgsql, odbc = _READERS
    if pgsql in loaded and (await _said(manager, "realtime show pgsql status")).startswith("Connected"):
        return True
    return odbc in loaded and _HAS_CONNECTIONS.search(await _said(manager, "odbc show all")) is not None


async def _said(manager: Manager, command: str) -> str:
    """Return the console's output for a command; empty if Asterisk does not have the command."""
    try:
        return await manager.command(command)
    except AmiRefused as error:
        if "permission" in error.answer.lower():
            raise
        return ""


async def has_application(manager: Manager, name: str) -> bool:
    """Return whether Asterisk has this application; for a missing application, the console prints an
    error.
    """
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
    """Return the events that an action lists.

    Returns nothing if the list is empty, or if Asterisk does not have the action.
    """
    try:
        return (await manager.action(action, fields)).listed
    except AmiRefused:
        return ()


def pjsip_account(answer: Answered) -> LoadedAccount:
    """Read the events of PJSIPShowEndpoint."""
    options: dict[str, str] = {}
    contact = None
    for event in answer.listed:
        if event.get("Event") == "ContactStatusDetail":
            contact = Contact(event.get("URI"), event.get("UserAgent"), event.get("Status"))
        kind = event.get("ObjectType")
        options |= {f"{kind}.{name}": value for name, value in event.fields if kind and name != "Password"}
    return LoadedAccount(options, contact)


def sip_account(answer: Answered) -> LoadedAccount:
    """Read the response of SIPshowpeer."""
    peer = answer.response
    options = {f"peer.{name}": value for name, value in peer.fields}
    if peer.get("Address-Port", "0") == "0":
        return LoadedAccount(options)
    uri = f"sip:{peer.get('ObjectName')}@{peer.get('Address-IP')}:{peer.get('Address-Port')}"
    return LoadedAccount(options, Contact(uri, peer.get("SIP-Useragent"), peer.get("Status")))


def dials(rows: Iterable[AmiMessage]) -> Mapping[str, tuple[str, ...]]:
    """Return the arguments of each extension's Dial steps."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row.get("Application") == "Dial":
            found[row.get("Extension")] = (*found.get(row.get("Extension"), ()), row.get("AppData"))
    return found
