"""One change to the site, from any command: read, change, check, commit; either all of it or nothing."""

import getpass
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

from sqlalchemy import Engine

from ringup.change.carry_out import Step, StepFailed, carry_out
from ringup.change.freepbx_lines import with_freepbx_rows
from ringup.change.plan import Plan, plan
from ringup.change.restart import with_new_sync
from ringup.change.undo import undone
from ringup.change.world import World
from ringup.errors import ChangedMeanwhile, NoSiteYet, OutsideError, Problem, SiteErrors, UnsafeChange
from ringup.site.check import check
from ringup.site.held import HeldSecret, with_held
from ringup.site.model import Site
from ringup.site.records import ChangedRecords, changed
from ringup.site.rows import Plain, Rows, by_record
from ringup.site.write import to_plain
from ringup.store.database import open_database, open_to_read, open_with_new_key
from ringup.store.held_secrets import read_held
from ringup.store.new_key import begin_anew
from ringup.store.revisions import Revision, commit, read_site, read_site_and_revision

if TYPE_CHECKING:
    from ringup.change.restart_step import Restarting

MOST_TRIES = 5
"""Maximum number of times that a change is repeated because another program committed first; each try takes
several milliseconds.
"""


Approve = Callable[[Plan], None]
"""Checks a plan before it is carried out; raises UnsafeChange if it must not be carried out."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The result of a command that changes the site."""

    site: Site
    revision: Revision
    plan: Plan
    done: tuple[str, ...] = ()
    """The actions outside the records, one sentence per step."""


MoreSteps = Callable[[Plan], Sequence[Step]]
"""Returns what has to follow this change after Asterisk's files, such as the restarts of phones."""


def no_more_steps(_plan: Plan) -> Sequence[Step]:
    """Return nothing: the records and Asterisk's files are all that changes now."""
    return ()


class FurtherSteps(TypedDict, total=False):
    """The work after the commit of a change, besides Asterisk's files."""

    more_steps: MoreSteps
    """Steps that the plan leads to; none: the records and Asterisk's files are all that changes."""
    restarting: "Restarting | None"
    """How the phones that must restart do so; None: they do not."""


def refuse_unsafe(plan: Plan) -> None:
    """Approve each safe plan, and refuse all others."""
    if plan.unsafe:
        raise UnsafeChange((found.sentence for found in plan.unsafe), "")


@contextmanager
def opened(database: str) -> Iterator[Engine]:
    """Open the database for a command that reads; raises StoreError if there is no database."""
    engine = open_to_read(database)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def opened_to_change(database: str) -> Iterator[Engine]:
    """Open the database for a command that changes the site; a missing database is created."""
    engine = open_database(database)
    try:
        yield engine
    finally:
        engine.dispose()


def stored_site(database: str) -> Site:
    """Return the present site; raises NoSiteYet if there is no database."""
    with opened(database) as engine:
        return read_site(engine)


def asterisks_site(database: str) -> Site:
    """Return the site as Asterisk should have it now: with the secrets that it holds for phones.

    Raises NoSiteYet if there is no database.
    """
    with opened(database) as engine:
        return with_held(read_site(engine), read_held(engine))


def stored_or_new_site(database: str) -> Site:
    """Return the site that a change starts from: an empty site if there is no database, which is not created
    here.
    """
    try:
        return stored_site(database)
    except NoSiteYet:
        return Site()


def change_site(
    database: str,
    change: Callable[[Plain], None],
    summary: str,
    approve: Approve = refuse_unsafe,
    **further: Unpack[FurtherSteps],
) -> Changed:
    """Let `change` alter the site's plain form, check all of it and commit; an error changes nothing.

    When another program commits first, `change` alters the site as that left it: up to MOST_TRIES times.
    Raises SiteErrors, and what `approve` raises.
    """
    rows_for = partial(_altered, change)
    return merge_site(database, rows_for, summary, approve, **further)


def _altered(change: Callable[[Plain], None], site: Site) -> Rows:
    data = to_plain(site, secrets=True)
    for part in ("site", "pbx"):
        data.setdefault(part, {})
    for part in ("network", "groups", "phones"):
        data.setdefault(part, [])
    change(data)
    return Rows(data, by_record(data))


