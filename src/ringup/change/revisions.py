"""Plan the change from one revision of the site to another, and undo a revision."""

from typing import TYPE_CHECKING

from sqlalchemy import Engine

from ringup.change.plan import Plan, plan
from ringup.change.site import Approve, Changed, refuse_unsafe, transform_site
from ringup.change.stored_site import opened
from ringup.change.undo import undone
from ringup.errors import Problem, SiteErrors
from ringup.store.revisions import latest_change, read_revision, site_at

if TYPE_CHECKING:
    from ringup.change.restart_step import Restarting


def plan_between(engine: Engine, a: int, b: int) -> Plan:
    """Return the plan that changes revision `a` of the site to revision `b`.

    Revision 0 is the empty site before the first revision. The plan does not consider running phones. Raises
    StoreError if a revision does not exist.
    """
    return plan(site_at(engine, a), site_at(engine, b))


def undo_revision(
    database: str,
    number: int | None,
    approve: Approve = refuse_unsafe,
    restarting: "Restarting | None" = None,
) -> Changed:
    """Undo a revision, or the latest one, by a new revision that restores the earlier records.

    Raises SiteErrors with every conflict with a later revision, and the errors of `approve`.
    """
    with opened(database) as engine:
        number = number or latest_change(engine)
        if not number:
            raise SiteErrors([Problem("history", "has no revision to undo.", "")])
        revision = read_revision(engine, number)
    return transform_site(
        database,
        lambda now: undone(now, revision.before, revision.after, revision.id),
        f"undo revision {revision.id}",
        approve,
        restarting=restarting,
    )
