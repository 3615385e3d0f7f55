"""Read ringup's files in Asterisk's folder, and Asterisk's state over its manager interface."""

import asyncio
import fnmatch
from collections.abc import Mapping
from pathlib import Path

from ringup.asterisk.control import Manager
from ringup.asterisk.drift import digests, is_by_hand
from ringup.asterisk.freepbx import FreePbx, is_freepbx, read_freepbx
from ringup.asterisk.include_lines import FOLDER, included_names
from ringup.asterisk.install import contents
from ringup.asterisk.verification import verified
from ringup.check import console
from ringup.check.facts import ManagerRefusal, PbxFileState, PbxState
from ringup.errors import AmiRefused, InstallError, OutsideError
from ringup.finding import Finding
from ringup.render.pbx_files import PbxFile, wanted
from ringup.rule import Unknown
from ringup.site.model import Site

AT_ONCE = 50
"""Maximum number of questions about lines at the same time."""

_SHOW_ACCOUNT = {"pjsip": "pjsip show endpoint {}", "chan_sip": "sip show peer {}"}

_LOGGING_IN = "logging in"
"""Beginning of the manager's error texts until the login is done."""


def files(site: Site) -> tuple[PbxFileState, ...] | Unknown:
    """Return the state of ringup's files in the folder of `pbx.etc`."""
    if not site.pbx.etc:
        return Unknown("ringup writes none (pbx.etc is not set)")
    etc = Path(site.pbx.etc)
    try:
        texts = contents(site)
        return tuple(_file(each, texts[each.name], etc) for each in wanted(site))
    except (OSError, InstallError) as error:
        return Unknown(f"{etc} cannot be read: {getattr(error, 'strerror', None) or error}")


def freepbx(site: Site) -> FreePbx | Unknown:
    """Return the extensions in FreePBX's files: in the folder of `pbx.freepbx`, or in that of `pbx.etc` if
    FreePBX generates its files.
    """
    etc = Path(site.pbx.freepbx or site.pbx.etc)
    if not site.pbx.freepbx and not (site.pbx.etc and is_freepbx(etc)):
        return Unknown("the site has no FreePBX (pbx.freepbx is not set)")
    try:
        return read_freepbx(etc, site.pbx.driver)
    except OutsideError as error:
        return Unknown(f"{error.tried}: {error.answer}".rstrip("."))


def _file(file: PbxFile, text: str, etc: Path) -> PbxFileState:
    own, operators = etc / FOLDER / file.name, etc / file.included_by
    data = own.read_bytes() if own.exists() else None
    included = included_names(operators.read_bytes()) if operators.exists() else []
    return PbxFileState(
        file.name,
        file.included_by,
        data is not None,
        data == text.encode(),
        any(fnmatch.fnmatch(str(own), str(etc / each)) for each in included),
        data is not None and is_by_hand(digests(etc / FOLDER), file.name, data),
    )


def state(site: Site) -> PbxState | ManagerRefusal | Unknown:
    """Log in, read Asterisk's state, and log out."""
    if not site.pbx.manager_user:
        return Unknown("the site names no manager user")
    return asyncio.run(read_state(site))


def verification(
    site: Site, state: PbxState | ManagerRefusal | Unknown, addresses: Mapping[str, str]
) -> tuple[Finding, ...] | Unknown:
    """Return the differences between Asterisk's loaded configuration and the site; `addresses` are the
    phones' leases, by MAC.
    """
    if not isinstance(state, PbxState):
        return Unknown("first: Asterisk's manager")
    try:
        return tuple(asyncio.run(verified(site, site.phones, addresses)))
    except OutsideError as error:
        return Unknown(f"{error.tried}: {error.answer}".rstrip("."))


async def read_state(site: Site) -> PbxState | ManagerRefusal:
    """Log in, read Asterisk's state and log out, on this event loop."""
    pbx = site.pbx
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    try:
        version = await manager.connect()
        return await _state(manager, site, version)
    except OutsideError as error:
        return _refusal(error, f"{pbx.manager_host}:{pbx.manager_port}")
    finally:
        await manager.close()


def _refusal(error: OutsideError, where: str) -> ManagerRefusal:
    if not isinstance(error, AmiRefused):
        return ManagerRefusal(
            f"Asterisk's manager interface at {where} does not answer: {error.answer}",
            "Write enabled = yes below [general] in manager.conf, and start Asterisk:",
            ("systemctl enable asterisk", "systemctl restart asterisk"),
        )
    logged_in = not error.tried.startswith(_LOGGING_IN)
    what = f"{error.tried[0].upper()}{error.tried[1:]}: {error.answer}"
    if logged_in:
        return ManagerRefusal(what, error.cure, is_permission=True)
    return ManagerRefusal(
        what,
        "Compare the site's values with the user's section in manager.conf (secret, permit, deny), then:",
        ("ringup site set pbx.manager_user=USER pbx.manager_secret=SECRET", "asterisk -rx 'manager reload'"),
    )


async def _state(manager: Manager, site: Site, version: str) -> PbxState:
    permissions = console.permissions(await manager.command(f"manager show user {site.pbx.manager_user}"))
    transports = await _said(manager, "pjsip show transports") if site.pbx.driver == "pjsip" else ""
    accounts = await _accounts(manager, site)
    named = {options.get("context") or options.get("Context", "") for options in accounts.values()}
    contexts = [await _said(manager, f"dialplan show {each}") for each in {site.pbx.context, *named} if each]
    return PbxState(
        version,
        *permissions,
        modules=console.modules(await manager.command("module show")),
        applications=console.applications(await manager.command("core show applications")),
        transports=console.transports(transports or ""),
        accounts=accounts,
        boxes=console.boxes(await _said(manager, "voicemail show users") or ""),
        contexts=console.contexts("\n".join(filter(None, contexts))),
    )


async def _said(manager: Manager, command: str) -> str | None:
    """Return the console's output; None if Asterisk does not know the command or the object."""
    try:
        return await manager.command(command)
    except AmiRefused:
        return None


async def _accounts(manager: Manager, site: Site) -> Mapping[str, Mapping[str, str]]:
    names = [line.extension for _phone, line in site.sip_lines()]
    found: dict[str, Mapping[str, str]] = {}
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        replies = (_said(manager, _SHOW_ACCOUNT[site.pbx.driver].format(name)) for name in some)
        for name, text in zip(some, await asyncio.gather(*replies), strict=True):
            if options := console.options(text or ""):
                found[name] = options
    return found
