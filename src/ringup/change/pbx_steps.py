"""The steps that make Asterisk follow the site: its files are written, then it reads them.

The command that changes the site takes them where it may; `ringup serve` takes them for every revision that
no command has carried out. Both may do so at once: the files are written by one program at a time, and a
second reload of the same files changes nothing.
"""

import asyncio
import os
from collections.abc import Collection
from pathlib import Path

from ringup.asterisk.control import Manager
from ringup.asterisk.include_lines import FOLDER
from ringup.asterisk.install import fingerprint, install
from ringup.change.carry_out import Step
from ringup.change.verify_step import said
from ringup.errors import AmiRefused, InstallError, OutsideError
from ringup.site.held import HeldSecret, with_held
from ringup.site.model import Pbx, Site


def pbx_steps(before: Site, after: Site, held: Collection[HeldSecret] = ()) -> tuple[Step, ...]:
    """Return the steps of a change; none if ringup does not write Asterisk's files, or if they do not change.

    Asterisk keeps the `held` logins.
    """
    if not is_ours(after.pbx) or _print(before) == _print(after):
        return ()
    files = Step("writing Asterisk's files", lambda site: _write(with_held(site, held)))
    if not after.pbx.manager_user:
        return (files,)
    phones = _differing(before, after)
    verify = Step(
        "verifying Asterisk", lambda site: said(with_held(site, held), phones) if site is after else ""
    )
    return files, Step("reloading Asterisk", _reload), verify


def _differing(before: Site, after: Site) -> frozenset[str]:
    """Return the MACs of the phones whose accounts may differ."""
    if before.pbx != after.pbx:
        return frozenset(phone.mac for phone in after.phones)
    old = {phone.mac: phone.lines for phone in before.phones}
    return frozenset(phone.mac for phone in after.phones if phone.lines != old.get(phone.mac))


def is_ours(pbx: Pbx) -> bool:
    """Return whether `ringup pbx install` was there before, and this user may write where it did."""
    return bool(pbx.etc) and os.access(Path(pbx.etc) / FOLDER, os.W_OK, effective_ids=True)


def follow_release(site: Site) -> None:
    """Write the files of this site, as Asterisk should have it, and reload; raises OutsideError."""
    if is_ours(site.pbx):
        _write(site)
        _reload(site)


def _print(site: Site) -> bytes:
    try:
        return fingerprint(site)
    except InstallError:
        return b""


def _write(site: Site) -> str:
    written = install(site, Path(site.pbx.etc)) if site.pbx.etc else []
    return f"Wrote {len(written)} of Asterisk's files in {site.pbx.etc}." if written else ""


def _reload(site: Site) -> str:
    """Reload. If Asterisk does not answer, this is not a failure, because it reads the files when
    it starts.
    """
    if not site.pbx.manager_user:
        return ""
    try:
        version = asyncio.run(reload_over_ami(site.pbx))
    except AmiRefused:
        raise
    except OutsideError as error:
        return f"Asterisk was not reloaded ({error.answer.rstrip('.')}); it reads its files when it starts."
    return f"Asterisk {version} reloaded its files."


async def reload_over_ami(pbx: Pbx) -> str:
    """Make Asterisk read its files; returns its version. Raises AmiRefused, or OutsideError for no answer."""
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    try:
        version = await manager.connect()
        await manager.reload(pbx.driver)
    finally:
        await manager.close()
    return version
