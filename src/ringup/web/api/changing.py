"""Changes by the API: a dry run returns the plan, `If-Match` refuses a record that somebody else changed."""

import hashlib
import json
from collections.abc import Callable, Collection
from typing import Annotated, Any

from fastapi import Header, Query

from ringup.change.plan import Plan
from ringup.change.site import Approve, change_site, planned_alteration
from ringup.errors import UnsafeChange
from ringup.site.rows import Plain
from ringup.web.api.access import ApiRefusal
from ringup.web.api.forms import ChangeForm, PlanFile, PlanForm, PlanRow, UnsafeRow
from ringup.web.ask import Ask
from ringup.web.changing import MOST_DIFFS, author_of

DryRun = Annotated[bool, Query(description="Return the plan, and change nothing.")]
Allow = Annotated[
    list[str], Query(max_length=20, description="A code of `plan.unsafe` that is approved; repeatable.")
]
IfMatch = Annotated[
    str | None, Header(description="The ETag of the record that was read; 412 if it has changed since.")
]


def etag(record: Any) -> str:
    """Return the ETag of a record: it differs after each change, also of a secret."""
    return f'"{hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:20]}"'


def check_match(if_match: str | None, record: Any) -> None:
    """Raise ApiRefusal with status 412 if the record is not the one that was read."""
    if if_match is None or if_match.strip() == "*":
        return
    wanted = [each.strip().removeprefix("W/") for each in if_match.split(",")]
    if etag(record) not in wanted:
        cure = "Read the record again, and repeat the change with its new ETag."
        raise ApiRefusal(412, "The record has changed since it was read.", cure)


def change(
    ask: Ask, alter: Callable[[Plain], None], summary: str, *, dry_run: bool, allow: Collection[str]
) -> ChangeForm:
    """Plan or make a change of the site; raises the errors of `change_site`."""
    if dry_run:
        plan = planned_alteration(ask.web.database, alter).plan
        return ChangeForm(revision=None, plan=plan_form(plan), done=[])
    with author_of(ask):
        made = change_site(ask.web.database, alter, summary, approving(allow))
    ask.web.follower.look_now()
    number = made.revision.id if made.plan else None
    return ChangeForm(revision=number, plan=plan_form(made.plan), done=list(made.done))


def approving(allow: Collection[str]) -> Approve:
    """Return the check that accepts a plan whose reasons to ask are all named."""

    def approve(plan: Plan) -> None:
        if new := [f"{found.code}: {found.sentence}" for found in plan.unsafe if found.code not in allow]:
            raise UnsafeChange(new, "")

    return approve


def plan_form(plan: Plan) -> PlanForm:
    """Return a plan as JSON."""
    files = [file for _, file in zip(range(MOST_DIFFS), plan.files, strict=False)]
    return PlanForm(
        records=[PlanRow(record=name, change=how) for name, how in plan.changes.kinds()],
        restarts=list(plan.restarts),
        refreshes=list(plan.refreshes),
        registrations=[
            {"mac": each.mac, "extension": each.extension, "reason": each.reason}
            for each in plan.registrations
        ],
        calls=[{"mac": each.mac, "extension": each.extension, "to": each.to} for each in plan.calls],
        unsafe=[UnsafeRow(code=code, number=number, sentence=text) for code, number, text in _reasons(plan)],
        files=[
            PlanFile(
                side=each.side, name=each.name, kind=each.kind, added=each.added, removed=each.removed,
                diff=each.diff,
            )
            for each in files
        ],
    )  # fmt: skip


def _reasons(plan: Plan) -> list[tuple[str, int, str]]:
    return [(found.code, found.number, found.sentence) for found in plan.unsafe]
