"""The history of the site: revisions with their diffs, and undo."""

from ringup.change.plan import plan
from ringup.change.revisions import plan_between, undo_revision
from ringup.change.undo import undone
from ringup.errors import SiteErrors, UnsafeChange
from ringup.store.revisions import Revision, current_revision, read_site, revisions
from ringup.web.answers import Answer, ListPage, See, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.changing import (
    APPROVED,
    MOST_DIFFS,
    approval,
    author_of,
    done_text,
    plan_page,
    plan_record,
)
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
    now, number = read_site(ask.web.engine), current_revision(ask.web.engine)
    back = f"/history/{found.id}"
    try:
        becomes = undone(now, found.before, found.after, found.id)
    except SiteErrors as error:
        return WebRefusal(409, "A later revision has changed the same fields.", error.problems)
    planned = plan(now, becomes)
    if not planned:
        return See(back, "Nothing to undo: the site has the earlier values already.")
    if ask.field(APPROVED) != str(number):
        return plan_page(ask, planned, number, f"Undo revision {found.id}", back)
    try:
        with author_of(ask):
            made = undo_revision(ask.web.database, found.id, approval(ask))
    except UnsafeChange:
        return plan_page(ask, planned, number, f"Undo revision {found.id}", back)
    ask.web.follower.look_now()
    return See("/history", done_text(made, f"Revision {found.id} was undone."))


def _found(ask: Ask) -> Revision | None:
    number = ask.values["number"]
    return next((each for each in revisions(ask.web.engine) if str(each.id) == number), None)
