"""Keep this server a node of the group that shares its database, and detect whether it is the active node.

Strategy: each second, the server reports to the database that it runs (a beat). For each service that only
one node may provide, the database stores a hold, which ends a few seconds after the active node's last beat.
The node itself measures this time from the moment before it sent the beat, by a clock that cannot be set. So
it stops before the database lets another node begin, even if its beats no longer reach the database.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ringup.errors import RingupError
from ringup.events import Event, NodeActive, NodeStandby
from ringup.serve.log import log
from ringup.store.nodes import HOLD_SECONDS, Beat, Hold, Node

BEAT_SECONDS = 1.0
"""Seconds between two beats; three beats may be lost before another node takes over."""

CLOCK_DIFFERENCE = 10.0
"""Maximum difference in seconds between the clocks of this machine and of the database; a larger one is
logged.
"""


@dataclass(slots=True)
class ExclusiveService:
    """A service that only one node may provide at a time."""

    name: Callable[[], str]
    """Returns the service's name in the database; empty while this node cannot provide it."""
    take_over: Callable[[Hold], Awaitable[None]]
    """Begins to provide the service; if it raises RingupError, it is called again later."""
    stand_by: Callable[[], None]
    """Stops providing the service."""
    hold: Hold | None = field(default=None, init=False)
    """This node's hold on the service; None: this node does not provide it."""
    until: float = field(default=0.0, init=False)
    """The end of the hold, by the clock of `Membership`."""
    seen_active: str | None = field(default=None, init=False)
    """The node that was last reported as active; None: no node was reported yet."""
    known_as: str = field(default="", init=False)
    """The last name of the service that was not empty."""


class Membership:
    """Keeps this node's holds, and calls `take_over` and `stand_by` when a hold begins and ends."""

    def __init__(
        self,
        node: Callable[[], Node],
        services: Sequence[ExclusiveService],
        beat: Callable[[Node, Collection[str]], Beat],
        leave: Callable[[Node], None],
        emit: Callable[[Event], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`beat` and `leave` are functions of `store.nodes`; `node` returns the description of this node."""
        self.others: tuple[Node, ...] = ()
        """The other nodes, as of the last beat."""
        self._node = node
        self._services = services
        self._beat = beat
        self._leave = leave
        self._emit = emit
        self._clock = clock
        self._is_failing = False
        self._said_clock = False

    async def run(self, changed: Callable[[], None]) -> None:
        """Send a beat each second until cancelled; call `changed` when the other nodes' addresses have
        changed.
        """
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self.beat(changed)

    async def beat(self, changed: Callable[[], None] = lambda: None) -> None:
        """Report that this node runs; take over free services, and stop those whose hold is lost."""
        names = [name for service in self._services if (name := _name_now(service))]
        began = self._clock()
        answer = asyncio.ensure_future(asyncio.to_thread(self._beat, self._node(), names))
        try:
            while not answer.done():
                await asyncio.wait([answer], timeout=self._remaining())
                self._end_old_holds()
            await self._follow(answer.result(), names, began)
            self._is_failing = False
        except RingupError as error:
            self._end_old_holds()
            if not self._is_failing:
                log.error("this node cannot report to the database that it runs: %s", error)
            self._is_failing = True
            return
        if _addresses(answer.result().others) != _addresses(self.others):
            self.others = answer.result().others
            changed()

    def leave(self) -> None:
        """Give up all holds, so that another node can take over at once; a database error is only logged."""
        try:
            self._leave(self._node())
        except RingupError as error:
            log.error("the other nodes take over in %g s: %s", HOLD_SECONDS, error)

    def _remaining(self) -> float | None:
        """Return the seconds until the first hold ends; None while there is none."""
        ends = [service.until for service in self._services if service.hold]
        return max(0.0, min(ends) - self._clock()) if ends else None

    def _end_old_holds(self) -> None:
        for service in self._services:
            if service.hold and self._clock() >= service.until:
                self._stand_by(service, "")

    async def _follow(self, answer: Beat, names: Collection[str], began: float) -> None:
        self._compare_clocks(answer.clock)
        for service in self._services:
            hold = answer.active.get(service.known_as) if service.known_as in names else None
            if hold is None or hold.run != self._node().run:
                self._stand_by(service, hold.node if hold else "")
                continue
            service.until = began + HOLD_SECONDS
            if hold != service.hold:
                await self._take_over(service, hold)

    async def _take_over(self, service: ExclusiveService, hold: Hold) -> None:
        if service.hold:  # another node was active meanwhile
            service.hold = None
            service.stand_by()
        await service.take_over(hold)
        service.hold = hold
        service.seen_active = hold.node
        self._emit(NodeActive(time.time(), "", hold.node, hold.service))

    def _stand_by(self, service: ExclusiveService, active: str) -> None:
        if service.hold:
            service.hold = None
            service.stand_by()
        elif service.seen_active is not None and active in (service.seen_active, ""):
            return  # nothing to report: if no node is active, one of them takes over soon
        service.seen_active = active
        self._emit(NodeStandby(time.time(), "", self._node().name, service.known_as, active))

    def _compare_clocks(self, by_database: float) -> None:
        difference = time.time() - by_database
        if abs(difference) > CLOCK_DIFFERENCE and not self._said_clock:
            log.warning(
                "this machine's clock differs from the database's by %+.0f s, so leases of other nodes "
                "end here at the wrong time. Synchronise the clocks: timedatectl set-ntp true",
                difference,
            )
        self._said_clock = abs(difference) > CLOCK_DIFFERENCE


class WhileActive:
    """Runs a task that never ends while this node is the active one."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._active = asyncio.Event()
        self._standby = asyncio.Event()

    async def take_over(self, _hold: Hold) -> None:
        """Allow the task to start."""
        self._standby.clear()
        self._active.set()

    def stand_by(self) -> None:
        """Cancel the task."""
        self._active.clear()
        self._standby.set()

    async def run(self) -> None:
        """Start the task each time this node becomes active; raises the errors of the task."""
        while True:
            await self._active.wait()
            work = asyncio.ensure_future(self._work())
            ended = asyncio.ensure_future(self._standby.wait())
            try:
                await asyncio.wait([work, ended], return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    work.result()
            finally:
                for each in (work, ended):
                    each.cancel()
                await asyncio.gather(work, ended, return_exceptions=True)


def _name_now(service: ExclusiveService) -> str:
    name = service.name()
    service.known_as = name or service.known_as
    return name


def _addresses(nodes: Iterable[Node]) -> list[tuple[str, bool]]:
    return [(node.address, node.serves_files) for node in nodes]