def merge_site(
    database: str,
    rows_for: Callable[[Site], Rows],
    summary: str,
    approve: Approve = refuse_unsafe,
    **further: Unpack[FurtherSteps],
) -> Changed:
    """Commit the site made of the rows that `rows_for` returns for the present site.

    When another program commits first, the rows are made again: up to MOST_TRIES times.
    """
    return _tried_again(lambda: replace_site(database, rows_for, summary, approve, **further))


def restart_revision(database: str, new_site: Callable[[Site], Site], summary: str) -> Changed:
    """Commit the new ``sync`` of a restart, which was approved before; tries as often as `change_site`."""
    return _tried_again(lambda: transform_site(database, new_site, summary, lambda _plan: None))


def _tried_again(change: Callable[[], Changed]) -> Changed:
    """Make a change, up to MOST_TRIES times while another program commits first."""
    for _ in range(MOST_TRIES - 1):
        with suppress(ChangedMeanwhile):
            return change()
    return change()


def replace_site(
    database: str,
    rows_for: Callable[[Site], Rows],
    summary: str,
    approve: Approve = refuse_unsafe,
    **further: Unpack[FurtherSteps],
) -> Changed:
    """Commit the site of these rows; raises ChangedMeanwhile when another program commits meanwhile."""
    return transform_site(
        database, lambda stored: _checked(rows_for(stored), stored), summary, approve, **further
    )


def _checked(rows: Rows, stored: Site) -> Site:
    """Return the site of these rows; if FreePBX has the extensions, new lines get its secrets."""
    return check(with_freepbx_rows(rows, stored), stored)


def transform_site(
    database: str,
    new_site: Callable[[Site], Site],
    summary: str,
    approve: Approve = refuse_unsafe,
    more_steps: MoreSteps = no_more_steps,
    restarting: "Restarting | None" = None,
) -> Changed:
    """Commit the site that `new_site` makes from the present site, and carry it out; its result must be
    checked.

    With `restarting`, the registered phones that must restart do so, and Asterisk gets their new secrets when
    they have fetched them. Raises ChangedMeanwhile when another program commits meanwhile, and what `approve`
    raises; nothing is then changed. Raises StepFailed once all of it is put back.
    """
    with opened_to_change(database) as engine:
        stored, revision = read_site_and_revision(engine)
        site, now = new_site(stored), time.time()
        changes = changed(stored, site)
        world = _world(engine, stored, site, changes, now, _macs(site) if restarting else ())
        planned = plan(stored, site, world, changes)
        approve(planned)
        notified = tuple(mac for mac in planned.restarts if mac in world.registered) if restarting else ()
        made = commit(
            engine,
            _to_restart(site, now) if notified else site,
            author=author(),
            summary=summary,
            at=now,
            expected_revision=revision,
            before=stored,
            changes=None if notified else changes,
            hold=notified,
        )
        result = Changed(site, made, planned)
        if not planned:
            return result
        return replace(result, done=_carried_out(engine, stored, result, more_steps, restarting, notified))


def _world(
    engine: Engine,
    before: Site,
    after: Site,
    changes: ChangedRecords,
    now: float,
    restarting: Sequence[str] = (),
) -> World:
    from ringup.change.gather import gather  # with all events, 30 ms that `phone add` does without

    return gather(engine, before, after, changes, now, restarting)


def _macs(site: Site) -> list[str]:
    return [phone.mac for phone in site.phones]


def _to_restart(site: Site, now: float) -> Site:
    """Return the site with the state that makes phones restart; raises SiteErrors without a manager user."""
    if not site.pbx.manager_user:
        cure = "Make one, as root: ringup pbx install --yes. Or leave --restart out."
        raise SiteErrors(
            [Problem("pbx", "names no manager user, which ringup needs to restart phones.", cure)]
        )
    return with_new_sync(site, now)


