"""Revisions of the site as plans between two of them, and as changes that are taken back."""

from typing import TYPE_CHECKING

from sqlalchemy import Engine

from ringup.change.plan import Plan, plan
from ringup.change.site import Approve, Changed, opened, refuse_unsafe, transform_site
from ringup.change.undo import undone
from ringup.errors import Problem, SiteErrors
from ringup.store.revisions import current_revision, read_revision, site_at

if TYPE_CHECKING:
    from ringup.change.restart_step import Restarting


def plan_between(engine: Engine, a: int, b: int) -> Plan:
    """Return what makes revision `a` of the site revision `b`; 0 is the site before the first revision.

    Of phones that are up it knows nothing. Raises StoreError where there is no such revision.
    """
    return plan(site_at(engine, a), site_at(engine, b))


def undo_revision(
    database: str,
    number: int | None,
    approve: Approve = refuse_unsafe,
    restarting: "Restarting | None" = None,
) -> Changed:
    """Take back a revision, or the latest, by a new one that restores its records as they were before.

    Raises SiteErrors with every conflict with a later revision, and what `approve` raises.
    """
    with opened(database) as engine:
        latest = current_revision(engine)
        if not latest:
            raise SiteErrors([Problem("history", "has no revision to undo.", "")])
        revision = read_revision(engine, number or latest)
    return transform_site(
        database,
        lambda now: undone(now, revision.before, revision.after, revision.id),
        f"undo revision {revision.id}",
        approve,
        restarting=restarting,
    )
