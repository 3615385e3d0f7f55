"""The steps that adapt Asterisk to the site: write its realtime rows and files, then make Asterisk read them.

The command that changes the site takes these steps if it may write to Asterisk's folder. `ringup serve` takes
them for every revision that no command has carried out. Both may do so at the same time: only one program at
a time writes the files, and a second reload of the same files changes nothing.
"""

import asyncio
import os
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from ringup.asterisk.control import Manager
from ringup.asterisk.include_lines import FOLDER
from ringup.asterisk.install import fingerprint, install
from ringup.asterisk.realtime import clear_rows, write_rows
from ringup.change.carry_out import Step
from ringup.change.verify_step import said
from ringup.errors import AmiRefused, InstallError, OutsideError
from ringup.render.pbx_files import changed_channels
from ringup.site.held import HeldSecret, with_held
from ringup.site.model import Channel, Pbx, Site


def pbx_steps(before: Site, after: Site, held: Collection[HeldSecret] = ()) -> tuple[Step, ...]:
    """Return the steps of a change; none if ringup does not write Asterisk's files, or if they stay the same.

    In the written files, lines in `held` keep their old secrets.
    """
    if _print(before) == _print(after) and before.pbx.realtime == after.pbx.realtime:
        return ()
    writing = _writing_steps(before, after, held)
    clearing = _clearing_steps(before, after)
    if not writing or not after.pbx.manager_user:
        return (*writing, *clearing)
    phones = _differing(before, after)
    verify = Step(
        "verifying Asterisk", lambda site: said(with_held(site, held), phones) if site is after else ""
    )
    return (
        *writing,
        Step("reloading Asterisk", partial(reload_channels, changed_channels(before, after))),
        *clearing,
        verify,
    )


def _writing_steps(before: Site, after: Site, held: Collection[HeldSecret]) -> tuple[Step, ...]:
    steps = []
    if before.pbx.realtime or after.pbx.realtime:
        steps.append(Step("writing Asterisk's realtime rows", partial(_follow_rows, before, after, held)))
    if may_write(after.pbx):
        steps.append(Step("writing Asterisk's files", lambda site: _write_files(with_held(site, held))))
    return tuple(steps)


def _follow_rows(before: Site, after: Site, held: Collection[HeldSecret], site: Site) -> str:
    """Write the rows of this site into its database.

    If the change is undone, the rows are deleted from a database that only the new site uses.
    """
    if site is before and after.pbx.realtime not in ("", before.pbx.realtime):
        clear_rows(after.pbx)
    if not site.pbx.realtime:
        return ""
    written = write_rows(with_held(site, held))
    return (
        f"Wrote {written} row{'' if written == 1 else 's'} of Asterisk's realtime tables." if written else ""
    )


def _clearing_steps(before: Site, after: Site) -> tuple[Step, ...]:
    """Return the step that deletes the rows in a database that the new site no longer uses.

    The step comes after the reload, because Asterisk reads the old rows until then.
    """
    if before.pbx.realtime in ("", after.pbx.realtime):
        return ()
    return (
        Step("deleting Asterisk's realtime rows", lambda site: _cleared(before.pbx) if site is after else ""),
    )


def _cleared(pbx: Pbx) -> str:
    deleted = clear_rows(pbx)
    return f"Deleted {deleted} rows of Asterisk's realtime tables." if deleted else ""


def _differing(before: Site, after: Site) -> frozenset[str]:
    """Return the MACs of the phones whose accounts may differ."""
    if before.pbx != after.pbx:
        return frozenset(phone.mac for phone in after.phones)
    old = {phone.mac: phone.lines for phone in before.phones}
    return frozenset(phone.mac for phone in after.phones if phone.lines != old.get(phone.mac))


def is_ours(pbx: Pbx) -> bool:
    """Return whether this user writes Asterisk's accounts, either as realtime rows or as files."""
    return bool(pbx.realtime) or may_write(pbx)


def may_write(pbx: Pbx) -> bool:
    """Return whether `ringup pbx install` has made ringup's folder, and this user may write to it."""
    return bool(pbx.etc) and os.access(Path(pbx.etc) / FOLDER, os.W_OK, effective_ids=True)


def follow_release(site: Site) -> None:
    """Write the rows and files of this site, given as Asterisk should have it, and reload; raises
    OutsideError.
    """
    if is_ours(site.pbx):
        write(site)
        reload_channels([site.pbx.driver], site)


def write(site: Site) -> None:
    """Write the site's realtime rows, and those of its files that this user may write; raises
    OutsideError.
    """
    if site.pbx.realtime:
        write_rows(site)
    if may_write(site.pbx):
        install(site, Path(site.pbx.etc))


def _print(site: Site) -> bytes:
    try:
        return fingerprint(site)
    except InstallError:
        return b""


def _write_files(site: Site) -> str:
    written = install(site, Path(site.pbx.etc)) if site.pbx.etc else []
    return f"Wrote {len(written)} of Asterisk's files in {site.pbx.etc}." if written else ""


def reload_channels(channels: Sequence[Channel], site: Site) -> str:
    """Make Asterisk reload these drivers.

    It is not a failure if Asterisk does not answer, because Asterisk reads the files when it starts.
    """
    if not site.pbx.manager_user:
        return ""
    try:
        version = asyncio.run(reload_over_ami(site.pbx, channels))
    except AmiRefused:
        raise
    except OutsideError as error:
        return f"Asterisk was not reloaded ({error.answer.rstrip('.')}); it reads its files when it starts."
    return f"Asterisk {version} reloaded its files."


async def reload_over_ami(pbx: Pbx, channels: Sequence[Channel]) -> str:
    """Make Asterisk read the files of these drivers again; return Asterisk's version.

    Raises AmiRefused, or OutsideError if Asterisk does not answer.
    """
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    try:
        version = await manager.connect()
        await manager.reload(*channels)
    finally:
        await manager.close()
    return version