def _carried_out(
    engine: Engine,
    before: Site,
    changed: Changed,
    more_steps: MoreSteps,
    restarting: "Restarting | None",
    notified: Sequence[str],
) -> tuple[str, ...]:
    """Carry out a revision; if that fails, take it back by a further revision, and raise StepFailed."""
    steps: list[Step] = []
    if any((changed.site.pbx.etc, changed.site.pbx.realtime, before.pbx.realtime)):
        from ringup.change.pbx_steps import pbx_steps  # with asyncio, 30 ms that most commands do without

        steps += pbx_steps(before, changed.site, read_held(engine))
    steps += more_steps(changed.plan)
    if restarting and changed.plan.restarts:
        from ringup.change.restart_step import restart_step

        off = len(changed.plan.restarts) - len(notified)
        steps.append(
            restart_step(engine, restarting, notified, off, before, lambda held: keep_old(engine, held))
        )
    try:
        return carry_out(steps, before, changed.site)
    except StepFailed as failed:
        raise _put_back(engine, changed.revision, failed) from failed


def keep_old(engine: Engine, held: Sequence[HeldSecret]) -> int:
    """Restore the logins of lines that Asterisk still has; return the revision. Raises StoreError."""
    for tries_left in reversed(range(MOST_TRIES)):
        now, number = read_site_and_revision(engine)
        try:
            return commit(
                engine,
                with_held(now, held),
                author=author(),
                summary=f"keep the old passwords of {len(held)} lines",
                at=time.time(),
                expected_revision=number,
                before=now,
            ).id
        except ChangedMeanwhile as error:
            if not tries_left:
                raise OutsideError("keeping old passwords", error.answer, error.cure) from error
    raise AssertionError


def _put_back(engine: Engine, made: Revision, failed: StepFailed) -> StepFailed:
    """Take the revision back; returns the error that says so."""
    summary = f"put back revision {made.id}: {failed.tried} failed"
    for _ in range(MOST_TRIES):
        with suppress(ChangedMeanwhile):
            try:
                _commit_undone(engine, made, summary)
            except SiteErrors as error:
                kept = f"Revision {made.id} stays, because a later one builds on it: {error}"
                return StepFailed(failed.tried, f"{failed.answer} {kept}", failed.cure)
            back = f"Revision {made.id} was put back, and so was all that followed it."
            return StepFailed(failed.tried, f"{failed.answer} {back}", failed.cure)
    kept = f"Revision {made.id} stays, because others changed the site at every try."
    return StepFailed(
        failed.tried, f"{failed.answer} {kept}", f"{failed.cure} Undo it: ringup undo {made.id}"
    )


def _commit_undone(engine: Engine, made: Revision, summary: str) -> None:
    now, number = read_site_and_revision(engine)
    restored = undone(now, made.before, made.after, made.id)
    commit(
        engine,
        restored,
        author=author(),
        summary=summary,
        at=time.time(),
        expected_revision=number,
        before=now,
    )


def planned_change(database: str, rows: Rows) -> Plan:
    """Plan the replacement of the site by these rows without changing anything; there may be no database."""
    return planned_merge(database, lambda _: rows).plan


def planned_alteration(database: str, change: Callable[[Plain], None]) -> "Planned":
    """Plan what `change_site` would do without changing anything; there may be no database."""
    return planned_merge(database, partial(_altered, change))


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that was planned and not made."""

    before: Site
    after: Site
    plan: Plan


def planned_merge(database: str, rows_for: Callable[[Site], Rows]) -> Planned:
    """Plan what `merge_site` would do without changing anything; there may be no database."""
    try:
        with opened(database) as engine:
            stored = read_site(engine)
            site = _checked(rows_for(stored), stored)
            changes = changed(stored, site)
            world = _world(engine, stored, site, changes, time.time())
            return Planned(stored, site, plan(stored, site, world, changes))
    except NoSiteYet:
        site = _checked(rows_for(Site()), Site())
        return Planned(Site(), site, plan(Site(), site))


def begin_site_anew(database: str, rows: Rows, summary: str) -> Changed:
    """Commit the site of these rows after the key of the secrets was lost: no stored secret is kept.

    Raises StoreError if the key is not lost.
    """
    site = check(rows)
    engine = open_with_new_key(database)
    try:
        made = begin_anew(engine, site, author=author(), summary=summary, at=time.time())
        return Changed(site, made, plan(Site(), site))
    finally:
        engine.dispose()


def author() -> str:
    """Return the user's name; under sudo, the name of the user who typed sudo."""
    return os.environ.get("SUDO_USER") or os.environ.get("USER") or getpass.getuser()
