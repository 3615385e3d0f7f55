"""Changes by forms: the first sending shows the plan, the second one carries it out.

The plan's form repeats all fields, and adds the revision that the plan was made for, and the reasons to ask
that it shows. So a site that somebody else changed meanwhile, or a new danger, shows a new plan.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ringup.change.authors import as_author
from ringup.change.plan import Plan
from ringup.change.plan_text import count_lines, effect_lines
from ringup.change.site import Approve, Changed, change_site, planned_alteration
from ringup.errors import UnsafeChange
from ringup.site.rows import Plain
from ringup.store.revisions import current_revision
from ringup.web.answers import Answer, See, WebPage
from ringup.web.ask import Ask
from ringup.web.jobs import Job

if TYPE_CHECKING:
    from ringup.change.restart_step import Restarting

APPROVED = "approved"
"""The form's field with the revision of the plan that was shown."""
ALLOWED = "allowed"
"""The form's fields with the codes of the reasons to ask that the plan showed."""
RESTART = "restart"
"""The form's field that also restarts the phones."""
MOST_DIFFS = 40
"""Maximum number of files whose diff a plan shows."""


def propose(
    ask: Ask,
    alter: Callable[[Plain], None],
    summary: str,
    *,
    then: str,
    title: str = "Plan",
    done: str = "",
) -> Answer:
    """Show the plan of a change; carry it out if the form approves the plan that was shown.

    `then` is the page that shows the result. Raises SiteErrors if the change has mistakes.
    """
    database = ask.web.database
    return propose_by(
        ask,
        lambda: planned_alteration(database, alter).plan,
        lambda approve, how: change_site(database, alter, summary, approve, restarting=how),
        summary, then=then, title=title, done=done,
    )  # fmt: skip


def propose_by(
    ask: Ask,
    planned: Callable[[], Plan],
    make: Callable[[Approve, "Restarting | None"], Changed],
    summary: str,
    *,
    then: str,
    title: str,
    done: str = "",
) -> Answer:
    """Show the plan of any change of the site; make it if the form approves the plan that was shown.

    `make` makes the change with a check of its plan and, if the form asks for it, restarts the phones.
    """
    revision = current_revision(ask.web.engine)
    if ask.field(APPROVED) != str(revision):
        plan = planned()
        if not plan:
            return See(then, "Nothing to change: the site already has these values.")
        return plan_page(ask, plan, revision, title, then)
    if ask.field(RESTART):
        return _with_restart(ask, make, summary)
    try:
        with author_of(ask):
            made = make(approval(ask), None)
    except UnsafeChange:
        return plan_page(ask, planned(), revision, title, then)
    ask.web.follower.look_now()
    return See(then, done_text(made, done))


def _with_restart(ask: Ask, make: Callable[[Approve, "Restarting | None"], Changed], summary: str) -> Answer:
    """Carry the change out in a job, because the restarts take minutes."""

    def work(job: Job) -> None:
        with author_of(ask):
            made = make(approval(ask), restarting_in(job))
        job.say(done_text(made, ""))
        ask.web.follower.look_now()

    job = ask.web.jobs.start(summary, ask.person.name if ask.person else "", work)
    return See(f"/jobs/{job.number}")


def approval(ask: Ask) -> Approve:
    """Return a check for a plan.

    It raises UnsafeChange if the plan has a risk that the person was not shown before.
    """
    allowed = set(ask.fields(ALLOWED))

    def approve(plan: Plan) -> None:
        if new := [found.sentence for found in plan.unsafe if found.code not in allowed]:
            raise UnsafeChange(new, "")

    return approve


def restarting_in(job: Job) -> "Restarting":
    """Return the settings of a restart whose progress the job shows."""
    from ringup.change.restart_step import Restarting
    from ringup.change.restart_text import AT_ONCE, WAIT_SECONDS, named, sent_line, sentence

    return Restarting(
        AT_ONCE,
        WAIT_SECONDS,
        on_sent=lambda target: job.say(sent_line(target)),
        finished=lambda result: job.say(f"{named(result.target)}: {sentence(result)}"),
    )


@contextmanager
def author_of(ask: Ask) -> Iterator[None]:
    """Name the account as the author of the revisions that are made meanwhile."""
    with as_author(ask.person.name if ask.person else "web"):
        yield


def plan_page(ask: Ask, plan: Plan, revision: int, title: str, back: str) -> WebPage:
    """Return the page with a plan and the form that carries it out."""
    is_newer = bool(ask.field(APPROVED)) and ask.field(APPROVED) != str(revision)
    data = plan_record(plan) | {"revision": revision, "changed_meanwhile": is_newer}
    shown = {
        "plan": plan, "back": back, "counts": list(count_lines(plan)), "effects": list(effect_lines(plan)),
        "files": [file for _, file in zip(range(MOST_DIFFS), plan.files, strict=False)],
        "hidden": list(ask.hidden(APPROVED, ALLOWED, RESTART)), "most_diffs": MOST_DIFFS,
    }  # fmt: skip
    return WebPage("plan.html", title, data, shown, status=409 if is_newer else 200)


def plan_record(plan: Plan) -> dict[str, object]:
    """Return a plan as JSON."""
    return {
        "counts": plan.counts,
        "restarts": plan.restarts,
        "refreshes": plan.refreshes,
        "registrations": plan.registrations,
        "calls": plan.calls,
        "unsafe": plan.unsafe,
        "records": [{"record": name, "change": how} for name, how in plan.changes.kinds()],
        "files": [
            {"side": each.side, "name": each.name, "kind": each.kind, "added": each.added,
             "removed": each.removed, "diff": each.diff}
            for _, each in zip(range(MOST_DIFFS), plan.files, strict=False)
        ],
    }  # fmt: skip


def done_text(made: Changed, done: str) -> str:
    """Return the sentence about a change that was carried out."""
    parts = (done, *made.done, f"Revision {made.revision.id}.")
    return " ".join(part for part in parts if part)
