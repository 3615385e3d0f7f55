"""The jobs and their progress."""

import asyncio
from collections.abc import AsyncIterator

from ringup.web.answers import Answer, EventStreamAnswer, ListPage, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.jobs import Job
from ringup.web.listing import ListColumn, listing
from ringup.web.rendering import fragment

INTERVAL = 0.5
"""Seconds between two looks at a running job."""
COLUMNS = (
    ListColumn[Job]("number", "Number", lambda job: job.number),
    ListColumn[Job]("title", "Job", lambda job: job.title),
    ListColumn[Job]("state", "State", lambda job: job.state, is_filter=True),
    ListColumn[Job]("by", "By", lambda job: job.by, is_filter=True),
    ListColumn[Job]("started", "Started", lambda job: job.started, is_searched=False),
    ListColumn[Job]("failed", "", lambda job: job.failed),
)


def all_jobs(ask: Ask) -> Answer:
    """Show all jobs."""
    return ListPage("jobs.html", "Jobs", listing(ask.web.jobs.all(), COLUMNS, "/jobs", ask.query))


def job(ask: Ask) -> Answer:
    """Show one job with its progress."""
    found = _found(ask)
    if found is None:
        return WebRefusal(404, "There is no such job. It may have ended with the previous web process.")
    return WebPage("job.html", found.title, {"job": _record(found)})


def live(ask: Ask) -> Answer:
    """Stream the progress of one job until it ends."""
    found = _found(ask)
    return (
        WebRefusal(404, "There is no such job.")
        if found is None
        else EventStreamAnswer(lambda: _messages(ask, found))
    )


async def _messages(ask: Ask, job: Job) -> AsyncIterator[str]:
    shown = (-1, 0.0)
    while shown[1] == 0.0:
        if (now := (len(job.lines), job.ended)) != shown:
            shown = now
            yield fragment(ask, "job_live.html", {"job": _record(job)})
        else:
            await asyncio.sleep(INTERVAL)


def _record(job: Job) -> dict[str, object]:
    return {
        "number": job.number,
        "title": job.title,
        "state": job.state,
        "by": job.by,
        "started": job.started,
        "ended": job.ended,
        "failed": job.failed,
        "lines": list(job.lines),
    }


def _found(ask: Ask) -> Job | None:
    number = ask.values["number"]
    return ask.web.jobs.get(int(number)) if number.isascii() and number.isdecimal() else None
