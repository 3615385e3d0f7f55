"""Restarts and other jobs, events, the dial plan, and the checks of firmware."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import StreamingResponse

from ringup.web.api.access import ApiRefusal, Operator, Viewer
from ringup.web.api.forms import DialRow, EventRow, JobForm, PageForm, RestartBody
from ringup.web.ask import Ask
from ringup.web.dial_plan import dialled_number
from ringup.web.jobs import Job
from ringup.web.listing import listing
from ringup.web.live.follower import FleetChange
from ringup.web.live.logged import Logged
from ringup.web.live.stream import changes
from ringup.web.restarting import start_restart
from ringup.web.views.live_log import COLUMNS

router = APIRouter(tags=["events and work"])

JobNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
Filter = Annotated[str, Query(max_length=200)]


@router.post("/restarts", operation_id="restart_phones", status_code=202)
def restart(ask: Operator, body: RestartBody) -> JobForm:
    """Restart phones, a few at a time; the job shows the progress."""
    return job_form(start_restart(ask, frozenset(body.macs)))


@router.get("/jobs", operation_id="list_jobs")
def jobs(ask: Viewer) -> list[JobForm]:
    """Return the last jobs, the latest first."""
    return [job_form(job) for job in ask.web.jobs.all()]


@router.get("/jobs/{number}", operation_id="read_job")
def job(ask: Viewer, number: JobNumber) -> JobForm:
    """Return one job with its progress."""
    found = ask.web.jobs.get(number)
    if found is None:
        raise ApiRefusal(404, f"There is no job {number}.")
    return job_form(found)


@router.get("/events", operation_id="list_events")
def events(
    ask: Viewer, search: Filter = "", mac: Filter = "", kind: Filter = "",
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
    size: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> PageForm[EventRow]:  # fmt: skip
    """Return the last events, the latest first."""
    query = [("search", f"{search} {mac}"), ("kind", kind), ("page", str(page)), ("size", str(size))]
    found = listing(reversed(ask.web.follower.remembered), COLUMNS, "/log", query)
    return PageForm(
        total=found.total, matching=len(found.matching), page=found.page, pages=found.pages,
        items=[_event(each) for each in found.rows],
    )  # fmt: skip


@router.get(
    "/events/stream", operation_id="stream_events", response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)  # fmt: skip
async def stream(ask: Viewer) -> StreamingResponse:
    """Send each event as it happens, as server-sent events whose data is the JSON of an event."""
    return StreamingResponse(_stream(ask), media_type="text/event-stream")


@router.get("/dial", operation_id="dial_number")
def dial(ask: Viewer, keys: Annotated[str, Query(pattern=r"^[0-9A-D*#, ]{0,40}$")]) -> DialRow:
    """Return what a phone dials after these keys, and the rule that fires."""
    done = dialled_number(ask.web, keys)
    return DialRow(keys=done.keys, dialled=done.dialled, rule=done.rule, seconds=done.seconds)


async def _stream(ask: Ask) -> AsyncIterator[str]:
    yield ":\n\n"
    async with aclosing(changes(ask.web.follower)) as news:
        async for change in news:
            yield change.text("api", partial(_lines, change)) if change else ":\n\n"


def _lines(change: FleetChange) -> str:
    """Return the events of a change as messages; viewers without news get a comment."""
    texts = (
        f"event: {each.kind}\ndata: {json.dumps(_event(each).model_dump())}\n\n" for each in change.events
    )
    return "".join(texts) or ":\n\n"


def _event(logged: Logged) -> EventRow:
    return EventRow(at=logged.at, mac=logged.mac, name=logged.name, kind=logged.kind, text=logged.text)


def job_form(job: Job) -> JobForm:
    """Return a job as the API shows it."""
    return JobForm.model_validate(
        {"number": job.number, "title": job.title, "state": job.state, "by": job.by,
         "started": job.started, "ended": job.ended, "failed": job.failed, "lines": list(job.lines)}
    )  # fmt: skip
