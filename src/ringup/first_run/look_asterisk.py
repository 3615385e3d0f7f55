"""Find the Asterisk of this machine: its folder, and what its console prints without an account."""

import re
from contextlib import suppress
from pathlib import Path

from ringup.asterisk.console import console_reply, lacks_voicemail
from ringup.asterisk.freepbx import is_freepbx
from ringup.check import console
from ringup.errors import OutsideError
from ringup.first_run.here import AsteriskHere
from ringup.site.model import Pbx

STOCK_FOLDER = "/etc/asterisk"
_VERSION = re.compile(r"^Asterisk (\S+)", re.MULTILINE)
_FOLDER = re.compile(r"^\s*Configuration directory:\s+(\S+)", re.MULTILINE)
_BIND = re.compile(r"^\s*UDP Bindaddress:\s+\S*:(\d+)\s*$", re.MULTILINE)


def asterisk_here(pbx: Pbx) -> AsteriskHere | None:
    """Return the Asterisk of this machine; None if there is neither its folder nor its console."""
    try:
        version = _VERSION.search(console_reply("core show version"))
    except OutsideError:
        folder = pbx.etc or pbx.freepbx or STOCK_FOLDER
        return AsteriskHere(folder, is_freepbx=is_freepbx(Path(folder))) if Path(folder).is_dir() else None
    folder = pbx.etc or pbx.freepbx or _configuration_folder()
    modules = console.modules(_said("module show"))
    return AsteriskHere(
        folder,
        version[1] if version else "of an unknown version",
        is_freepbx(Path(folder)),
        modules,
        console.transports(_said("pjsip show transports")) if "res_pjsip.so" in modules else (),
        _sip_port(_said("sip show settings")) if "chan_sip.so" in modules else 0,
        _lacks_voicemail(),
    )


def _configuration_folder() -> str:
    found = _FOLDER.search(_said("core show settings"))
    return found[1] if found and Path(found[1]).is_dir() else STOCK_FOLDER


def _sip_port(text: str) -> int:
    found = _BIND.search(text)
    return int(found[1]) if found else 0


def _lacks_voicemail() -> bool:
    with suppress(OutsideError):
        return lacks_voicemail()
    return False


def _said(command: str) -> str:
    """Return the console's output; empty if Asterisk does not know the command."""
    try:
        return console_reply(command)
    except OutsideError:
        return ""
