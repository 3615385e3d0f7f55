"""The follower reads the fleet once for all viewers, and tells each what changed."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringup.events import Event
from ringup.store.history import add_events
from ringup.web.ask import Ask
from ringup.web.context import Web
from ringup.web.live import follower
from ringup.web.live.follower import FleetChange
from ringup.web.live.stream import changes
from ringup.web.rendering import respond
from ringup.web.views import board, live_log
from tests.cli.fleet import ANNA, EVENTS, fill
from tests.web.asking import web_of


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of(tmp_path) as made:
        yield made
        made.follower.stop()


async def next_change(web: Web, cause: list[Event]) -> FleetChange:
    """Return the first change that a viewer sees after these events."""
    stream = changes(web.follower)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    assert web.follower.viewers == 1
    add_events(web.engine, cause)
    web.follower.look_now()
    change = await waiting
    await stream.aclose()
    assert change is not None
    return change


def test_a_viewer_sees_the_phone_that_changed_and_its_events(web: Web) -> None:
    fill(web.engine, events=EVENTS[:3])
    web.follower.start()
    before = web.follower.latest
    change = asyncio.run(next_change(web, list(EVENTS[3:])))
    assert ANNA in change.macs
    assert change.snapshot.by_mac[ANNA] != before.by_mac.get(ANNA)
    assert [logged.at for logged in change.events] == [event.at for event in EVENTS[3:]]
    assert web.follower.viewers == 0


def test_a_viewer_that_does_not_listen_is_cut_off_and_costs_no_memory(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "MOST_WAITING", 2)

    async def slow() -> list[FleetChange | None]:
        queue = web.follower.subscribe()
        for number in range(5):
            web.follower._pass_on(queue, FleetChange(web.follower.latest, frozenset({str(number)}), ()))
        assert web.follower.viewers == 0
        return [queue.get_nowait() for _ in range(queue.qsize())][:1]

    assert asyncio.run(slow()) == [None]


def test_the_streams_send_rows_totals_and_lines(web: Web) -> None:
    fill(web.engine)
    web.follower.read_once()
    everything = FleetChange(
        web.follower.latest, frozenset(web.follower.latest.by_mac), web.follower.remembered
    )
    ask = Ask(web, "GET", "/live/board")
    text = board._message(ask, everything)
    assert f'hx-target="#phone-{ANNA}"' in text
    assert 'hx-target="#totals"' in text
    filtered = Ask(web, "GET", "/live/board", query=[("search", "nobody at all")])
    assert "#phone-" not in board._message(filtered, everything)


def test_the_log_is_filtered_by_kind(web: Web) -> None:
    fill(web.engine)
    web.follower.read_once()
    kind = type(EVENTS[0]).__name__
    ask = Ask(web, "GET", "/log", wants="csv", query=[("kind", kind)])
    rows = bytes(respond(ask, live_log.log(ask)).body).decode().splitlines()[1:]
    assert len(rows) == sum(type(event).__name__ == kind for event in EVENTS)
