"""Wires everything: opens the store and the sockets, gives up root, starts the tasks, stops them well."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from sqlalchemy import Engine

from ringup import __version__
from ringup.engine.dhcp.lease import Lease
from ringup.engine.tftp.server import REPLY_PORTS
from ringup.errors import BindError
from ringup.events import Event, ServerFault, ServerStarted, ServerStopped
from ringup.pages.files import FilesOverHttp
from ringup.pages.metrics import Parts
from ringup.serve.dhcp.other_server import refuse_beside_other_servers
from ringup.serve.dhcp.service import DhcpService
from ringup.serve.http import PORTS, HttpService
from ringup.serve.interfaces import choose
from ringup.serve.log_thread import written_beside
from ringup.serve.memory import collect_rarely, settle, share_one_heap, uncollected
from ringup.serve.options import Options
from ringup.serve.privileges import drop_to, refuse_unwritable
from ringup.serve.readiness import in_short
from ringup.serve.recorder import Recorder
from ringup.serve.site_parts import SiteParts
from ringup.serve.site_problems import log_missing, log_openness, log_problems
from ringup.serve.site_watch import SiteWatch
from ringup.serve.store_thread import StoreThread
from ringup.serve.tftp.service import ReplyPorts, TftpService
from ringup.site.model import Site
from ringup.store.database import file_of, open_database
from ringup.store.history import add_events, prepare_for_a_storm
from ringup.store.leases import read_leases, save_leases
from ringup.store.revisions import current_revision, read_site

TURN_SECONDS = 0.002
"""What the store's thread needs for the events of one of TFTP's turns."""


def as_it_is(site: Site) -> Site:
    """The site as the store has it."""
    return site


class Server:
    """One server: DHCP, TFTP and HTTP on one interface, and the link to one PBX."""

    def __init__(
        self, options: Options, database: Engine, change_site: Callable[[Site], Site] = as_it_is
    ) -> None:
        self._options = options
        self._database = database
        self._store = StoreThread()
        self._recorder = Recorder(
            lambda events: add_events(database, events), self._store.low_priority, keeps_all=options.events
        )
        self._interface = choose(options.interface)
        self._watch = SiteWatch(lambda: current_revision(database), lambda: change_site(_read(database)))
        self._parts = SiteParts(
            options, self._interface.addresses, self._watch.site, read_leases(database), self._recorder.emit
        )
        self._dhcp = DhcpService(
            [self._interface.name],
            self._parts.dhcp,
            self._save_leases,
            self._recorder.emit_all,
            self._store.high_priority,
        )
        self._tftp = TftpService(
            self._parts.find,
            self._parts.holder_of,
            self._tell_of_files,
            main_address=self._told_address(),
            port=options.tftp_port,
            reply_ports=ReplyPorts(options.first_reply_port, REPLY_PORTS),
        )
        self._http = HttpService(
            FilesOverHttp(self._parts.find, self._parts.holder_of, self._recorder.emit_all),
            options.http_ports or PORTS,
            needed=bool(options.http_ports),
        )
        self._metrics = self._new_metrics()

    # --- what the parts ask for ---------------------------------------------------------------------

    def _tell_of_files(self, events: Sequence[Event]) -> None:
        """In TFTP's thread: a storm must not make events faster than they can be kept.

        The kernel keeps the requests meanwhile, and TFTP is back before a phone would notice.
        """
        self._recorder.emit_all(events)
        if self._recorder.is_crowded:
            time.sleep(TURN_SECONDS)

    def _save_leases(self, leases: Sequence[Lease]) -> None:
        save_leases(self._database, leases)

    def _told_address(self) -> str:
        """Which of our addresses the phones are told, and so nearly all requests come to."""
        told = str(self._watch.site.server_address)
        return told if told in self._interface.addresses else self._interface.addresses[0]

    def _new_metrics(self) -> HttpService | None:
        """On a listener of its own: phones have no business there."""
        if self._options.metrics is None:
            return None
        from ringup.pages.metrics_page import MetricsPage  # 1 MB that most servers do without

        address, port = self._options.metrics
        page = MetricsPage(Parts(self._recorder.counts, self._tftp, self._http))
        return HttpService(page, [port], name="metrics", address=address, flag="--metrics")

    def _fault(self, what: str) -> None:
        self._recorder.emit(ServerFault(time.time(), "", what))

    # --- its life -------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve until SIGINT or SIGTERM; raises BindError before anything was answered."""
        await self._look_for_other_servers()
        self._open()
        # What Python imports at the first use of a thread, the user may not be allowed to read.
        await asyncio.to_thread(lambda: None)
        if self._options.user:
            drop_to(self._options.user)
            refuse_unwritable(file_of(self._database), self._options.user)
        stopped = self._stop_signal()
        self._store.start(asyncio.get_running_loop())
        tasks = [asyncio.create_task(task) for task in self._tasks()]
        prepare_for_a_storm(self._database)
        missing = self._parts.lacking()
        self._recorder.emit(ServerStarted(time.time(), "", __version__, in_short(missing)))
        self._recorder.flush()
        log_missing(missing)
        log_openness(dhcp=self._options.dhcp)
        log_problems(self._watch.site, (self._parts.firmware, self._parts.own_files), time.time())
        settle()
        try:
            await _first_of(stopped, tasks)
        finally:
            self._close()
            self._recorder.emit(ServerStopped(time.time(), ""))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._store.stop()

    async def _look_for_other_servers(self) -> None:
        if not self._options.dhcp:
            return
        try:
            await refuse_beside_other_servers(
                self._interface, self._recorder.emit, allowed=self._options.allow_other_dhcp
            )
        except BindError:
            self._recorder.flush()
            raise

    def _open(self) -> None:
        if self._options.dhcp:
            self._dhcp.open()
        if self._options.tftp:
            self._tftp.open()
        if self._options.http:
            self._http.open()
        if self._metrics:
            self._metrics.open()

    def _tasks(self) -> list[Coroutine[Any, Any, None]]:
        if self._options.dhcp:
            self._dhcp.start()
        if self._options.tftp:
            self._tftp.start()
        tasks = [self._recorder.run(), self._watch.run(self._parts.site_changed, self._fault)]
        if self._options.http:
            tasks.append(self._http.run())
        if self._metrics:
            tasks.append(self._metrics.run())
        if self._parts.pbx:
            tasks.append(self._parts.pbx.run())
        return tasks

    def _close(self) -> None:
        self._dhcp.close()
        self._tftp.close()
        self._http.close()
        if self._metrics:
            self._metrics.close()

    def _stop_signal(self) -> asyncio.Event:
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        return stopped


async def _first_of(stopped: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the signal; a task that dies stops the service loudly."""
    waiting = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for task in done - {waiting}:
        task.result()


def _read(database: Engine) -> Site:
    with uncollected():
        return read_site(database)


def run(options: Options, change_site: Callable[[Site], Site] = as_it_is) -> None:
    """Serve until told to stop; raises RingupError when it cannot start."""
    share_one_heap()
    database = open_database(options.database)
    collect_rarely()
    try:
        with written_beside(sys.stderr):
            asyncio.run(Server(options, database, change_site).run())
    finally:
        database.dispose()
