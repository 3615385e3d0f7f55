"""The DHCP server's sockets, clock and disk; `engine.dhcp` decides on the replies.

Strategy: the service reads all datagrams that wait on a socket, and the engine answers them. Replies that
need no commit are sent at once; the others wait in `dhcp/commits.py`. `open` binds the sockets as root;
`start` begins to read after root's privileges were given up. Once a second the service checks its interfaces,
the kernel's drop counters and its commits.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.probes import PROBE_WAIT, Probe, ProbeBy
from ringup.engine.dhcp.replies import DhcpReply
from ringup.engine.dhcp.route import Arrival
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.faults import Faults
from ringup.errors import BindError
from ringup.events import (
    AddressDeclined,
    AddressInUse,
    AddressOffered,
    AddressReleased,
    DatagramsDropped,
    Event,
    InterfaceBack,
    InterfaceLost,
    LeasedAddressElsewhere,
)
from ringup.journey.two_devices import SECONDS
from ringup.serve.clocks import since_boot
from ringup.serve.dhcp.batches import FEW
from ringup.serve.dhcp.commits import GATHER_SECONDS, LeaseCommits
from ringup.serve.dhcp.ping import Pinger
from ringup.serve.dhcp.port import AnyDhcpPort, DhcpPort
from ringup.serve.dhcp.settable_clock import SettableClock
from ringup.serve.log import log
from ringup.serve.sockets import InterfaceState, state_of
from ringup.serve.store_thread import Done, Work

BATCHES_AT_ONCE = 4
"""Maximum number of batches read from one socket before the next socket: 256 datagrams, about 5 ms."""

MOST_ANSWERS = 256
"""Maximum number of probe replies that are handled before other work continues."""

LOOK_SECONDS = 1.0
"""Seconds between two checks of the interfaces, the kernel's drop counters and the commits."""

SHORTEST_WAIT = 0.01
"""Minimum seconds between two checks of the probes, because the probes of a boot storm end at nearly the same
time.
"""

_ON_RECORD = frozenset((AddressDeclined, AddressInUse, AddressReleased))
"""Events about a change of a stored lease; they are emitted once the change is durable."""


class _Served:
    """One served interface and its state."""

    def __init__(self, name: str, port: AnyDhcpPort) -> None:
        self.name = name
        self.port: AnyDhcpPort | None = port
        self.trouble = ""


