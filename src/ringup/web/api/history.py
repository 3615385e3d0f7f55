"""The history of the site: its revisions, and undo."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from ringup.change.revisions import undo_revision
from ringup.errors import SiteErrors
from ringup.store.revisions import Revision, revisions
from ringup.web.api.access import ApiRefusal, Operator, Viewer
from ringup.web.api.changing import Allow, approving, plan_form
from ringup.web.api.forms import ChangeForm, PageForm, RevisionRow
from ringup.web.changing import author_of

router = APIRouter(tags=["history"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/revisions", operation_id="list_revisions")
def history(
    ask: Viewer,
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
    size: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> PageForm[RevisionRow]:
    """Return the changes of the site, the latest first."""
    found = revisions(ask.web.engine)
    pages = max(1, -(-len(found) // size))
    page = min(page, pages)
    shown = found[(page - 1) * size : page * size]
    return PageForm(
        total=len(found), matching=len(found), page=page, pages=pages, items=[_row(each) for each in shown]
    )


@router.post("/revisions/{number}/undo", operation_id="undo_revision")
def undo(ask: Operator, number: Number, allow: Allow = []) -> ChangeForm:  # noqa: B006
    """Revert one revision by a new one; 409 if a later revision changed the same fields."""
    if not any(each.id == number for each in revisions(ask.web.engine)):
        raise ApiRefusal(404, f"There is no revision {number}.")
    try:
        with author_of(ask):
            made = undo_revision(ask.web.database, number, approving(allow))
    except SiteErrors as error:
        raise ApiRefusal(409, "It cannot be undone. Nothing was changed.", problems=error.problems) from error
    ask.web.follower.look_now()
    new = made.revision.id if made.plan else None
    return ChangeForm(revision=new, plan=plan_form(made.plan), done=list(made.done))


def _row(revision: Revision) -> RevisionRow:
    return RevisionRow(
        id=revision.id, at=revision.at, author=revision.author, summary=revision.summary,
        records=list(dict.fromkeys([*revision.before, *revision.after])),
    )  # fmt: skip
