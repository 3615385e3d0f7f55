"""Make one change to the site, from any command: read, change, check, commit; nothing is changed after an
error.
"""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

from sqlalchemy import Engine

from ringup.change.authors import author
from ringup.change.carry_out import Step, StepFailed, carry_out
from ringup.change.freepbx_lines import with_freepbx_rows
from ringup.change.plan import Plan, plan
from ringup.change.restart import with_new_sync
from ringup.change.stored_site import opened, opened_to_change
from ringup.change.undo import undone
from ringup.change.world import World
from ringup.errors import ChangedMeanwhile, NoSiteYet, OutsideError, Problem, SiteErrors, UnsafeChange
from ringup.site.check import check
from ringup.site.held import HeldSecret, with_held
from ringup.site.model import Site
from ringup.site.records import ChangedRecords, changed
from ringup.site.rows import Plain, Rows, by_record
from ringup.site.write import to_plain
from ringup.store.accounts import read_accounts
from ringup.store.database import open_with_new_key
from ringup.store.held_secrets import read_held
from ringup.store.new_key import begin_anew
from ringup.store.revisions import Revision, commit, read_site, read_site_and_revision

if TYPE_CHECKING:
    from ringup.change.restart_step import Restarting

MOST_TRIES = 5
"""Maximum number of attempts at a change if other programs commit first; each takes several milliseconds."""


Approve = Callable[[Plan], None]
"""Checks a plan before it is carried out; raises UnsafeChange if it must not be carried out."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The result of a command that changes the site."""

    site: Site
    revision: Revision
    plan: Plan
    done: tuple[str, ...] = ()
    """The results outside the records, one sentence per step."""


MoreSteps = Callable[[Plan], Sequence[Step]]
"""Returns the steps that follow a change of Asterisk's files, such as the restarts of phones."""


def no_more_steps(_plan: Plan) -> Sequence[Step]:
    """Return no steps: only the records and Asterisk's files change."""
    return ()


class FurtherSteps(TypedDict, total=False):
    """Options for the steps after a commit, besides those for Asterisk's files."""

    first_steps: MoreSteps
    """Returns the steps that come before those for Asterisk's files; by default, there are none."""
    more_steps: MoreSteps
    """Returns the steps that the plan requires; by default, there are none."""
    restarting: "Restarting | None"
    """How the phones that must restart are restarted; None if they are not restarted."""
    hold: Collection[str]
    """MACs of further phones whose present accounts Asterisk keeps until they have fetched their files."""


def refuse_unsafe(plan: Plan) -> None:
    """Accept a safe plan; raises UnsafeChange for any other."""
    if plan.unsafe:
        raise UnsafeChange((found.sentence for found in plan.unsafe), "")


def change_site(
    database: str,
    change: Callable[[Plain], None],
    summary: str,
    approve: Approve = refuse_unsafe,
    **further: Unpack[FurtherSteps],
) -> Changed:
    """Let `change` alter the plain form of the site, check the complete site, and commit it.

    If another program commits first, `change` alters the site as the other program left it, up to MOST_TRIES
    times. Raises SiteErrors, and the errors of `approve`; nothing is changed then.
    """
    rows_for = partial(_altered, change)
    return merge_site(database, rows_for, summary, approve, **further)


def _altered(change: Callable[[Plain], None], site: Site) -> Rows:
    data = to_plain(site, secrets=True)
    for part in ("site", "pbx"):
        data.setdefault(part, {})
    for part in ("network", "directory", "groups", "phones"):
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
    """Commit the site made from the rows that `rows_for` returns for the present site.

    If another program commits first, the rows are made again, up to MOST_TRIES times.
    """
    return _tried_again(lambda: replace_site(database, rows_for, summary, approve, **further))


def restart_revision(database: str, new_site: Callable[[Site], Site], summary: str) -> Changed:
    """Commit the new ``sync`` value of an approved restart, with as many attempts as `change_site`."""
    return _tried_again(lambda: transform_site(database, new_site, summary, lambda _plan: None))


