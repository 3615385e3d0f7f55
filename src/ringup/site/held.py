"""The site as Asterisk should have it while phones do not know their lines' new logins yet."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ringup.site.model import Line, Phone, Site
from ringup.site.stand_in import is_stand_in


@dataclass(frozen=True, slots=True)
class HeldSecret:
    """The old login that Asterisk keeps for one line, until the phone has fetched its file with the new
    login.
    """

    extension: str
    mac: str
    secret: str = field(repr=False)
    auth_name: str
    after: int
    """The id of the last event before the new login was put into the phone's file."""


def with_held(site: Site, held: Iterable[HeldSecret]) -> Site:
    """Return the site with the old logins in place of the new ones, and with the stand-ins that their phones
    still use; other lines that were removed stay removed.
    """
    logins = {(each.mac, each.extension): each for each in held}
    if not logins:
        return site
    macs = {mac for mac, _extension in logins}
    phones = (_held(phone, logins) if phone.mac in macs else phone for phone in site.phones)
    return site.model_copy(update={"phones": tuple(phones)})


def _held(phone: Phone, logins: dict[tuple[str, str], HeldSecret]) -> Phone:
    lines = (_login(line, logins.get((phone.mac, line.extension))) for line in phone.lines)
    own = {line.extension for line in phone.lines}
    gone = [
        Line(extension=name, secret=each.secret, auth_name=each.auth_name, voicemail=False)
        for (mac, name), each in logins.items()
        if mac == phone.mac and name not in own and is_stand_in(name)
    ]
    return phone.model_copy(update={"lines": (*lines, *gone)})


def _login(line: Line, held: HeldSecret | None) -> Line:
    if held is None:
        return line
    return line.model_copy(update={"secret": held.secret, "auth_name": held.auth_name})
