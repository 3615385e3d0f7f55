"""The history of the site: revisions with their diffs, and undo."""

from ringup.change.plan import plan
from ringup.change.revisions import plan_between, undo_revision
from ringup.change.undo import undone
from ringup.errors import SiteErrors
from ringup.store.revisions import Revision, read_site, revisions
from ringup.web.answers import Answer, ListPage, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.changing import MOST_DIFFS, plan_record, propose_by
from ringup.web.listing import ListColumn, listing

COLUMNS = (
    ListColumn[Revision]("id", "Revision", lambda revision: revision.id),
    ListColumn[Revision]("at", "Time", lambda revision: revision.at, is_searched=False),
    ListColumn[Revision]("author", "Author", lambda revision: revision.author, is_filter=True),
    ListColumn[Revision]("summary", "Change", lambda revision: revision.summary),
)


def history(ask: Ask) -> Answer:
    """Show all revisions, the latest first."""
    rows = listing(revisions(ask.web.engine), COLUMNS, "/history", ask.query)
    return ListPage("history.html", "History", rows)


def revision(ask: Ask) -> Answer:
    """Show one revision with the diff of every file."""
    found = _found(ask)
    if found is None:
        return WebRefusal(404, "There is no such revision.")
    made = plan_between(ask.web.engine, found.id - 1, found.id)
    files = [file for _, file in zip(range(MOST_DIFFS), made.files, strict=False)]
    data = {"id": found.id, "at": found.at, "author": found.author, "summary": found.summary,
            "plan": plan_record(made)}  # fmt: skip
    shown = {"changes": made.changes, "files": files}
    return WebPage("revision.html", f"Revision {found.id}: {found.summary}", data, shown)


def undo(ask: Ask) -> Answer:
    """Plan and undo one revision."""
    found = _found(ask)
    if found is None:
        return WebRefusal(404, "There is no such revision.")
    now = read_site(ask.web.engine)
    try:
        becomes = undone(now, found.before, found.after, found.id)
    except SiteErrors as error:
        return WebRefusal(409, "A later revision has changed the same fields.", error.problems)
    return propose_by(
        ask,
        lambda: plan(now, becomes),
        lambda approve, how: undo_revision(ask.web.database, found.id, approve, how),
        f"undo revision {found.id}",
        then="/history",
        title=f"Undo revision {found.id}",
        done=f"Revision {found.id} was undone.",
    )


def _found(ask: Ask) -> Revision | None:
    number = ask.values["number"]
    return next((each for each in revisions(ask.web.engine) if str(each.id) == number), None)
