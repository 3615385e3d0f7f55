"""The board: every phone with its stage, its trouble and the cure; it follows the phones live."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

from ringup.fleet.rows import STATES, FleetRow
from ringup.journey.stages import STAGES, place, stage
from ringup.web.answers import Answer, EventStreamAnswer, ListPage
from ringup.web.ask import Ask
from ringup.web.listing import ListColumn, Listing, listing
from ringup.web.live.follower import FleetChange, Snapshot
from ringup.web.live.stream import changes
from ringup.web.rendering import fragment

MOST_LIVE_ROWS = 300
"""Maximum number of rows of one message; further rows change when the page is loaded again."""


def _text(row: FleetRow) -> str:
    """Return the cause, the trouble or the last event."""
    if row.verdict:
        return row.verdict.what
    return row.trouble.text if row.trouble else row.journey.last


COLUMNS = (
    ListColumn[FleetRow]("extensions", "Extensions", lambda row: row.extensions),
    ListColumn[FleetRow]("name", "Name", lambda row: row.name),
    ListColumn[FleetRow]("mac", "MAC", lambda row: row.mac),
    ListColumn[FleetRow]("state", "State", lambda row: STATES[row.state].words, is_filter=True),
    ListColumn[FleetRow]("stage", "Stage", lambda row: stage(row.journey.stage).title,
                     order=lambda row: place(row.journey.stage)),
    ListColumn[FleetRow]("load", "Load", lambda row: row.journey.firmware_asked),
    ListColumn[FleetRow]("registered", "Registered", lambda row: row.journey.registered),
    ListColumn[FleetRow]("seen", "Last seen", lambda row: row.journey.last_at),
    ListColumn[FleetRow]("text", "Cause or last event", _text),
    ListColumn[FleetRow]("model", "", lambda row: row.model, is_filter=True),
    ListColumn[FleetRow]("group", "", lambda row: row.phone.group if row.phone else "", is_filter=True),
    ListColumn[FleetRow]("cause", "", lambda row: row.verdict.code if row.verdict else "", is_filter=True),
    ListColumn[FleetRow]("address", "", lambda row: row.journey.address),
)  # fmt: skip
"""The columns of the board, and of its CSV."""


def board(ask: Ask) -> Answer:
    """Show the phones that match the query, with totals and causes."""
    now = ask.web.follower.latest
    phones = _listing(ask, now)
    data = {"pbx_lost": now.pbx_lost, "faults": now.faults, "totals": totals(now), "at": now.at}
    shown = {"causes": causes(now), "states": STATES, "stages": STAGES, "place": place, "stage": stage,
             "text": _text, "snapshot": now}  # fmt: skip
    return ListPage("board.html", "Board", phones, data, shown)


def _listing(ask: Ask, now: Snapshot) -> Listing[FleetRow]:
    return listing(now.rows, COLUMNS, "/", ask.query)


def totals(now: Snapshot) -> Mapping[str, int]:
    """Return the number of phones in each state, the most urgent state first."""
    counted = Counter(row.state for row in now.rows)
    return {state: counted[state] for state in STATES}


def causes(now: Snapshot) -> list[dict[str, Any]]:
    """Return the causes that several phones share, with the number of their phones, the largest first."""
    counted = Counter((row.verdict.code, row.verdict.shared) for row in now.rows if row.verdict)
    cures = {row.verdict.code: row.verdict for row in now.rows if row.verdict}
    return [
        {"code": code, "what": shared, "phones": count, "cure": cures[code].cure,
         "commands": cures[code].commands}
        for (code, shared), count in counted.most_common()
    ]  # fmt: skip


def live(ask: Ask) -> Answer:
    """Stream the rows of the board that change, and the totals."""
    return EventStreamAnswer(lambda: _messages(ask))


async def _messages(ask: Ask) -> AsyncIterator[str]:
    async with aclosing(changes(ask.web.follower)) as stream:
        async for change in stream:
            yield change.text(("board", *ask.query), partial(_message, ask, change)) if change else ""


def _message(ask: Ask, change: FleetChange) -> str:
    shown = {row.mac for row in _listing(ask, change.snapshot).rows}
    macs = sorted(change.macs & shown)[:MOST_LIVE_ROWS]
    rows = [change.snapshot.by_mac[mac] for mac in macs if mac in change.snapshot.by_mac]
    values = {"rows": rows, "totals": totals(change.snapshot), "states": STATES, "stages": STAGES,
              "place": place, "stage": stage, "text": _text, "snapshot": change.snapshot}  # fmt: skip
    return fragment(ask, "board_live.html", values)
