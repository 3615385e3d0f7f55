"""What a node takes over and gives up, depending on the database's answers, and if it does not answer."""

import asyncio
import threading
from collections.abc import Collection

import pytest

from ringup.errors import StoreError
from ringup.events import Event, NodeActive, NodeStandby
from ringup.serve.nodes.membership import ExclusiveService, Membership, WhileActive
from ringup.store.nodes import HOLD_SECONDS, Beat, Hold, Node

ANN = Node("ann", "10.0.0.1", True, "a run")
BERT = Node("bert", "10.0.0.2", True, "b run")
OURS, OURS_AGAIN = Hold("DHCP", "ann", "a run", 1), Hold("DHCP", "ann", "a run", 3)
THEIRS = Hold("DHCP", "bert", "b run", 2)


class World:
    """The database's answers, a clock, and a service that records its orders."""

    def __init__(self) -> None:
        self.now = 0.0
        self.answer: Beat | StoreError = Beat((), {}, 0.0)
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[list[str]] = []
        self.told: list[str] = []
        self.events: list[Event] = []
        self.name = "DHCP"
        self.fails = False
        self.changes = 0
        self.has_stood_by = asyncio.Event()
        service = ExclusiveService(lambda: self.name, self.take_over, self.stand_by)
        self.membership = Membership(
            lambda: ANN, [service], self.beat, lambda _: None, self.events.append, lambda: self.now
        )

    def beat(self, _node: Node, services: Collection[str]) -> Beat:
        self.asked.append(list(services))
        self.gate.wait(5)
        if isinstance(self.answer, StoreError):
            raise self.answer
        return self.answer

    def stand_by(self) -> None:
        self.told.append("stand by")
        self.has_stood_by.set()

    async def take_over(self, hold: Hold) -> None:
        if self.fails:
            raise StoreError("the leases", "cannot be read.", "")
        self.told.append(f"take over {hold.turn}")

    def changed(self) -> None:
        self.changes += 1

    async def hears(self, answer: Beat | StoreError | Hold) -> None:
        self.answer = Beat((), {"DHCP": answer}, 0.0) if isinstance(answer, Hold) else answer
        await self.membership.beat(self.changed)


REFUSED = StoreError("database", "is away.", "")


@pytest.mark.asyncio
async def test_it_takes_over_once_and_stands_by_when_another_node_is_active() -> None:
    world = World()
    for answer in (OURS, OURS, THEIRS, THEIRS):
        await world.hears(answer)
    assert world.told == ["take over 1", "stand by"]
    active, standby = world.events
    assert isinstance(active, NodeActive)
    assert isinstance(standby, NodeStandby)
    assert (active.node, standby.node, standby.active) == ("ann", "ann", "bert")


@pytest.mark.asyncio
async def test_at_the_start_a_node_says_that_another_one_is_active() -> None:
    world = World()
    await world.hears(THEIRS)
    (said,) = world.events
    assert isinstance(said, NodeStandby)
    assert (said.service, said.active) == ("DHCP", "bert")
    assert world.told == []


@pytest.mark.asyncio
async def test_it_begins_anew_when_another_node_was_active_between_two_beats() -> None:
    """Otherwise it would not know the leases that the other node has given."""
    world = World()
    await world.hears(OURS)
    await world.hears(OURS_AGAIN)
    assert world.told == ["take over 1", "stand by", "take over 3"]


@pytest.mark.asyncio
async def test_a_hold_that_no_beat_extends_ends_by_its_time() -> None:
    world = World()
    await world.hears(OURS)
    world.now = HOLD_SECONDS - 0.1
    await world.hears(REFUSED)
    assert world.told == ["take over 1"]
    world.now = HOLD_SECONDS
    await world.hears(REFUSED)
    assert world.told == ["take over 1", "stand by"]
    await world.hears(OURS)
    assert world.told[2:] == ["take over 1"]


@pytest.mark.asyncio
async def test_a_hold_ends_by_its_time_while_the_database_hangs() -> None:
    world = World()
    await world.hears(OURS)
    world.gate.clear()
    world.now = HOLD_SECONDS
    beating = asyncio.create_task(world.hears(OURS))
    await asyncio.wait_for(world.has_stood_by.wait(), 5)
    world.gate.set()
    await beating
    assert world.told == ["take over 1", "stand by", "take over 1"]


@pytest.mark.asyncio
async def test_a_take_over_that_fails_is_tried_again() -> None:
    world = World()
    world.fails = True
    await world.hears(OURS)
    world.fails = False
    await world.hears(OURS)
    assert world.told == ["take over 1"]


@pytest.mark.asyncio
async def test_a_node_whose_interface_is_down_lets_another_one_answer() -> None:
    world = World()
    await world.hears(OURS)
    world.name = ""
    await world.hears(OURS)
    assert world.asked == [["DHCP"], []]
    assert world.told == ["take over 1", "stand by"]


@pytest.mark.asyncio
async def test_a_change_of_another_nodes_address_is_told_once() -> None:
    world = World()
    for others in ((BERT,), (BERT,), (Node("bert", "10.0.0.2", True, "another run"),), ()):
        await world.hears(Beat(others, {}, 0.0))
    assert world.changes == 2


@pytest.mark.asyncio
async def test_work_runs_while_active_and_what_it_raises_is_raised() -> None:
    told = asyncio.Queue[str]()
    broken = asyncio.Event()

    async def work() -> None:
        told.put_nowait("begins")
        try:
            await broken.wait()
            raise ValueError("broken")
        except asyncio.CancelledError:
            told.put_nowait("ends")
            raise

    pbx = WhileActive(work)
    running = asyncio.create_task(pbx.run())
    await asyncio.sleep(0)
    assert told.empty()
    async with asyncio.timeout(5):
        for _ in range(2):
            await pbx.take_over(OURS)
            assert await told.get() == "begins"
            pbx.stand_by()
            assert await told.get() == "ends"
        await pbx.take_over(OURS)
        assert await told.get() == "begins"
        broken.set()
        with pytest.raises(ValueError, match="broken"):
            await running
