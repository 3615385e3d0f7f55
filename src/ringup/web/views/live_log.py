"""The live log: every event, with filters by phone and kind."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial

from ringup.web.answers import Answer, EventStreamAnswer, ListPage
from ringup.web.ask import Ask
from ringup.web.listing import ListColumn, listing
from ringup.web.live.follower import FleetChange
from ringup.web.live.logged import Logged
from ringup.web.live.stream import changes
from ringup.web.rendering import fragment

COLUMNS = (
    ListColumn[Logged]("at", "Time", lambda event: event.at, is_searched=False),
    ListColumn[Logged]("mac", "Phone", lambda event: event.mac, is_filter=True),
    ListColumn[Logged]("name", "", lambda event: event.name),
    ListColumn[Logged]("kind", "Kind", lambda event: event.kind, is_filter=True),
    ListColumn[Logged]("text", "What happened", lambda event: event.text),
)
"""The columns of the log, and of its CSV."""


def log(ask: Ask) -> Answer:
    """Show the last events that match the query, the latest first."""
    latest_first = reversed(ask.web.follower.remembered)
    return ListPage("log.html", "Log", listing(latest_first, COLUMNS, "/log", ask.query))


def live(ask: Ask) -> Answer:
    """Stream the new events that match the query."""
    return EventStreamAnswer(lambda: _messages(ask))


async def _messages(ask: Ask) -> AsyncIterator[str]:
    async with aclosing(changes(ask.web.follower)) as stream:
        async for change in stream:
            yield change.text(("log", *ask.query), partial(_message, ask, change)) if change else ""


def _message(ask: Ask, change: FleetChange) -> str:
    matching = listing(change.events, COLUMNS, "/log", ask.query, size=1000).matching if change.events else ()
    return fragment(ask, "log_live.html", {"events": list(reversed(matching))}) if matching else ""