def _tried_again(change: Callable[[], Changed]) -> Changed:
    """Make a change; while another program commits first, try again, up to MOST_TRIES times in all."""
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
    """Commit the site made from these rows; raises ChangedMeanwhile if another program commits meanwhile."""
    return transform_site(
        database, lambda stored: _checked(rows_for(stored), stored), summary, approve, **further
    )


def _checked(rows: Rows, stored: Site) -> Site:
    """Return the checked site made from these rows; if FreePBX has the extensions, new lines get its
    secrets.
    """
    return check(with_freepbx_rows(rows, stored), stored)


def transform_site(
    database: str,
    new_site: Callable[[Site], Site],
    summary: str,
    approve: Approve = refuse_unsafe,
    more_steps: MoreSteps = no_more_steps,
    restarting: "Restarting | None" = None,
    first_steps: MoreSteps = no_more_steps,
    hold: Collection[str] = (),
) -> Changed:
    """Commit the site that `new_site` makes from the present site, then carry the change out.

    `new_site` must return a checked site. With `restarting`, the registered phones that must restart are
    restarted, and Asterisk gets their new secrets when they have fetched them. Raises the errors of
    `approve`, ChangedMeanwhile if another program commits meanwhile, and StepFailed; nothing stays changed.
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
            hold=(*notified, *hold),
        )
        result = Changed(site, made, planned)
        if not planned:
            return result
        done = _carried_out(engine, stored, result, first_steps(planned), more_steps, restarting, notified)
        return replace(result, done=done)


def _world(
    engine: Engine,
    before: Site,
    after: Site,
    changes: ChangedRecords,
    now: float,
    restarting: Sequence[str] = (),
) -> World:
    from ringup.change.gather import gather  # imports all events: 30 ms, which `phone add` does not need

    return gather(engine, before, after, changes, now, restarting)


def _macs(site: Site) -> list[str]:
    return [phone.mac for phone in site.phones]


def _to_restart(site: Site, now: float) -> Site:
    """Return the site with a new ``sync``, which restarts phones; raises SiteErrors without a manager
    user.
    """
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
    first: Sequence[Step],
    more_steps: MoreSteps,
    restarting: "Restarting | None",
    notified: Sequence[str],
) -> tuple[str, ...]:
    """Carry out a revision; if a step fails, undo the revision by a further one, and raise StepFailed."""
    steps: list[Step] = [*first]
    if any((changed.site.pbx.etc, changed.site.pbx.realtime, before.pbx.realtime)):
        from ringup.change.pbx_steps import (
            pbx_steps,
        )  # imports asyncio: 30 ms, which most commands do not need

        steps += pbx_steps(before, changed.site, read_held(engine))
    if before.kea or changed.site.kea:
        from ringup.change.kea_step import kea_steps

        steps += kea_steps(before, changed.site)
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
    """Restore in the site the old secrets that Asterisk still has; return the revision. Raises StoreError."""
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
    """Undo the revision; return the error, whose text also says whether that succeeded."""
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
    """Plan the replacement of the site by these rows, without changing anything; there may be no database."""
    return planned_merge(database, lambda _: rows).plan


def planned_alteration(database: str, change: Callable[[Plain], None]) -> "Planned":
    """Plan the change that `change_site` would make, without changing anything; there may be no database."""
    return planned_merge(database, partial(_altered, change))


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that was planned but not made."""

    before: Site
    after: Site
    plan: Plan


def planned_merge(database: str, rows_for: Callable[[Site], Rows]) -> Planned:
    """Plan the change that `merge_site` would make, without changing anything; there may be no database."""
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
    """Commit the site made from these rows after the key of the secrets was lost; no stored secret is kept.

    Raises StoreError if the key is not lost.
    """
    site = check(rows)
    engine = open_with_new_key(database)
    try:
        made = begin_anew(engine, site, author=author(), summary=summary, at=time.time())
        return Changed(site, made, plan(Site(), site), _lost_second_factors(engine))
    finally:
        engine.dispose()


def _lost_second_factors(engine: Engine) -> tuple[str, ...]:
    """Return how to let those accounts log in whose second factor was lost with the key."""
    return tuple(
        f"Account {each.name} cannot log in to the web page: its second factor was lost with the key. "
        f"Type: ringup account password {each.name} --no-second-factor"
        for each in read_accounts(engine)
        if each.totp
    )