class DhcpService:
    """A DHCP server on one or more interfaces; its clocks are those of `SettableClock`."""

    def __init__(
        self,
        interfaces: Sequence[str],
        engine: DhcpServer,
        save_leases: Callable[[Sequence[Lease]], None],
        emit_all: Callable[[Sequence[Event]], None],
        commit: Callable[[Work, Done], None],
        clock: Callable[[], float] = time.time,
        *,
        steady_clock: Callable[[], float] = since_boot,
        clock_was_set: Callable[[float], None] = lambda _ahead: None,
        stopwatch: Callable[[], float] = time.monotonic,
        open_port: Callable[[str], AnyDhcpPort] = DhcpPort,
        open_pinger: Callable[[], Pinger] = Pinger,
        state_of: Callable[[str], InterfaceState] = state_of,
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        """`commit` runs `save_leases` in another thread; its leases are durable when it returns."""
        self._names = tuple(interfaces)
        self._engine = engine
        self._emit_all = emit_all
        self._clock = SettableClock(clock, steady_clock, clock_was_set)
        self._open_port = open_port
        self._open_pinger = open_pinger
        self._state_of = state_of
        self._gather_seconds = gather_seconds
        self._commits = LeaseCommits(
            save_leases, commit, self._release, emit_all, clock, self._later, stopwatch
        )
        self._served: dict[str, _Served] = {}
        self.is_active = True
        """False: another node answers the phones on this network, and this server drops their messages."""
        self._faults = Faults(self._emit, clock)
        self._elsewhere: dict[str, float] = {}
        """The time when each leased address was last seen at another device."""
        self._pinger: Pinger | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: asyncio.TimerHandle | None = None
        self._waking: asyncio.TimerHandle | None = None

    # --- start and stop --------------------------------------------------------------------------

    def open(self) -> None:
        """Bind every interface; if one fails, raises BindError and leaves no socket open."""
        try:
            for name in self._names:
                self._served[name] = _Served(name, self._open_port(name))
            self._pinger = self._open_pinger()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Begin to serve, on the running loop."""
        self._loop = asyncio.get_running_loop()
        for served in self._served.values():
            self._watch(served)
        if self._pinger:
            self._loop.add_reader(self._pinger.fileno(), self._hear_pings, self._pinger)
        self._looking = self._loop.call_later(LOOK_SECONDS, self._look)

    def close(self) -> None:
        """Stop serving and close the sockets; replies that still wait for the disk are dropped."""
        for handle in (self._looking, self._waking):
            if handle:
                handle.cancel()
        self._looking = self._waking = None
        for served in self._served.values():
            self._give_back(served)
        self._served.clear()
        if self._pinger:
            if self._loop:
                self._loop.remove_reader(self._pinger.fileno())
            self._pinger.close()
            self._pinger = None

    def stand_by(self) -> None:
        """Answer no phone until `take_over`, because another node answers them."""
        self.is_active = False
        self._commits.forget()

    def take_over(self, leases: Iterable[Lease], save: Callable[[Sequence[Lease]], None]) -> None:
        """Answer from now on, with the leases of all nodes; `save` stores the changes while this node is
        active.
        """
        self._commits.forget()
        self._commits.save_by(save)
        self._engine.begin_anew(leases)
        self.is_active = True

    def _watch(self, served: _Served) -> None:
        if self._loop and served.port:
            self._loop.add_reader(served.port.fileno(), self._serve, served, served.port)
            self._loop.add_reader(served.port.arp_fileno(), self._hear_arp, served, served.port)

    def _give_back(self, served: _Served) -> None:
        if served.port is None:
            return
        if self._loop:
            self._loop.remove_reader(served.port.fileno())
            self._loop.remove_reader(served.port.arp_fileno())
        served.port.close()
        served.port = None

    def _now(self) -> float:
        """Return the time of day. If the clock was set, adjust the leases before the next reply."""
        now, step = self._clock.look()
        if step:
            log.info("the clock was set by %+.1f s; this does not change the remaining time of leases", step)
            self._engine.clock_was_set(step)
        return now

    # --- DHCP messages ------------------------------------------------------------------------------

    def _serve(self, served: _Served, port: AnyDhcpPort) -> None:
        now = self._now()
        try:
            for _ in range(BATCHES_AT_ONCE):
                datagrams = port.receive()
                if self.is_active:
                    self._answer(datagrams, now)
                if len(datagrams) < FEW:  # if a few more are waiting, the event loop calls again
                    break
        except OSError:  # the interface went down or disappeared
            self._look_after(served, now)
        self._go_on(now)

    def _answer(self, datagrams: Sequence[tuple[bytes, Arrival]], now: float) -> None:
        receive, replies = self._engine.receive, list[DhcpReply]()
        for data, arrival in datagrams:
            try:
                replies += receive(data, arrival, now)
            except Exception as error:  # after an internal error, only this datagram is lost
                self._faults.report(f"DHCP failed on a datagram of {len(data)} bytes: {error!r}")
        self._take(replies)

    def _take(self, replies: Sequence[DhcpReply]) -> None:
        """Emit the engine's events, send the replies that need no commit, and hold back the others."""
        events = self._engine.take_events()
        if not _ON_RECORD.isdisjoint(map(type, events)):
            self._commits.emit_when_durable([event for event in events if type(event) in _ON_RECORD])
            events = [event for event in events if type(event) not in _ON_RECORD]
        if events:
            self._emit_all(events)
        if replies:
            self._commits.hold([reply for reply in replies if reply.needs_disk])
            self._send([reply for reply in replies if not reply.needs_disk])

    def _go_on(self, now: float) -> None:
        """After a batch of messages, send the probes, save the leases, and schedule the next wake-up."""
        if not self.is_active:
            return
        for probe in self._engine.take_probes():
            self._ask(probe)
        self._commits.save(self._engine.take_lease_changes())
        wake_at = self._engine.wake_at
        if wake_at is not None and self._waking is None and self._loop and self._served:
            # Never wait longer than a probe's timeout, because the clock may have been set back.
            wait = min(max(wake_at - now, SHORTEST_WAIT), PROBE_WAIT)
            self._waking = self._loop.call_later(wait, self._wake)

    def _later(self, call: Callable[[], None]) -> None:
        if self._loop and self._gather_seconds:
            self._loop.call_later(self._gather_seconds, call)
        else:
            call()

    def _release(self, replies: Sequence[DhcpReply]) -> None:
        """Send replies whose leases are on disk, except for an address that another client got meanwhile."""
        who_has = self._engine.who_has
        self._send([one for one in replies if one.event is None or who_has(one.event.address) == one.mac])

    def _send(self, replies: Sequence[DhcpReply]) -> None:
        for name, served in self._served.items():
            theirs = replies if len(self._served) == 1 else [one for one in replies if one.interface == name]
            if theirs and served.port:
                self._send_over(served.port, theirs)

    def _send_over(self, port: AnyDhcpPort, replies: Sequence[DhcpReply]) -> None:
        failures: list[tuple[DhcpReply, Exception]] = []
        try:
            failures += port.send(replies)
        except Exception as fault:  # an internal error
            failures += [(reply, fault) for reply in replies]
        for reply, error in failures:
            self._emit_discover(reply.event)
            self._faults.report(f"DHCP could not send to {reply.route.address}: {error}", reply.mac)
        unsent = {id(reply) for reply, _ in failures}
        self._emit_all([reply.event for reply in replies if reply.event and id(reply) not in unsent])

    def _emit_discover(self, event: Event | None) -> None:
        """If an offer could not be sent, emit its DiscoverReceived: the DHCPDISCOVER did arrive."""
        if isinstance(event, AddressOffered) and event.implied_discover:
            self._emit(event.implied_discover)

    # --- probes -------------------------------------------------------------------------------------

    def _ask(self, probe: Probe) -> None:
        """Send one ARP or ping probe; a probe that cannot be sent counts as unanswered."""
        with suppress(OSError):
            if probe.by is ProbeBy.PING:
                if self._pinger:
                    self._pinger.probe(probe.address)
                return
            served = self._served.get(probe.interface)
            if served and served.port:
                served.port.probe(probe.address, probe.source)

    def _hear_arp(self, served: _Served, port: AnyDhcpPort) -> None:
        now = self._now()
        try:
            for address, mac in port.arp_senders(MOST_ANSWERS):
                if not self.is_active:
                    continue
                self._look_for_its_holder(address, mac, now)
                self._take(self._engine.found_in_use(address, mac, now))
        except OSError:
            self._look_after(served, now)
        self._go_on(now)

    def _look_for_its_holder(self, address: str, mac: str, now: float) -> None:
        """Report, at most once a minute, that another device claims by ARP an address that a phone leases."""
        holder = self._engine.holder_of(address, now)
        if not holder or holder == mac:
            return
        # The clock may have been set back meanwhile.
        if 0 <= now - self._elsewhere.get(address, now - SECONDS) < SECONDS:
            return
        self._elsewhere[address] = now
        self._emit(LeasedAddressElsewhere(now, holder, address, mac))

    def _hear_pings(self, pinger: Pinger) -> None:
        now = self._now()
        with suppress(OSError):
            for address in pinger.answers(MOST_ANSWERS):
                if self.is_active:
                    self._take(self._engine.found_in_use(address, "", now))
        self._go_on(now)

    def _wake(self) -> None:
        self._waking = None
        now = self._now()
        if self.is_active:
            self._take(self._engine.wake(now))
        self._go_on(now)

    # --- once a second ------------------------------------------------------------------------------

    def _look(self) -> None:
        now = self._now()
        for served in self._served.values():
            self._look_after(served, now)
            self._count_drops(served, now)
        if self.is_active:
            self._commits.save(self._engine.take_lease_changes())  # there are changes if the clock was set
        self._commits.look()
        if self._loop:
            self._looking = self._loop.call_later(LOOK_SECONDS, self._look)

    def _look_after(self, served: _Served, now: float) -> None:
        """Detect that an interface went down or came back; open its sockets again if it was created again."""
        state = self._state_of(served.name)
        trouble = state.trouble
        if not trouble and (served.port is None or state.index != served.port.index):
            trouble = self._open_again(served)
        elif not trouble and served.port:
            trouble = self._refresh(served.port)
        if trouble and trouble != served.trouble:
            self._emit(InterfaceLost(now, "", served.name, trouble))
        elif served.trouble and not trouble:
            self._emit(InterfaceBack(now, "", served.name))
        served.trouble = trouble

    def _open_again(self, served: _Served) -> str:
        """Open an interface's sockets again; return the reason of a failure, or an empty text."""
        self._give_back(served)
        try:
            served.port = self._open_port(served.name)
        except BindError as error:
            return f"it is back, but: {error} Or restart ringup serve."
        self._watch(served)
        return self._refresh(served.port)

    def _refresh(self, port: AnyDhcpPort) -> str:
        try:
            port.refresh()
        except BindError as error:  # the interface disappeared between two checks
            return str(error)
        return ""

    def _count_drops(self, served: _Served, now: float) -> None:
        dropped = served.port.dropped() if served.port else 0
        if dropped:
            self._emit(DatagramsDropped(now, "", "DHCP", dropped))

    def _emit(self, event: Event) -> None:
        self._emit_all([event])
