"""Read Asterisk's state and compare it with the site.

It takes one login to the manager interface, one action per line, and one REGISTER per secret.
"""

import asyncio
from collections.abc import Mapping, Sequence

from ringup.asterisk.control import Manager
from ringup.asterisk.loaded import read_loaded
from ringup.asterisk.register_query import LineLogin, SecretCheck, check_secret
from ringup.asterisk.skinny import read_skinny
from ringup.asterisk.verify import SiteLine, verify
from ringup.asterisk.verify_sccp import verify_sccp
from ringup.finding import Finding
from ringup.render.extensions_conf import device_of
from ringup.site.model import Line, Pbx, Phone, Site


async def verified(site: Site, phones: Sequence[Phone], addresses: Mapping[str, str]) -> list[Finding]:
    """Return the differences between Asterisk and the site for these phones.

    `addresses` are the addresses of the phones' leases, by MAC. Raises AmiRefused if the login is refused,
    and OutsideError if Asterisk does not reply.
    """
    pbx = site.pbx
    sccp = [phone for phone in phones if site.protocol_of(phone) == "sccp"]
    lines = [(phone, line) for phone in phones if phone not in sccp for line in phone.lines]
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    try:
        await manager.connect()
        seen = await read_loaded(manager, site, [line.extension for _phone, line in lines])
        skinny = await read_skinny(manager) if sccp else None
    finally:
        await manager.close()
    known = [line for _phone, line in lines if line.extension in seen.accounts]
    checks = await asyncio.to_thread(_check_secrets, pbx, known)
    expected = [
        SiteLine(
            line,
            device_of(site, phone, line),
            addresses.get(phone.mac, ""),
            checks.get(line.extension, SecretCheck.RIGHT),
        )
        for phone, line in lines
    ]
    found = verify(pbx, expected, seen) if lines or not sccp else []
    return found + list(verify_sccp(site, sccp, addresses, seen, skinny))


def _check_secrets(pbx: Pbx, lines: Sequence[Line]) -> Mapping[str, SecretCheck]:
    """Check the secret of each line; after the first missing reply, check no further secrets."""
    found: dict[str, SecretCheck] = {}
    for line in lines:
        host, user = pbx.address or pbx.manager_host, line.auth_name or line.extension
        found[line.extension] = check_secret(LineLogin(host, pbx.port, line.extension, user, line.secret))
        if found[line.extension] is SecretCheck.SILENT:
            break
    return found
